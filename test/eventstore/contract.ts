import { randomUUID } from "node:crypto";
import {
  NO_STREAM,
  START,
  StoreUnavailable,
  type AppendedEvents,
  type AppendResult,
  type EventStore,
  type Wake,
} from "../../src/eventstore/eventStore";
import { EVENT_BYTES_MAX, NAME_LENGTH_MAX, SCHEMA_VERSION_MAX } from "../../src/eventstore/encodedAppend";
import { until } from "../support/until";
import { appendOf, AT, many, newStream, noted, readLog, succeeded } from "./appends";

/** What every implementation of the port promises. `createStore` opens the same log each time it is called. */
export function describeEventStore(name: string, createStore: () => Promise<EventStore>): void {
  describe(`the event store in ${name}`, () => {
    let store: EventStore;

    beforeAll(async () => {
      store = await createStore();
    });

    afterAll(() => store.close());

    describeExpectedRevisions(() => store);
    describeRepeats(() => store);
    describeConcurrency(() => store);
    describeMalformed(() => store);
    describeReading(() => store);
    describeContents(() => store);
    describeWakes(() => store);

    it("keeps its identity", async () => {
      const logId = await store.logId();
      expect(logId).not.toBe("");
      expect(await store.logId()).toBe(logId);
    });

    it("refuses what comes after it was closed, and closes twice", async () => {
      const other = await createStore();
      await other.close();
      await other.close();
      await expect(other.append(appendOf(newStream(), NO_STREAM))).rejects.toThrow(StoreUnavailable);
    });
  });
}

type Current = () => EventStore;

function describeExpectedRevisions(store: Current): void {
  describe("expects an exact revision", () => {
    it.each([
      ["no stream, and there is none", 0, NO_STREAM, "appended"],
      ["revision 0, and there is no stream", 0, 0, "conflict"],
      ["no stream, and there is one", 2, NO_STREAM, "conflict"],
      ["too low a revision", 2, 0, "conflict"],
      ["the last revision", 2, 1, "appended"],
      ["too high a revision", 2, 2, "conflict"],
      ["far too high a revision", 2, 1_000_000, "conflict"],
    ])("%s", async (_, existing, expectedRevision, outcome) => {
      const stream = newStream();
      if (existing > 0) await store().append(appendOf(stream, NO_STREAM, { events: many(existing) }));
      const result = await store().append(appendOf(stream, expectedRevision));
      expect(result.outcome).toBe(outcome);
      const added = outcome === "appended" ? 1 : 0;
      expect(await store().readStream(stream, 0, 10)).toHaveLength(existing + added);
    });

    it("says in a conflict where the stream is", async () => {
      const stream = newStream();
      expect(await store().append(appendOf(stream, 4))).toEqual({
        outcome: "conflict",
        actualRevision: NO_STREAM,
      });
      await store().append(appendOf(stream, NO_STREAM, { events: many(3) }));
      expect(await store().append(appendOf(stream, 0))).toEqual({ outcome: "conflict", actualRevision: 2 });
    });

    it("answers with the last event's revision and position", async () => {
      const stream = newStream();
      const result = succeeded(await store().append(appendOf(stream, NO_STREAM, { events: many(3) })));
      const last = (await store().readStream(stream, 0, 10)).at(-1);
      expect(result).toMatchObject({ revision: 2, position: last?.position });
      expect(await store().head()).toBe(result.position);
    });
  });
}

function describeRepeats(store: Current): void {
  describe("an append that is repeated", () => {
    it("adds nothing and is answered as the first one was", async () => {
      const append = appendOf(newStream(), NO_STREAM, { events: many(2) });
      const first = succeeded(await store().append(append));
      expect(await store().append(append)).toEqual({ ...first, outcome: "duplicate" });
      expect(await store().readStream(append.stream, 0, 10)).toHaveLength(2);
    });

    it("is answered so also after others appended", async () => {
      const append = appendOf(newStream(), NO_STREAM);
      const first = succeeded(await store().append(append));
      await store().append(appendOf(append.stream, 0, { events: many(2) }));
      expect(await store().append(append)).toEqual({ ...first, outcome: "duplicate" });
    });

    it("is written once if both are under way at once", async () => {
      const append = appendOf(newStream(), NO_STREAM);
      const [first, second] = await Promise.all([store().append(append), store().append(append)]);
      expect([first?.outcome, second?.outcome].sort()).toEqual(["appended", "duplicate"]);
      expect(await store().readStream(append.stream, 0, 10)).toHaveLength(1);
    });

    it("gives its events the same ids, and other streams and commands other ones", async () => {
      const [one, two] = [newStream(), newStream()];
      const commandId = randomUUID();
      await store().append(appendOf(one, NO_STREAM, { commandId, events: many(2) }));
      await store().append(appendOf(one, NO_STREAM, { commandId, events: many(2) }));
      await store().append(appendOf(two, NO_STREAM, { commandId, events: many(2) }));
      await store().append(appendOf(one, 1, { events: many(2) }));
      const events = [...(await store().readStream(one, 0, 10)), ...(await store().readStream(two, 0, 10))];
      expect(events).toHaveLength(6);
      expect(new Set(events.map(({ id }) => id)).size).toBe(6);
    });

    it("may follow a conflict with the same command id at another revision", async () => {
      const stream = newStream();
      await store().append(appendOf(stream, NO_STREAM));
      const commandId = randomUUID();
      expect((await store().append(appendOf(stream, NO_STREAM, { commandId }))).outcome).toBe("conflict");
      expect((await store().append(appendOf(stream, 0, { commandId }))).outcome).toBe("appended");
    });
  });
}

