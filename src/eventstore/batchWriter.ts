import { DatabaseUnavailable } from "../postgres/database";
import { openSession, type Session } from "../postgres/session";
import { isUniqueViolation } from "../postgres/uniqueViolation";
import { APPEND_BATCH, APPEND_ONE, batchParameters, oneParameters, SETTINGS } from "./appendStatements";
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
  attemptTimeoutMs?: number;
}>;

/** Writes one batch at a time, each in one transaction, over a connection of its own. */
export function createBatchWriter(options: BatchWriterOptions): BatchWriter {
  const { url, attemptTimeoutMs = ATTEMPT_TIMEOUT_MS } = options;
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
      if (session !== current) await session.query(SETTINGS);
      current = session;
      return await appendTo(session, batch);
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

/** One append alone is mostly written as it is. Whatever else becomes of it, the judge of batches says. */
async function appendTo(session: Session, batch: readonly EncodedAppend[]): Promise<Verdict[]> {
  const [append] = batch;
  const verdict = append && batch.length === 1 ? await appendOne(session, append) : null;
  if (verdict) return [verdict];
  return session.query<Verdict>(APPEND_BATCH, batchParameters(batch), "append_batch");
}

async function appendOne(session: Session, append: EncodedAppend): Promise<Verdict | null> {
  try {
    const [row] = await session.query<Pick<Verdict, "last_position">>(
      APPEND_ONE,
      oneParameters(append),
      "append_one",
    );
    if (!row) return null;
    return {
      outcome: "appended",
      last_revision: append.expectedRevision + append.events.length,
      last_position: row.last_position,
    };
  } catch (error) {
    // Another writer came in between, and nothing was written.
    if (isUniqueViolation(error)) return null;
    throw error;
  }
}
