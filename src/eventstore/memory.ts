import { randomUUID } from "node:crypto";
import { appendedEvents } from "./appendedEvents";
import { encodeAppend, type EncodedAppend } from "./encodedAppend";
import {
  StoreUnavailable,
  type AppendResult,
  type EventMeta,
  type EventStore,
  type Position,
  type RecordedEvent,
} from "./eventStore";
import { numberOf, positionOf } from "./position";
import { createWakeups } from "./wakeups";

type StoredEvent = Readonly<Omit<RecordedEvent, "data" | "meta"> & { data: string; meta: string }>;
type Done = Readonly<{ revision: number; position: Position }>;

/** A log that lives as long as the process: for tests, with the same guarantees as the real ones. */
export function createMemoryEventStore(): EventStore {
  const logId = randomUUID();
  const { all, streams, add } = createLog();
  const wakeups = createWakeups();
  let isClosed = false;

  function assertOpen(): void {
    if (isClosed) throw new StoreUnavailable("The event store is closed.");
  }

  return {
    async logId() {
      return logId;
    },
    async append(append) {
      assertOpen();
      const encoded = encodeAppend(append);
      const result = add(encoded);
      if (result.outcome !== "appended") return result;
      const { revision: lastRevision, position } = result;
      const appended = appendedEvents([{ append: encoded, lastRevision, lastPosition: numberOf(position) }]);
      wakeups.wake({ streams: [append.stream], isLocal: true, appended });
      return result;
    },
    async readStream(stream, from, limit) {
      assertOpen();
      return (streams.get(stream) ?? []).slice(from, from + limit).map(recorded);
    },
    async readAll(after, limit, filter) {
      assertOpen();
      const page: StoredEvent[] = [];
      for (let index = numberOf(after); index < all.length && page.length < limit; index++) {
        const event = all[index];
        if (event?.stream.startsWith(filter?.streamPrefix ?? "")) page.push(event);
      }
      return page.map(recorded);
    },
    async head() {
      assertOpen();
      return positionOf(all.length);
    },
    onAppended: wakeups.add,
    async close() {
      isClosed = true;
    },
  };
}

type Log = Readonly<{
  all: readonly StoredEvent[];
  streams: ReadonlyMap<string, readonly StoredEvent[]>;
  add(append: EncodedAppend): AppendResult;
}>;

function createLog(): Log {
  const all: StoredEvent[] = [];
  const streams = new Map<string, StoredEvent[]>();
  const appends = new Map<string, Done>();
  const inConflict = new Set<string>();

  /** Until its caller can know of a conflict, what it sends to the same stream was decided without knowing. */
  function conflict(stream: string, actualRevision: number): AppendResult {
    inConflict.add(stream);
    queueMicrotask(() => inConflict.delete(stream));
    return { outcome: "conflict", actualRevision };
  }

  function add({ id, stream, expectedRevision, events, meta }: EncodedAppend): AppendResult {
    const done = appends.get(id);
    if (done) return { outcome: "duplicate", ...done };
    const ofStream = streams.get(stream) ?? [];
    const actualRevision = ofStream.length - 1;
    if (actualRevision !== expectedRevision || inConflict.has(stream))
      return conflict(stream, actualRevision);
    for (const event of events) {
      const stored = {
        ...event,
        stream,
        revision: ofStream.length,
        position: positionOf(all.length + 1),
        meta,
      };
      ofStream.push(stored);
      all.push(stored);
    }
    streams.set(stream, ofStream);
    const result = { revision: ofStream.length - 1, position: positionOf(all.length) };
    appends.set(id, result);
    return { outcome: "appended", ...result };
  }

  return { all, streams, add };
}

function recorded(event: StoredEvent): RecordedEvent {
  // What `encodeAppend` made of an EventMeta.
  return { ...event, data: JSON.parse(event.data), meta: JSON.parse(event.meta) as EventMeta };
}
