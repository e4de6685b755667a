import { copyLog, type Copied, type CopyOptions } from "./copyLog";
import { CopyRefused } from "./copyRefused";
import { START, type EventStore } from "../eventstore/eventStore";
import { lockLog, logInUse, nameInUse } from "../eventstore/logInUse";
import { nameLog, openEventStore, type LogChoice } from "../eventstore/openEventStore";
import { invariant } from "../lib/invariant";
import type { Database } from "../postgres/database";
import type { Session } from "../postgres/session";
import { emptyDerived } from "../projections/emptyDerived";
import type { Projection } from "../projections/projection";

export type MoveOptions = Readonly<{
  /** Of the read models, which belong to the log `from` now. */
  database: Database;
  url: string;
  from: LogChoice;
  to: LogChoice;
  projections: readonly Projection[];
  onProgress?: CopyOptions["onProgress"];
}>;

/**
 * Copies the log of a database into another store, compares them, and makes that one its log, with the same identity. Until
 * then the database keeps its log, whatever happens, so it can be called again. Read models and snapshots are emptied, for the
 * next server to make them of the log where it is now; all that points into the log by app and revision stays.
 * @returns null if the database uses the other log already.
 * @throws {StartupRefused} if somebody uses the database. @throws {CopyRefused} if the target has other events.
 */
export async function moveLog(options: MoveOptions): Promise<Copied | null> {
  const { database, url, from, to } = options;
  const session = await lockLog(url);
  const opened: EventStore[] = [];
  const open = async (log: LogChoice): Promise<EventStore> => {
    const store = await openEventStore(log, { database, url });
    opened.push(store);
    return store;
  };
  try {
    const [source, target] = [await open(from), await open(to)];
    const used = await logInUse(database);
    const ofSource = await nameInUse(from, source);
    if (used === (await nameInUse(to, target)) && used !== ofSource) return null;
    if (used !== ofSource) {
      throw new CopyRefused(`the database's log is ${used ?? "none yet"}, and not ${ofSource}`);
    }
    const logId = await source.logId();
    await giveIdentity(options, target, logId);
    const { onProgress } = options;
    const copied = await copyLog({ from: source, to: target, ...(onProgress && { onProgress }) });
    await switchTo(to.kind === "postgres" ? to.kind : `${to.kind} ${logId}`, session, options.projections);
    return copied;
  } finally {
    for (const store of opened) await store.close();
    await session.close();
  }
}

async function giveIdentity({ to, database }: MoveOptions, target: EventStore, logId: string): Promise<void> {
  if ((await target.logId()) === logId) return;
  if ((await target.head()) !== START)
    throw new CopyRefused("the target is another log, with events of its own");
  await nameLog(to, logId, database);
}

/** By the connection that holds the lock, so that it comes to nothing if that was lost. */
async function switchTo(log: string, session: Session, projections: readonly Projection[]): Promise<void> {
  await session.query("begin");
  await emptyDerived(session, projections);
  const moved = await session.query("update server.log_in_use set log = $1 returning log", [log]);
  invariant(moved.length === 1, "the database names its log");
  await session.query("commit");
}
