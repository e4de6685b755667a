import type { HandOver } from "./handOver";
import type { EventStore, Position, RecordedEvent } from "../eventstore/eventStore";

/** Older shapes of stored events in, the present shape out. */
export type Upcast = (event: RecordedEvent) => RecordedEvent;

/** Reads the log page by page, and the next page already while the last one is being worked on. */
export interface LogReader {
  read(after: Position, limit: number): Promise<readonly RecordedEvent[]>;
  /** Begins to read what `read` will ask for next. */
  prefetch(after: Position, limit: number): void;
}

/** What is handed over need not be read from the log; whoever gives a `handOver` must offer it every wake, or let it forget. */
export function createLogReader(store: EventStore, upcast: Upcast, handOver?: HandOver): LogReader {
  let prefetched: { after: Position; limit: number; events: Promise<RecordedEvent[]> } | null = null;

  async function readLog(after: Position, limit: number): Promise<RecordedEvent[]> {
    const reachedEnd = handOver?.startRead();
    const events = await store.readAll(after, limit);
    if (events.length < limit) reachedEnd?.(events.at(-1)?.position ?? after);
    return events;
  }

  return {
    async read(after, limit) {
      const ready = prefetched;
      prefetched = null;
      const isReady = ready !== null && ready.after === after && ready.limit === limit;
      const events = isReady
        ? await ready.events
        : (handOver?.take(after, limit) ?? (await readLog(after, limit)));
      return events.map(upcast);
    },
    prefetch(after, limit) {
      const events = readLog(after, limit);
      // Who reads it hears of its failure; if nobody does, nobody needs to.
      events.catch(() => undefined);
      prefetched = { after, limit, events };
    },
  };
}
