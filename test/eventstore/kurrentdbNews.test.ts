import { setImmediate as turn } from "node:timers/promises";
import { encodeAppend } from "../../src/eventstore/encodedAppend";
import { NO_STREAM, START, type Position, type Wake } from "../../src/eventstore/eventStore";
import type { StoredEvent } from "../../src/eventstore/kurrentdb/events";
import { createLogNews } from "../../src/eventstore/kurrentdb/news";
import { NOTHING_SKIPPED } from "../../src/eventstore/skippedEvents";
import { appendOf } from "./appends";

const PREFIX = "ours-";
const PATIENCE = { silenceMs: 100, atMostMs: 60_000 };
const META = { actor: "a", commandId: "c", recordedAt: "2026-01-01T00:00:00.000Z", fingerprint: "f" };

function eventAt(commit: number, id = `event ${commit}`): StoredEvent {
  return {
    ...{ id, stream: `${PREFIX}a`, revision: commit, type: "Noted", contentType: "application/json" },
    position: { commit: String(commit), prepare: String(commit) },
    data: Buffer.from("{}"),
    metadata: JSON.stringify({ ...META, schemaVersion: "1" }),
  };
}

function listening() {
  const wakes: Wake[] = [];
  const news = createLogNews({ prefix: PREFIX, skippedEvents: NOTHING_SKIPPED }, (wake) => wakes.push(wake));
  news.begin(START);
  wakes.length = 0;
  const toldOf = (): (Position | undefined)[][] =>
    wakes.map(({ appended }) => appended?.events.map(({ position }) => position) ?? []);
  return { news, wakes, toldOf };
}

describe("events of the log", () => {
  it("that come in turns one after the other are told of together, in their order", async () => {
    const { news, wakes, toldOf } = listening();
    for (let commit = 1; commit <= 5; commit++) {
      news.deliver(eventAt(commit));
      await turn();
    }
    for (let waited = 0; waited < 3; waited++) await turn();
    expect(wakes).toHaveLength(1);
    expect(toldOf()[0]).toHaveLength(5);
    expect(toldOf()[0]).toEqual(toldOf()[0]?.toSorted());
  });

  it("that do not cease are told of even so", async () => {
    const { news, wakes, toldOf } = listening();
    for (let commit = 1; commit <= 100; commit++) {
      news.deliver(eventAt(commit));
      await turn();
    }
    expect(wakes.length).toBeGreaterThan(3);
    expect(toldOf().flat()).toEqual(toldOf().flat().toSorted());
  });
});

describe("an append whose event is awaited", () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ["setImmediate", "nextTick", "queueMicrotask"] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it("is awaited while other events come before it, and given up when none does", async () => {
    const { news } = listening();
    const append = encodeAppend(appendOf("a", NO_STREAM));
    let found: readonly StoredEvent[] | null | undefined;
    void news
      .expect([append])
      ?.arrived(PATIENCE)
      .then((events) => (found = events));
    for (let commit = 1; commit <= 5; commit++) {
      news.deliver(eventAt(commit));
      await jest.advanceTimersByTimeAsync(PATIENCE.silenceMs);
    }
    expect(found).toBeUndefined();
    await jest.advanceTimersByTimeAsync(PATIENCE.silenceMs);
    expect(found).toBeNull();
  });

  it("is given up though others come, after the longest time", async () => {
    const { news } = listening();
    let found: readonly StoredEvent[] | null | undefined;
    void news
      .expect([encodeAppend(appendOf("a", NO_STREAM))])
      ?.arrived({ silenceMs: 100, atMostMs: 300 })
      .then((events) => (found = events));
    for (let commit = 1; commit <= 2; commit++) {
      news.deliver(eventAt(commit));
      await jest.advanceTimersByTimeAsync(100);
    }
    expect(found).toBeUndefined();
    for (let commit = 3; commit <= 5; commit++) {
      news.deliver(eventAt(commit));
      await jest.advanceTimersByTimeAsync(100);
    }
    expect(found).toBeNull();
  });

  it("is found when it comes at last", async () => {
    const { news } = listening();
    const append = encodeAppend(appendOf("a", NO_STREAM));
    const arrived = news.expect([append])?.arrived(PATIENCE);
    const own = eventAt(9, append.events[0]?.id);
    news.deliver(own);
    expect(await arrived).toEqual([own]);
  });
});
