import type { EventStore, Position, RecordedEvent } from "../eventstore/eventStore";

/** Older shapes of stored events in, the present shape out. */
export type Upcast = (event: RecordedEvent) => RecordedEvent;

/** Reads the log page by page, and the next page already while the last one is being worked on. */
export interface LogReader {
  read(after: Position, limit: number): Promise<readonly RecordedEvent[]>;
  /** Begins to read what `read` will ask for next. */
  prefetch(after: Position, limit: number): void;
}

export function createLogReader(store: EventStore, upcast: Upcast): LogReader {
  let prefetched: { after: Position; limit: number; events: Promise<RecordedEvent[]> } | null = null;
  return {
    async read(after, limit) {
      const ready = prefetched;
      prefetched = null;
      const isReady = ready !== null && ready.after === after && ready.limit === limit;
      const events = isReady ? await ready.events : await store.readAll(after, limit);
      return events.map(upcast);
    },
    prefetch(after, limit) {
      const events = store.readAll(after, limit);
      // Who reads it hears of its failure; if nobody does, nobody needs to.
      events.catch(() => undefined);
      prefetched = { after, limit, events };
    },
  };
}
