import { join } from "node:path";
import type { Logger } from "./lib/logger";
import { startEmbedded } from "./postgres/embedded/startEmbedded";
import { migrate } from "./postgres/migrations";
import { waitForDatabase } from "./postgres/waitForDatabase";
import type { Settings } from "./settings";

const MIGRATIONS_FOLDER = join(__dirname, "../migrations");

/** A database that is there, is ours, and is migrated. */
export type StartedDatabase = Readonly<{ url: string; isEmbedded: boolean; stop: () => Promise<void> }>;

/**
 * Starts the embedded database, or waits for the one that the settings name, and migrates it. Calls `onWaiting`, perhaps more
 * than once, when there is time to do something else.
 * @throws {StartupRefused} if that cannot be, in words that say what to do.
 */
export async function startDatabase(
  { databaseUrl, dataDir }: Pick<Settings, "databaseUrl" | "dataDir">,
  logger: Logger,
  onWaiting: () => void = () => undefined,
): Promise<StartedDatabase> {
  const started =
    databaseUrl === null ? await embedded(dataDir, logger, onWaiting) : await external(databaseUrl, logger);
  try {
    await migrate(started.url, MIGRATIONS_FOLDER, logger);
    return started;
  } catch (error) {
    await started.stop();
    throw error;
  }
}

async function embedded(dataDir: string, logger: Logger, onWaiting: () => void): Promise<StartedDatabase> {
  const { url, stop } = await startEmbedded({ dataDir, logger, onWaiting });
  return { url, stop, isEmbedded: true };
}

async function external(url: string, logger: Logger): Promise<StartedDatabase> {
  await waitForDatabase(url, logger);
  return { url, isEmbedded: false, stop: () => Promise.resolve() };
}
