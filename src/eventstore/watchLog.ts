import type { SendBatch } from "./appendQueue";
import type { AppendResult, EventStore } from "./eventStore";

/** Told of what becomes of appends, for those who watch a server. */
export type WatchLog = Readonly<{
  /** One append came to its end. `unknown`: it was not answered in time, or could not be written. */
  appended(outcome: AppendResult["outcome"] | "unknown", events: number, seconds: number): void;
  /** So many appends were written together. */
  batched(appends: number): void;
}>;

/** The same store, whose appends are told of. */
export function watchedStore(store: EventStore, watch: WatchLog): EventStore {
  return {
    ...store,
    async append(append) {
      const startedMs = performance.now();
      let outcome: Parameters<WatchLog["appended"]>[0] = "unknown";
      try {
        const result = await store.append(append);
        ({ outcome } = result);
        return result;
      } finally {
        watch.appended(outcome, append.events.length, (performance.now() - startedMs) / 1_000);
      }
    },
  };
}

/** Tells how many appends each batch had that was written. */
export function watchedBatches(send: SendBatch, batched: WatchLog["batched"] | undefined): SendBatch {
  if (!batched) return send;
  return async (batch) => {
    const results = await send(batch);
    batched(batch.length);
    return results;
  };
}
