import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { invariant } from "../lib/invariant";
import type { EncodedAppend } from "./encodedAppend";
import { StoreUnavailable, type AppendResult } from "./eventStore";
import {
  createWaitingAppends,
  type WaitingAppend,
  type WaitingAppends,
  type WaitingLimits,
} from "./waitingAppends";

const RETRY_DELAY_MIN_MS = 25;
const RETRY_DELAY_MAX_MS = 500;

/** No stream is ever at this revision: expecting it, an append is answered as a duplicate or with a conflict. */
export const REVISION_NEVER = -2;

/**
 * Writes a batch in one transaction and answers each append, in order. Of one stream it takes them in their order, and
 * once one conflicts, those behind it do too.
 * @throws {StoreUnavailable} if the outcome is not known; the same batch is then sent again.
 * Anything else thrown means that nothing was written, because of one or some of the batch.
 */
export type SendBatch = (batch: readonly EncodedAppend[]) => Promise<readonly AppendResult[]>;

export interface AppendQueue {
  /** Rejects with `StoreUnavailable` when the outcome is not known at the deadline. */
  append(append: EncodedAppend): Promise<AppendResult>;
  /** Resolves when nothing is under way, nor waits. */
  atRest(): Promise<void>;
  /** Refuses new appends, and resolves when those accepted are answered. */
  close(): Promise<void>;
}

/**
 * Group commit: what comes while one batch is written goes into the next, so that many appends share the price of one
 * commit. Each is answered by itself, and none later than its deadline.
 */
export function createAppendQueue(send: SendBatch, limits: WaitingLimits = {}): AppendQueue {
  const waiting = createWaitingAppends(limits);
  let running: Promise<void> | null = null;
  let isClosed = false;
  /** Whether several appended at once lately. One who appends alone waits for nobody. */
  let isShared = false;

  async function run(): Promise<void> {
    while (!waiting.isEmpty()) {
      // Those who were answered just now get the time to append again, into this batch and not the one after it. In any
      // case a batch begins after its tick, so that it takes all that comes in this one.
      await (isShared ? turn() : undefined);
      const batch = waiting.take();
      await commit(batch, send, waiting);
      isShared = batch.length > 1 || !waiting.isEmpty();
    }
    running = null;
  }

  return {
    async append(append) {
      if (isClosed) throw new StoreUnavailable("The event store is closed.");
      const result = waiting.add(append);
      running ??= run();
      return result;
    },
    async atRest() {
      await running;
    },
    async close() {
      isClosed = true;
      await running;
    },
  };
}

type Entries = readonly WaitingAppend[];

async function commit(batch: Entries, send: SendBatch, waiting: WaitingAppends): Promise<void> {
  const parts = [batch];
  for (let part = parts.shift(); part; part = parts.shift()) {
    try {
      await answerAll(part, await sendUntilKnown(part, send, waiting), parts.flat(), waiting);
    } catch (error) {
      if (part.length > 1 && !(error instanceof StoreUnavailable)) {
        // One of them is at fault. Halves are tried until it stands alone.
        parts.unshift(...halves(part));
      } else {
        waiting.distrust(streamsOf(part), parts.flat());
        for (const entry of part) entry.reject(error);
        await turn();
      }
    }
  }
}

/** Gives up only when nobody waits for the answer any more. */
async function sendUntilKnown(
  part: Entries,
  send: SendBatch,
  waiting: WaitingAppends,
): Promise<readonly AppendResult[]> {
  for (let delayMs = RETRY_DELAY_MIN_MS; ; delayMs = Math.min(2 * delayMs, RETRY_DELAY_MAX_MS)) {
    try {
      const results = await send(part.map(asSent));
      waiting.blame(undefined);
      return results;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      waiting.blame(error);
      if (part.every(({ isAnswered }) => isAnswered)) throw error;
      await sleep(delayMs * (0.5 + Math.random() / 2));
    }
  }
}

async function answerAll(
  part: Entries,
  results: readonly AppendResult[],
  behind: Entries,
  waiting: WaitingAppends,
): Promise<void> {
  const verdicts = part.map((entry, index) => {
    const result = results[index];
    invariant(result, `a batch came back without a verdict for an append to ${entry.append.stream}`);
    return { entry, result };
  });
  const conflicts = verdicts.filter(({ result }) => result.outcome === "conflict");
  waiting.distrust(streamsOf(conflicts.map(({ entry }) => entry)), behind);
  for (const { entry, result } of conflicts) entry.answer(result);
  // Failure is known to all who stood on it before a success lets any of them go on to append more.
  if (conflicts.length > 0) await turn();
  for (const { entry, result } of verdicts) entry.answer(result);
}

function asSent({ append, isDoomed }: WaitingAppend): EncodedAppend {
  return isDoomed ? { ...append, expectedRevision: REVISION_NEVER } : append;
}

function streamsOf(entries: Entries): Set<string> {
  return new Set(entries.map(({ append }) => append.stream));
}

function halves<Item>(items: readonly Item[]): [readonly Item[], readonly Item[]] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}
