import { setTimeout as sleep } from "node:timers/promises";
import { StoreUnavailable, type EventStore } from "./eventStore";
import { hostsOf, type KurrentdbAddress } from "./kurrentdb/url";
import { createPostgresEventStore, type PostgresEventStoreOptions } from "./postgres";
import { readSkippedEvents, type SkippedEvents } from "./skippedEvents";
import { watchedStore, type WatchLog } from "./watchLog";
import { describeError } from "../lib/describeError";
import { StartupRefused } from "../lib/startupRefused";
import type { Database } from "../postgres/database";

/** Where the log is kept: in the database that the read models are in, or in a KurrentDB. */
export type LogChoice =
  | Readonly<{ kind: "postgres" }>
  | Readonly<{ kind: "kurrentdb"; address: KurrentdbAddress; credentialsFile: string | null }>;

/** How long a KurrentDB may take to come up beside us. */
export const KURRENTDB_WAIT_MS = 20_000;

/** @throws {StartupRefused} if the log cannot be used, at once or after a while. */
export async function openEventStore(
  log: LogChoice,
  { database, url, watch }: Readonly<{ database: Database; url: string; watch?: WatchLog | undefined }>,
  waitMs = KURRENTDB_WAIT_MS,
): Promise<EventStore> {
  const store = await storeOf(
    log,
    { database, url, batched: watch?.batched, skippedEvents: await readSkippedEvents(database) },
    waitMs,
  );
  return watch ? watchedStore(store, watch) : store;
}

async function storeOf(
  log: LogChoice,
  options: PostgresEventStoreOptions & Readonly<{ skippedEvents: SkippedEvents }>,
  waitMs: number,
): Promise<EventStore> {
  if (log.kind === "postgres") return createPostgresEventStore(options);
  const { skippedEvents } = options;
  const { createKurrentdbEventStore } = await import("./kurrentdb.js");
  const store = createKurrentdbEventStore({ ...log, batched: options.batched, skippedEvents });
  try {
    await untilUsable(store, log.address, waitMs);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * Gives a log the identity of the one whose events it is to hold. Stores that are open keep the one that they have read.
 */
export async function nameLog(log: LogChoice, logId: string, database: Database): Promise<void> {
  if (log.kind === "postgres") return void (await database.query("update log.head set log_id = $1", [logId]));
  const { nameKurrentdbLog } = await import("./kurrentdb.js");
  await nameKurrentdbLog(log, logId);
}

async function untilUsable(store: EventStore, address: KurrentdbAddress, waitMs: number): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      // Everything that needs a right: a stream is read, perhaps written, and the log is read.
      await store.logId();
      await store.head();
      return;
    } catch (error) {
      const isHopeless = !(error instanceof StoreUnavailable) || error.name === "AccessRefused";
      if (isHopeless || performance.now() >= deadline) throw refused(address, error);
      await sleep(250);
    }
  }
}

function refused(address: KurrentdbAddress, error: unknown): StartupRefused {
  const reason = describeError(error).replaceAll(/\s+/g, " ");
  return new StartupRefused(
    `The KurrentDB at ${hostsOf(address)} cannot be used: ${reason} Check KURRENTDB_URL, that it is running, and its user's rights.`,
    { cause: error },
  );
}
