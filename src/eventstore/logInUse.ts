import { invariant } from "../lib/invariant";
import { StartupRefused } from "../lib/startupRefused";
import type { Database } from "../postgres/database";
import type { EventStore } from "./eventStore";
import type { LogChoice } from "./openEventStore";

/**
 * Holds a database to the log that its read models are made of: positions of another log would mean other events, and
 * nobody would notice. The first log that is used with it is its own.
 * @throws {StartupRefused} if it is another one.
 */
export async function holdToLog(
  database: Database,
  { kind }: LogChoice,
  store: Pick<EventStore, "logId">,
): Promise<void> {
  // The log in this database comes and goes with it, by whatever name.
  const log = kind === "postgres" ? kind : `${kind} ${await store.logId()}`;
  await database.query("insert into server.log_in_use (log) values ($1) on conflict (one) do nothing", [log]);
  const [row] = await database.query<{ log: string }>("select log from server.log_in_use");
  invariant(row, "the database names no log");
  if (row.log === log) return;
  throw new StartupRefused(
    `The database was filled from another log (${row.log}) than this one (${log}): set EVENT_STORE and KURRENTDB_URL ` +
      "as they were, or use another database.",
  );
}
