import { createHash } from "node:crypto";
import { INSTANCE_STREAM } from "../apps/instance.events";
import { START, type EventStore, type Position, type RecordedEvent } from "../eventstore/eventStore";
import type { KeptEvent } from "./format";

const READ_AT_ONCE = 1_000;

/**
 * What the events of a log say, the same in every store. Each event's hash is made of the one before it in its stream, of all
 * that it holds but its position, and of how many events of the instance's stream stand before it: order within a stream, and
 * before and behind the instance's events, is all that anything made of a log goes by.
 */
export interface LogDigest {
  /** In the order of the log. */
  add(event: KeptEvent): void;
  /** How many events of this stream were added. */
  eventsOf(stream: string): number;
  events(): number;
  /** Of everything. */
  hash(): string;
  /** The first stream, by name, that is not as in the other; null if there is none. */
  firstOther(other: LogDigest): string | null;
  streams(): ReadonlyMap<string, StreamDigest>;
}

export type StreamDigest = Readonly<{ events: number; hash: string }>;

/** Of all events, or of those that are part of it: the others only stand between them. */
export function createLogDigest(isPart: (event: KeptEvent) => boolean = () => true): LogDigest {
  const streams = new Map<string, StreamDigest>();
  let ofInstance = 0;
  let events = 0;
  return {
    add(event) {
      if (isPart(event)) {
        const before = streams.get(event.stream);
        streams.set(event.stream, {
          events: (before?.events ?? 0) + 1,
          hash: sha256(before?.hash ?? "", String(ofInstance), canonical(event)),
        });
        events += 1;
      }
      if (event.stream === INSTANCE_STREAM) ofInstance += 1;
    },
    eventsOf: (stream) => streams.get(stream)?.events ?? 0,
    events: () => events,
    hash: () => sha256(...sorted(streams).map(([stream, { hash }]) => JSON.stringify([stream, hash]))),
    firstOther(other) {
      const theirs = other.streams();
      const names = [...new Set([...streams.keys(), ...theirs.keys()])].sort();
      return names.find((name) => streams.get(name)?.hash !== theirs.get(name)?.hash) ?? null;
    },
    streams: () => streams,
  };
}

/** All that an event holds but where it stands in its log. */
export function canonical({ id, stream, revision, type, schemaVersion, data, meta }: KeptEvent): string {
  const { actor, commandId, recordedAt, fingerprint } = meta;
  const facts = [stream, revision, id, type, schemaVersion, actor, commandId, recordedAt, fingerprint, data];
  return JSON.stringify(facts);
}

/** Adds what stands behind a position, and says where that ends. */
export async function digestAfter(
  digest: Pick<LogDigest, "add">,
  store: Pick<EventStore, "readAll">,
  after: Position,
): Promise<Position> {
  let last = after;
  for await (const page of pagesAfter(store, after)) {
    for (const event of page) digest.add(event);
    last = page.at(-1)?.position ?? last;
  }
  return last;
}

/** The log from there on, each page read while the one before it is used. */
export async function* pagesAfter(
  store: Pick<EventStore, "readAll">,
  after: Position = START,
): AsyncGenerator<readonly RecordedEvent[]> {
  let reading = store.readAll(after, READ_AT_ONCE);
  for (;;) {
    const page = await reading;
    const last = page.at(-1);
    // A page may be short and not the last: all before an event that cannot be read is given first.
    if (!last) return;
    reading = store.readAll(last.position, READ_AT_ONCE);
    // Whoever takes the next page hears of it.
    reading.catch(() => undefined);
    yield page;
  }
}

function sha256(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\n");
  return hash.digest("hex");
}

function sorted<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
