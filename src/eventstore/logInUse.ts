import { setTimeout as sleep } from "node:timers/promises";
import { StartupRefused } from "../lib/startupRefused";
import type { Database, Queryable } from "../postgres/database";
import { openSession, type Session } from "../postgres/session";
import type { EventStore } from "./eventStore";
import type { LogChoice } from "./openEventStore";

const APPLICATION_NAME = "product-experiences log in use";
/** How long it may take until the connection of a process that died is gone, too. */
const LOCK_WAIT_MS = 3_000;
const LOCK_AGAIN_MS = 200;
const KEY = "hashtext('product-experiences: the log in use')";

/** While it is held, the log of a database stays the one that it is. */
export type LogHold = Readonly<{ release(): Promise<void> }>;

export type HoldOptions = Readonly<{
  database: Database;
  url: string;
  log: Pick<LogChoice, "kind">;
  store: Pick<EventStore, "logId">;
  /** Called when the log became another one while the database was away: what is appended here now would be lost. */
  onMoved: (reason: Error) => void;
}>;

/**
 * Holds a database to the log that its read models are made of: positions of another log would mean other events, and
 * nobody would notice. The first log that is used with it is its own. While anybody holds it so, it cannot be moved.
 * @throws {StartupRefused} if it is another one, or is being moved.
 */
export async function holdToLog(options: HoldOptions): Promise<LogHold> {
  const { onMoved } = options;
  let session: Session | null = await take(options);
  let isReleased = false;

  const watch = (held: Session): void =>
    held.onLost(() => {
      session = null;
      void retake();
    });
  async function retake(): Promise<void> {
    while (session === null && !isReleased) {
      try {
        session = await take(options);
        if (isReleased) return void (await session.close());
        watch(session);
      } catch (error) {
        if (error instanceof StartupRefused) return onMoved(error);
        await sleep(LOCK_AGAIN_MS);
      }
    }
  }
  watch(session);
  return {
    async release() {
      isReleased = true;
      await session?.close();
    },
  };
}

/** What a database calls its log. The one within it comes and goes with it, whatever its identity. */
export async function nameInUse(
  { kind }: Pick<LogChoice, "kind">,
  store: Pick<EventStore, "logId">,
): Promise<string> {
  return kind === "postgres" ? kind : `${kind} ${await store.logId()}`;
}

export async function logInUse(database: Queryable): Promise<string | null> {
  const [row] = await database.query<{ log: string }>("select log from server.log_in_use");
  return row?.log ?? null;
}

async function take({ database, url, log: choice, store }: HoldOptions): Promise<Session> {
  const session = await openSession(url, { applicationName: APPLICATION_NAME });
  try {
    await lock(
      session,
      "pg_try_advisory_lock_shared",
      "The log of this database is being moved: wait until that is done",
    );
    const log = await nameInUse(choice, store);
    await database.query("insert into server.log_in_use (log) values ($1) on conflict (one) do nothing", [
      log,
    ]);
    const used = await logInUse(database);
    if (used === log) return session;
    throw new StartupRefused(
      `The database was filled from another log (${used}) than this one (${log}): set EVENT_STORE and KURRENTDB_URL ` +
        "as they were, or use another database.",
    );
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Keeps everybody from using the log of a database while it is moved. @throws {StartupRefused} if somebody does. */
export async function lockLog(url: string): Promise<Session> {
  const session = await openSession(url, { applicationName: APPLICATION_NAME });
  try {
    await lock(
      session,
      "pg_try_advisory_lock",
      "A server, or another program, uses this database: stop it first",
    );
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function lock(session: Session, take: string, refusal: string): Promise<void> {
  const deadline = performance.now() + LOCK_WAIT_MS;
  for (;;) {
    const [row] = await session.query<{ locked: boolean }>(`select ${take}(${KEY}) as locked`);
    if (row?.locked === true) return;
    if (performance.now() >= deadline) throw new StartupRefused(`${refusal}.`);
    await sleep(LOCK_AGAIN_MS);
  }
}
