import { DatabaseUnavailable } from "../postgres/database";
import { openSession, type Session } from "../postgres/session";
import type { EncodedAppend } from "./encodedAppend";
import { StoreUnavailable } from "./eventStore";

export const ATTEMPT_TIMEOUT_MS = 4_000;

const CONNECT_TIMEOUT_MS = 3_000;
// A connection that waits for the head's lock this long is better replaced: the one that holds it may be dead.
const LOCK_TIMEOUT_MS = 3_000;

export type Verdict = Readonly<{
  outcome: "appended" | "duplicate" | "conflict";
  last_revision: number;
  /** 0 for a conflict. */
  last_position: number;
}>;

export interface BatchWriter {
  /** @throws {StoreUnavailable} if it is not known whether the batch was written. */
  write(batch: readonly EncodedAppend[]): Promise<Verdict[]>;
  close(): Promise<void>;
}

export type BatchWriterOptions = Readonly<{
  url: string;
  /** Stands in the notifications of what it wrote. */
  writerId: string;
  attemptTimeoutMs?: number;
}>;

/** Writes one batch at a time, each by one call of `log.append_batch`, over a connection of its own. */
export function createBatchWriter(options: BatchWriterOptions): BatchWriter {
  const { url, writerId, attemptTimeoutMs = ATTEMPT_TIMEOUT_MS } = options;
  let current: Session | null = null;

  async function connect(): Promise<Session> {
    const session = await openSession(url, {
      applicationName: "product-experiences writer",
      connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, attemptTimeoutMs),
      statementTimeoutMs: attemptTimeoutMs,
      lockTimeoutMs: Math.min(LOCK_TIMEOUT_MS, attemptTimeoutMs),
    });
    session.onLost(() => {
      if (current === session) current = null;
    });
    return session;
  }

  async function send(batch: readonly EncodedAppend[]): Promise<Verdict[]> {
    const session = current ?? (await connect());
    const timer = setTimeout(() => session.abandon(), attemptTimeoutMs);
    try {
      if (session !== current) await session.query(ISOLATION);
      current = session;
      return await session.query<Verdict>(APPEND_BATCH, parametersOf(writerId, batch), "append_batch");
    } catch (error) {
      // Whatever state it is in after that, the next attempt shall not share it.
      if (error instanceof DatabaseUnavailable) {
        session.abandon();
        current = null;
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async write(batch) {
      try {
        return await send(batch);
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable)) throw error;
        throw new StoreUnavailable("It is not known whether a batch of events was written.", {
          cause: error,
        });
      }
    },
    async close() {
      await current?.close();
      current = null;
    },
  };
}

// The function looks again after it was given the lock; a stricter level would show it what was before.
const ISOLATION = "set default_transaction_isolation = 'read committed'";

const APPEND_BATCH = `
  select b.outcome, b.last_revision, b.last_position
    from log.append_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) as b
   order by b.request`;

/** In the order of the function's parameters, `migrations/0001_log.sql`. */
function parametersOf(writerId: string, batch: readonly EncodedAppend[]): unknown[] {
  const events = batch.flatMap((append, index) =>
    append.events.map((event, place) => ({ ...event, request: index + 1, place })),
  );
  return [
    writerId,
    batch.map(({ id }) => id),
    batch.map(({ stream }) => stream),
    batch.map(({ expectedRevision }) => expectedRevision),
    batch.map((append) => append.events.length),
    batch.map(({ meta }) => meta),
    batch.map(({ recordedAt }) => recordedAt),
    events.map(({ request }) => request),
    events.map(({ place }) => place),
    events.map(({ id }) => id),
    events.map(({ type }) => type),
    events.map(({ schemaVersion }) => schemaVersion),
    events.map(({ data }) => data),
  ];
}
