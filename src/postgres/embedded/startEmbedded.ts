import { realpath } from "node:fs/promises";
import type { Logger } from "../../lib/logger";
import { findBinaries } from "./binaries";
import { ensureCluster, refuseAnotherVersion } from "./cluster";
import { clusterOf, prepareDataDir } from "./dataDir";
import { chooseIdentity } from "./chooseIdentity";
import { keepRunning } from "./keepRunning";
import { openTransport, type TransportKind } from "./transport";

export type EmbeddedOptions = Readonly<{
  dataDir: string;
  logger: Logger;
  /** Settings of PostgreSQL in place of ours: tests do without `fsync`. */
  settings?: Readonly<Record<string, string>>;
  /** Where PostgreSQL is installed, if not as a package of ours. */
  nativeFolder?: string;
  /** A socket that only its owner can reach, or where there is none, TCP with a password. */
  transport?: TransportKind;
  /** Called whenever a program of the database was started that takes a while, and there is nothing to do but wait. */
  onWaiting?: () => void;
}>;

export type Embedded = Readonly<{ url: string; stop: () => Promise<void> }>;

/**
 * Starts the PostgreSQL that came with us on `dataDir`, which it makes if need be. It stops with this process, also
 * when that is killed, and comes back by itself if it dies alone.
 * @throws {StartupRefused} if that cannot be.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { logger, settings = {}, onWaiting = () => undefined } = options;
  const dataDir = await prepareDataDir(options.dataDir);
  const binaries = await findBinaries(dataDir, options.nativeFolder);
  const identity = await chooseIdentity(binaries, dataDir);
  await refuseAnotherVersion(clusterOf(dataDir), binaries.major);
  const transport = await openTransport(options.transport, dataDir, identity);
  try {
    await ensureCluster({ dataDir, binaries, identity, transport, settings, logger, onWaiting });
    const cluster = await realpath(clusterOf(dataDir));
    const stopRunning = await keepRunning({
      cluster,
      binaries,
      identity,
      transport,
      settings,
      logger,
      onWaiting,
    });
    await transport.opened();
    const stop = async (): Promise<void> => {
      await stopRunning();
      await transport.close();
    };
    return { url: transport.url, stop };
  } catch (error) {
    await transport.close();
    throw error;
  }
}
