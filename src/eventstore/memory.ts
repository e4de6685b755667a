import { randomUUID } from "node:crypto";
import { encodeAppend, type EncodedAppend } from "./encodedAppend";
import {
  NO_STREAM,
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
  const log: StoredEvent[] = [];
  const streams = new Map<string, StoredEvent[]>();
  const appends = new Map<string, Done>();
  const wakeups = createWakeups();
  let isClosed = false;

  function add(encoded: EncodedAppend, follows?: EventMeta): AppendResult {
    const done = appends.get(encoded.id);
    if (done) return { outcome: "duplicate", ...done };
    const events = streams.get(encoded.stream) ?? [];
    const actualRevision = events.at(-1)?.revision ?? NO_STREAM;
    const isAsExpected = actualRevision === encoded.expectedRevision;
    const isBehind = follows === undefined || events.at(-1)?.meta === JSON.stringify(follows);
    if (!isAsExpected || !isBehind) return { outcome: "conflict", actualRevision };
    for (const event of encoded.events) {
      const { stream, meta } = encoded;
      const stored = {
        ...event,
        stream,
        revision: events.length,
        position: positionOf(log.length + 1),
        meta,
      };
      events.push(stored);
      log.push(stored);
    }
    streams.set(encoded.stream, events);
    const result = { revision: events.length - 1, position: positionOf(log.length) };
    appends.set(encoded.id, result);
    return { outcome: "appended", ...result };
  }

  function assertOpen(): void {
    if (isClosed) throw new StoreUnavailable("The event store is closed.");
  }

  return {
    async logId() {
      return logId;
    },
    async append(append) {
      assertOpen();
      const result = add(encodeAppend(append), append.follows);
      if (result.outcome === "appended") wakeups.wake({ streams: [append.stream], isLocal: true });
      return result;
    },
    async readStream(stream, from, limit) {
      assertOpen();
      return (streams.get(stream) ?? []).slice(from, from + limit).map(recorded);
    },
    async readAll(after, limit, filter) {
      assertOpen();
      const page: StoredEvent[] = [];
      for (let index = numberOf(after); index < log.length && page.length < limit; index++) {
        const event = log[index];
        if (event?.stream.startsWith(filter?.streamPrefix ?? "")) page.push(event);
      }
      return page.map(recorded);
    },
    async head() {
      assertOpen();
      return positionOf(log.length);
    },
    onAppended: wakeups.add,
    async close() {
      isClosed = true;
    },
  };
}

function recorded(event: StoredEvent): RecordedEvent {
  // What `encodeAppend` made of an EventMeta.
  return { ...event, data: JSON.parse(event.data), meta: JSON.parse(event.meta) as EventMeta };
}