function describeConcurrency(store: Current): void {
  describe("appends under way together", () => {
    it("chain: each expects what the one before it leaves", async () => {
      const stream = newStream();
      const results = await Promise.all([
        store().append(appendOf(stream, NO_STREAM, { events: many(2) })),
        store().append(appendOf(stream, 1, { events: many(3) })),
        store().append(appendOf(stream, 4)),
      ]);
      expect(results.map((result) => succeeded(result).revision)).toEqual([1, 4, 5]);
      const events = await store().readStream(stream, 0, 10);
      expect(events.map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4, 5]);
    });

    it("let nothing behind a conflict in a chain through, though its expected revision fits by chance", async () => {
      const stream = newStream();
      await store().append(appendOf(stream, NO_STREAM, { events: many(2) }));
      const [first, second] = await Promise.all([
        store().append(appendOf(stream, NO_STREAM, { events: many(2) })),
        store().append(appendOf(stream, 1)), // Decided over the two events above it, which never came to be.
      ]);
      expect(first).toEqual({ outcome: "conflict", actualRevision: 1 });
      expect(second).toEqual({ outcome: "conflict", actualRevision: 1 });
      expect((await store().append(appendOf(stream, 1))).outcome).toBe("appended");
    });

    it("of one stream at one revision: exactly one succeeds", async () => {
      const stream = newStream();
      const attempts = Array.from({ length: 20 }, () => store().append(appendOf(stream, NO_STREAM)));
      const outcomes = (await Promise.all(attempts)).map(({ outcome }) => outcome);
      expect(outcomes.filter((outcome) => outcome === "appended")).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === "conflict")).toHaveLength(19);
    });

    it("fail none but the one in conflict", async () => {
      const taken = newStream();
      await store().append(appendOf(taken, NO_STREAM));
      const streams = Array.from({ length: 10 }, () => newStream());
      const [conflict, ...others] = await Promise.all(
        [taken, ...streams].map((stream) => store().append(appendOf(stream, NO_STREAM))),
      );
      expect(conflict).toEqual({ outcome: "conflict", actualRevision: 0 });
      expect(others.map((result) => result.outcome)).toEqual(streams.map(() => "appended"));
    });
  });
}

