import {
  START,
  type AppendedEvents,
  type Position,
  type RecordedEvent,
} from "../../src/eventstore/eventStore";
import { createHandOver, HANDED_BYTES_MAX, HANDED_EVENTS_MAX } from "../../src/projections/handOver";
import { recorded } from "./things";

/** Events 1, 2, 3… of a log. */
const events = (from: number, to: number): RecordedEvent[] =>
  Array.from({ length: to - from + 1 }, (_, index) => recorded("ThingMade", {}, from + index - 1));
const at = (number: number): Position => recorded("ThingMade", {}, number - 1).position;

/** What this process appended. */
function here(from: number, to: number, bytes = 10) {
  const appended: AppendedEvents = {
    after: from === 1 ? START : at(from - 1),
    events: events(from, to),
    bytes,
  };
  return { streams: ["app-shop"], isLocal: true, appended };
}
const elsewhere = { streams: ["app-shop"], isLocal: false, appended: null };

/** One to which the log was read up to that event. */
function readUpTo(number: number, ...limits: Parameters<typeof createHandOver>) {
  const handOver = createHandOver(...limits);
  handOver.startRead()(at(number));
  return handOver;
}

describe("handing over what was appended", () => {
  it("gives what follows a position, in the order of the log, until it is projected", () => {
    const handOver = readUpTo(2);
    expect(handOver.take(at(2), 100)).toEqual([]);
    handOver.offer(here(3, 4));
    handOver.offer(here(5, 5));
    expect(handOver.take(at(2), 100)).toEqual(events(3, 5));
    expect(handOver.take(at(2), 2)).toEqual(events(3, 4));
    expect(handOver.take(at(4), 100)).toEqual(events(5, 5));
    expect(handOver.take(at(5), 100)).toEqual([]);
    handOver.offer(here(6, 6));
    expect(handOver.take(at(5), 100)).toEqual(events(6, 6));
  });

  it("knows nothing before the log was read to its end", () => {
    const handOver = createHandOver();
    handOver.offer(here(1, 2));
    expect(handOver.take(START, 100)).toBeNull();
    handOver.startRead();
    expect(handOver.take(START, 100)).toBeNull();
  });

  it("leaves to the log what follows a gap, and what stands in it", () => {
    const handOver = readUpTo(2);
    handOver.offer(here(5, 6));
    expect(handOver.take(at(2), 100)).toBeNull();
    const other = readUpTo(2);
    other.offer(here(3, 3));
    other.offer(here(5, 6));
    expect(other.take(at(2), 100)).toBeNull();
  });

  it("leaves it to the log when something was appended elsewhere, until that was read", () => {
    const handOver = readUpTo(2);
    handOver.offer(here(3, 3));
    handOver.offer(elsewhere);
    handOver.offer(here(5, 5));
    expect(handOver.take(at(2), 100)).toBeNull();
    handOver.startRead()(at(5));
    expect(handOver.take(at(4), 100)).toEqual(events(5, 5));
    handOver.offer(here(6, 6));
    expect(handOver.take(at(5), 100)).toEqual(events(6, 6));
  });

  it("does not take a read for complete during which something was appended elsewhere", () => {
    const handOver = createHandOver();
    const reachedEnd = handOver.startRead();
    handOver.offer(elsewhere);
    reachedEnd(at(2));
    expect(handOver.take(at(2), 100)).toBeNull();
  });

  it("never says that nothing follows, nor gives a part, where the log was seen to hold more", () => {
    const handOver = readUpTo(2);
    handOver.offer(here(3, 4));
    handOver.startRead()(at(5));
    expect(handOver.take(at(2), 100)).toBeNull();
    expect(handOver.take(at(2), 2)).toEqual(events(3, 4));
    expect(handOver.take(at(4), 100)).toBeNull();
    expect(handOver.take(at(5), 100)).toEqual([]);
  });

  it("leaves what came in the wrong order to the log", () => {
    const handOver = readUpTo(2);
    handOver.offer(here(4, 4));
    handOver.offer(here(3, 3));
    expect(handOver.take(at(2), 100)).toBeNull();
  });

  it("holds no more than it may", () => {
    for (const [limits, isKept] of [
      [[3, 100], true],
      [[2, 100], false],
      [[3, 20], true],
      [[3, 19], false],
    ] as const) {
      const handOver = readUpTo(2, ...limits);
      handOver.offer(here(3, 3));
      handOver.offer(here(4, 5));
      expect(handOver.take(at(2), 100)).toEqual(isKept ? events(3, 5) : null);
    }
    expect([HANDED_EVENTS_MAX, HANDED_BYTES_MAX]).toEqual([1_000, 8 * 1_048_576]);
  });

  it("does not count what is projected already", () => {
    const handOver = readUpTo(2, 3, 30);
    for (let number = 3; number <= 20; number++) {
      handOver.offer(here(number, number));
      expect(handOver.take(at(number - 1), 100)).toEqual(events(number, number));
      expect(handOver.take(at(number), 100)).toEqual([]);
    }
  });

  it("forgets all when it is told to", () => {
    const handOver = readUpTo(2);
    handOver.offer(here(3, 3));
    handOver.forget();
    expect(handOver.take(at(2), 100)).toBeNull();
  });
});
