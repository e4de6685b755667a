import type { EncodedAppend } from "./encodedAppend";
import { StoreUnavailable, type AppendResult } from "./eventStore";

export const BATCH_APPENDS_MAX = 500;
export const BATCH_BYTES_MAX = 5 * 1_048_576;
export const WAITING_APPENDS_MAX = 10_000;
export const WAITING_BYTES_MAX = 128 * 1_048_576;
export const APPEND_DEADLINE_MS = 10_000;
/** What more an append may take for each of its events. */
export const APPEND_DEADLINE_PER_EVENT_MS = 1;

/** An append whose caller waits. Answered once; what comes later is ignored. */
export interface WaitingAppend {
  readonly append: EncodedAppend;
  /** Decided over events that never came to be, so it must not succeed even if its expected revision fits by chance. */
  isDoomed: boolean;
  isAnswered: boolean;
  answer(result: AppendResult): void;
  reject(error: unknown): void;
}

export interface WaitingAppends {
  /** Resolves with its answer, and rejects with `StoreUnavailable` at its deadline, also if it is under way then. */
  add(append: EncodedAppend): Promise<AppendResult>;
  /** The next batch, in the order of arrival. No append is in a batch twice, because the second is a repeat. */
  take(): WaitingAppend[];
  /** An append to each of these streams came to nothing: those of the same streams behind it are doomed. */
  distrust(streams: ReadonlySet<string>, underWay: readonly WaitingAppend[]): void;
  isEmpty(): boolean;
  /** Why the line does not move, for those who wait in vain; undefined when it moves again. */
  blame(obstacle: unknown): void;
}

export type WaitingLimits = Readonly<{ deadlineMs?: number; waitingMax?: number }>;

/** The line before the log. */
export function createWaitingAppends(limits: WaitingLimits): WaitingAppends {
  const { deadlineMs = APPEND_DEADLINE_MS, waitingMax = WAITING_APPENDS_MAX } = limits;
  const waiting = new Set<WaitingAppend>();
  /** Streams whose append was turned away in this tick: the rest of its chain may still come, and must not succeed. */
  const turnedAway = new Set<string>();
  let waitingBytes = 0;
  let obstacle: unknown;

  function leave(entry: WaitingAppend): void {
    if (waiting.delete(entry)) waitingBytes -= entry.append.bytes;
  }

  function distrust(streams: ReadonlySet<string>, underWay: readonly WaitingAppend[] = []): void {
    if (streams.size === 0) return;
    for (const entry of [...underWay, ...waiting]) entry.isDoomed ||= streams.has(entry.append.stream);
  }

  function expire(entry: WaitingAppend, afterMs: number): void {
    // One that is under way still gets a verdict, and those behind it with it.
    if (waiting.has(entry)) {
      leave(entry);
      distrust(new Set([entry.append.stream]));
    }
    const message = `The event store did not confirm an append within ${afterMs} ms. Send the same command again.`;
    entry.reject(new StoreUnavailable(message, { cause: obstacle }));
  }

  return {
    add(append) {
      if (waiting.size >= waitingMax || waitingBytes + append.bytes > WAITING_BYTES_MAX) {
        turnedAway.add(append.stream);
        setImmediate(() => turnedAway.delete(append.stream));
        const message = `The event store is too slow: ${waiting.size} appends wait for it already. Try again later.`;
        return Promise.reject(new StoreUnavailable(message, { cause: obstacle }));
      }
      return new Promise((resolve, reject) => {
        const entry = waitingAppend(append, resolve, reject);
        entry.isDoomed = turnedAway.has(append.stream);
        const afterMs = deadlineMs + append.events.length * APPEND_DEADLINE_PER_EVENT_MS;
        entry.expireAfter(afterMs, () => expire(entry, afterMs));
        waiting.add(entry);
        waitingBytes += append.bytes;
      });
    },
    take() {
      const batch = firstBatch(waiting);
      batch.forEach(leave);
      return batch;
    },
    distrust,
    isEmpty: () => waiting.size === 0,
    blame(error) {
      obstacle = error;
    },
  };
}

function waitingAppend(
  append: EncodedAppend,
  resolve: (result: AppendResult) => void,
  reject: (error: unknown) => void,
): WaitingAppend & { expireAfter(afterMs: number, expire: () => void): void } {
  let timer: NodeJS.Timeout | undefined;
  const settle = (): void => {
    entry.isAnswered = true;
    clearTimeout(timer);
  };
  const entry = {
    append,
    isDoomed: false,
    isAnswered: false,
    answer: (result: AppendResult) => (settle(), resolve(result)),
    reject: (error: unknown) => (settle(), reject(error)),
    expireAfter(afterMs: number, expire: () => void) {
      timer = setTimeout(expire, afterMs);
    },
  };
  return entry;
}

function firstBatch(waiting: Iterable<WaitingAppend>): WaitingAppend[] {
  const batch: WaitingAppend[] = [];
  const ids = new Set<string>();
  let bytes = 0;
  for (const entry of waiting) {
    const { append } = entry;
    const isTooLarge = batch.length > 0 && bytes + append.bytes > BATCH_BYTES_MAX;
    if (batch.length === BATCH_APPENDS_MAX || isTooLarge || ids.has(append.id)) break;
    batch.push(entry);
    ids.add(append.id);
    bytes += append.bytes;
  }
  return batch;
}