function describeMalformed(store: Current): void {
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  const text = (bytes: number): string => "x".repeat(bytes - 2); // The quotes make up for two.

  describe("a malformed append", () => {
    it.each([
      ["no events", { events: [] }],
      ["data that is not JSON", { events: [noted(undefined)] }],
      ["data that contains itself", { events: [noted(circular)] }],
      ["data that is a bigint", { events: [noted(1n)] }],
      ["data one byte too large", { events: [noted(text(EVENT_BYTES_MAX + 1))] }],
      ["an event without a type", { events: [{ type: "", schemaVersion: 1, data: 1 }] }],
      ["an event type with U+0000", { events: [{ type: "A\u0000", schemaVersion: 1, data: 1 }] }],
      ["a schema version that is none", { events: [{ type: "Noted", schemaVersion: 1.5, data: 1 }] }],
      [
        "a schema version too high",
        { events: [{ type: "Noted", schemaVersion: SCHEMA_VERSION_MAX + 1, data: 1 }] },
      ],
      ["a stream without a name", { stream: "" }],
      ["a stream name with U+0000", { stream: "app-\u0000" }],
      ["a stream name with half a character", { stream: "app-\ud800" }],
      ["a stream name one character too long", { stream: "x".repeat(NAME_LENGTH_MAX + 1) }],
      ["no command id", { commandId: "" }],
      ["half a revision", { expectedRevision: 0.5 }],
      ["a revision below none", { expectedRevision: -2 }],
      ["a time that is none", { meta: { actor: "a", commandId: "c", recordedAt: "soon", fingerprint: "" } }],
    ])("with %s fails alone", async (_, overrides) => {
      const [before, after] = [newStream(), newStream()];
      const [first, malformed, second] = await Promise.allSettled([
        store().append(appendOf(before, NO_STREAM)),
        store().append(appendOf(newStream(), NO_STREAM, overrides)),
        store().append(appendOf(after, NO_STREAM)),
      ]);
      expect([first.status, malformed.status, second.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(malformed).not.toHaveProperty("reason", expect.any(StoreUnavailable));
    });

    it("is not one at the limits: the longest name, the largest event, the highest schema version", async () => {
      const stream = newStream().padEnd(NAME_LENGTH_MAX, "x");
      const events = [{ ...noted(text(EVENT_BYTES_MAX)), schemaVersion: SCHEMA_VERSION_MAX }];
      expect((await store().append(appendOf(stream, NO_STREAM, { events }))).outcome).toBe("appended");
      expect((await store().readStream(stream, 0, 1))[0]?.data).toBe(events[0]?.data);
    });
  });
}

function describeReading(store: Current): void {
  describe("reading", () => {
    it("finds nothing in a stream that is not there", async () => {
      expect(await store().readStream(newStream(), 0, 10)).toEqual([]);
    });

    it("pages through a stream in order", async () => {
      const stream = newStream();
      await store().append(appendOf(stream, NO_STREAM, { events: many(5) }));
      const revisions = async (from: number, limit: number) =>
        (await store().readStream(stream, from, limit)).map(({ revision }) => revision);
      expect(await revisions(0, 2)).toEqual([0, 1]);
      expect(await revisions(2, 2)).toEqual([2, 3]);
      expect(await revisions(4, 2)).toEqual([4]);
      expect(await revisions(5, 2)).toEqual([]);
    });

    it("pages through everything in log order, after a position", async () => {
      const from = await store().head();
      const streams = [newStream(), newStream(), newStream()];
      for (const stream of streams) await store().append(appendOf(stream, NO_STREAM, { events: many(2) }));
      const log = await readLog(store(), from, 4);
      expect(log.map(({ stream }) => stream)).toEqual(streams.flatMap((stream) => [stream, stream]));
      expect(log.at(-1)?.position).toBe(await store().head());
      expect(await store().readAll(await store().head(), 10)).toEqual([]);
    });

    it("gives positions that order as strings do, across powers of ten", async () => {
      await store().append(appendOf(newStream(), NO_STREAM, { events: many(120) }));
      const positions = (await readLog(store())).map(({ position }) => position);
      expect(positions).toEqual([...new Set(positions)].sort());
      expect(positions.every((position) => position > START)).toBe(true);
    });

    it("filters by the beginning of a stream's name", async () => {
      const from = await store().head();
      const tag = randomUUID();
      const names = ["a-1", "a-", "a", "b-1", "a-é", "a-\u{1f600}", "a.", "A-1", "a-zzz"];
      const streams = names.map((name) => `${tag}${name}`);
      for (const stream of streams) await store().append(appendOf(stream, NO_STREAM));
      const read = async (streamPrefix: string, limit = 100) =>
        (await store().readAll(from, limit, { streamPrefix })).map(({ stream }) => stream);
      expect(await read(`${tag}a-`)).toEqual(streams.filter((stream) => stream.startsWith(`${tag}a-`)));
      expect(await read(`${tag}a-`, 2)).toEqual([`${tag}a-1`, `${tag}a-`]);
      expect(await read(`${tag}c`)).toEqual([]);
      expect(await read("")).toEqual(streams);
    });

    it("refuses a position that is none", async () => {
      const forged = "42" as typeof START; // What a broken caller could pass.
      await expect(store().readAll(forged, 10)).rejects.toThrow("no position");
    });
  });
}

function describeContents(store: Current): void {
  async function roundTrip(data: unknown): Promise<unknown> {
    const stream = newStream();
    await store().append(appendOf(stream, NO_STREAM, { events: [noted(data)] }));
    return (await store().readStream(stream, 0, 1))[0]?.data;
  }

  describe("an event's data", () => {
    it.each([
      ["null", null],
      ["nothing in it", {}],
      ["unicode", { "ключ 🔑": "naïve 漢字 \u{1f468}\u200d\u{1f469}" }],
      ["line separators", "a\u2028b\u2029c\r\n\t"],
      ["U+0000", "a\u0000b"],
      ["half a character", "a\ud800b"],
      ["quotes, backslashes and braces", `{"\\'$1,NULL"}`],
      ["numbers at the limits", [0, -0.5, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE]],
      ["a MB of text", "é".repeat(500_000)],
    ])("comes back as it was: %s", async (_, data) => {
      expect(await roundTrip(data)).toStrictEqual(data);
    });

    it("keeps the order of properties", async () => {
      const json = '{"z":1,"a":{"y":2,"b":3},"_":4}';
      expect(JSON.stringify(await roundTrip(JSON.parse(json)))).toBe(json);
    });

    it("may hold __proto__ and constructor as ordinary properties", async () => {
      const json = '{"__proto__":{"isAdmin":true},"constructor":1}';
      const data = await roundTrip(JSON.parse(json));
      expect(JSON.stringify(data)).toBe(json);
      expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    });

    it("is not changed by who appended or read it", async () => {
      const stream = newStream();
      const data = { list: [1] };
      await store().append(appendOf(stream, NO_STREAM, { events: [noted(data)] }));
      data.list.push(2);
      const [read] = await store().readStream(stream, 0, 1);
      (read?.data as typeof data).list.push(3);
      expect((await store().readStream(stream, 0, 1))[0]?.data).toEqual({ list: [1] });
    });
  });

  it("returns each event with all that belongs to it", async () => {
    const stream = newStream();
    const events = [{ type: "KeyCreated", schemaVersion: 3, data: { name: "dark_mode" } }];
    const meta = { actor: "é", commandId: "c-1", recordedAt: AT, fingerprint: "f\u0000" };
    const { position } = succeeded(
      await store().append(appendOf(stream, NO_STREAM, { commandId: "c-1", events, meta })),
    );
    const id = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const expected = [{ id, stream, revision: 0, position, ...events[0], meta }];
    expect(await store().readStream(stream, 0, 10)).toEqual(expected);
    expect((await store().readAll(START, 1_000_000)).at(-1)).toEqual(expected[0]);
  });

  it("takes 10,000 events in one append, and more after it", async () => {
    const stream = newStream();
    const big = store().append(appendOf(stream, NO_STREAM, { events: many(10_000) }));
    const next = store().append(appendOf(stream, 9_999));
    const results: AppendResult[] = await Promise.all([big, next]);
    expect(results.map((result) => succeeded(result).revision)).toEqual([9_999, 10_000]);
    const tail = await store().readStream(stream, 9_998, 10);
    expect(tail.map(({ data }) => data)).toEqual([{ index: 9_998 }, { index: 9_999 }, 1]);
  }, 120_000);
}

function describeWakes(store: Current): void {
  describe("whoever listens", () => {
    it("is told of an append, and can read it then", async () => {
      const stream = newStream();
      let seen = -1;
      const stop = store().onAppended(() => {
        void store()
          .readStream(stream, 0, 10)
          .then(({ length }) => (seen = Math.max(seen, length)));
      });
      await store().append(appendOf(stream, NO_STREAM, { events: many(2) }));
      await until("the listener has read the events", () => seen === 2);
      stop();
    });

    it("is told which streams, if the append was here", async () => {
      const stream = newStream();
      const wakes: Wake[] = [];
      const stop = store().onAppended((wake) => wakes.push(wake));
      await store().append(appendOf(stream, NO_STREAM));
      await until("the append is told of", () =>
        wakes.some(({ streams, isLocal }) => isLocal && streams?.includes(stream)),
      );
      stop();
    });

    it("is handed what was appended here exactly as the log gives it", async () => {
      const handed: AppendedEvents[] = [];
      const stop = store().onAppended(({ appended }) => void (appended && handed.push(appended)));
      const [one, two] = [newStream(), newStream()];
      const odd = {
        left: undefined,
        at: new Date(0),
        text: "\u0000 \ud800 ü",
        number: -0,
        list: [undefined],
      };
      await Promise.all([
        store().append(appendOf(two, NO_STREAM, { events: [noted(odd), noted(null)] })),
        store().append(appendOf(one, NO_STREAM, { events: many(3) })),
        store().append(appendOf(two, 1, { events: [noted("next")] })),
        store().append(appendOf(one, NO_STREAM)), // Comes to nothing.
      ]);
      const last = appendOf(one, 2, { events: many(2) });
      await store().append(last);
      await store().append(last);
      await until("all is told of", () => handed.flatMap(({ events }) => events).length >= 8);
      stop();
      for (const { after, events, bytes } of handed) {
        expect(events).toStrictEqual(await store().readAll(after, events.length));
        expect(bytes).toBeGreaterThan(0);
      }
    });

    it("is told no more once it stopped", async () => {
      let [stopped, listening] = [0, 0];
      const stopFirst = store().onAppended(() => stopped++);
      const stopSecond = store().onAppended(() => listening++);
      stopFirst();
      const before = stopped;
      await store().append(appendOf(newStream(), NO_STREAM));
      await until("the other one is told", () => listening > 0);
      stopSecond();
      expect(stopped).toBe(before);
    });
  });
}
