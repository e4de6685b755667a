import fc from "fast-check";
import { addNote, BOOK, envelope, notebookHandler, removeNote, type NotebookCommand } from "./notebook";
import { STORES, type OpenStore } from "./stores";
import type { EventStore } from "../../src/eventstore/eventStore";
import { createMemoryEventStore } from "../../src/eventstore/memory";
import { memorySnapshots, SNAPSHOT_EVERY_EVENTS } from "../../src/eventstore/snapshots";

const MINUTE_MS = 60_000;
const SINCE_MS = Date.UTC(2026, 0, 1);
const at = (minute: number): string => new Date(SINCE_MS + minute * MINUTE_MS).toISOString();

describe.each(STORES)("the history of a stream in %s", (_name, open) => {
  let opened: OpenStore;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());

  it("is told as of any revision and any time", async () => {
    let minute = 0;
    const handler = notebookHandler(opened.store, { now: () => new Date(SINCE_MS + minute * MINUTE_MS) });
    for (const command of [addNote("a"), addNote("b"), removeNote("a"), addNote("c")]) {
      minute += 10;
      await handler.handle(BOOK, command, envelope());
    }
    const names = async (moment: Parameters<typeof handler.stateAt>[1]) => {
      const past = await handler.stateAt(BOOK, moment);
      return past && [...past.state.notes.keys()].join("");
    };

    expect(await Promise.all([-1, 0, 1, 2, 3, 4].map((revision) => names({ revision })))).toEqual([
      null,
      "a",
      "ab",
      "b",
      "bc",
      null,
    ]);
    const times = [9.99, 10, 15, 20, 30, 39.99, 40, 50].map((minutes) => ({ time: at(minutes) }));
    expect(await Promise.all(times.map(names))).toEqual([null, "a", "a", "ab", "b", "b", "bc", "bc"]);
    // The same instants, written otherwise.
    expect(await names({ time: "2026-01-01T01:20:00+01:00" })).toBe("ab");
    expect(await names({ time: "+010000-01-01T00:00:00.000Z" })).toBe("bc");
    expect(await handler.stateAt(BOOK, { revision: 2 })).toMatchObject({ revision: 2, recordedAt: at(30) });

    // What was the present when it was asked for is not kept as the past.
    await handler.handle(BOOK, addNote("d"), envelope());
    expect(await names({ time: at(50) })).toBe("bcd");
    expect((await handler.state(BOOK)).state.notes.size).toBe(3);
    expect(await handler.stateAt("app-none", { time: at(50) })).toBeNull();
    await handler.close();
  });

  it("is read from a snapshot on, and a snapshot that is not of this log or fold is not used", async () => {
    const book = "app-snapshots";
    const reads: number[] = [];
    const store: EventStore = {
      ...opened.store,
      readStream: (stream, from, limit) => (reads.push(from), opened.store.readStream(stream, from, limit)),
    };
    const { snapshots } = opened;
    const writer = notebookHandler(opened.store, { snapshots });
    await addMany(writer, book, SNAPSHOT_EVERY_EVENTS - 1);
    await writer.handle(book, addNote("before"), envelope());
    await writer.handle(book, addNote("after"), envelope());
    const { state } = await writer.state(book);
    await writer.close();
    const kept = await snapshots.load(book);
    expect(kept?.revision).toBe(SNAPSHOT_EVERY_EVENTS);

    const restarted = async (options: object, over = snapshots) => {
      reads.length = 0;
      const handler = notebookHandler(store, { snapshots: over, ...options });
      expect((await handler.state(book)).state).toEqual(state);
      await handler.close();
      return reads[reads.length - 1];
    };
    expect(await restarted({})).toBe(SNAPSHOT_EVERY_EVENTS + 1);
    expect(await restarted({ stateVersion: 2 })).not.toBe(SNAPSHOT_EVERY_EVENTS + 1);

    const damaged = memorySnapshots();
    await damaged.save(book, { revision: 500, stateVersion: 1, state: new Uint8Array([1, 2, 3]) });
    expect(await restarted({}, damaged)).not.toBe(SNAPSHOT_EVERY_EVENTS + 1);
    expect(await restarted({}, { ...damaged, load: () => Promise.reject(new Error("away")) })).toBe(500);

    const ofAnotherLog = memorySnapshots();
    if (kept) await ofAnotherLog.save(book, { ...kept, revision: kept.revision - 100 });
    expect(await restarted({}, ofAnotherLog)).toBe(500);
  });

  it("keeps the latest snapshot of each fold's version", async () => {
    const { snapshots } = opened;
    const save = (revision: number, stateVersion: number) =>
      snapshots.save("app-kept", { revision, stateVersion, state: new Uint8Array([revision % 256]) });
    await save(1_000, 1);
    await save(500, 1);
    expect(await snapshots.load("app-kept")).toMatchObject({ revision: 1_000, stateVersion: 1 });
    await save(700, 2);
    expect(await snapshots.load("app-kept")).toMatchObject({ revision: 700, stateVersion: 2 });
    expect(await snapshots.load("app-unkept")).toBeNull();
  });
});

describe("any history", () => {
  it("folds to the same state from a snapshot as from its beginning, now and as of then", async () => {
    const command: fc.Arbitrary<NotebookCommand> = fc.oneof(
      fc.constantFrom("a", "b", "c").map((name) => addNote(name)),
      fc.constantFrom("a", "b", "c").map((name) => removeNote(name)),
      fc.integer({ min: 1, max: 400 }).map((length): NotebookCommand => {
        return { type: "AddMany", data: { names: Array.from({ length }, (_, index) => `n${index}`) } };
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(command, { minLength: 1, maxLength: 12 }),
        fc.nat(),
        async (commands, chosen) => {
          const store = createMemoryEventStore();
          const snapshots = memorySnapshots();
          const handler = notebookHandler(store, { snapshots });
          for (const each of commands) await handler.handle(BOOK, each, envelope());
          const warm = await handler.state(BOOK);
          await handler.close();

          const fromSnapshot = notebookHandler(store, { snapshots });
          const fromBeginning = notebookHandler(store);
          expect((await fromBeginning.state(BOOK)).state).toEqual(warm.state);
          expect((await fromSnapshot.state(BOOK)).state).toEqual(warm.state);
          const revision = warm.revision < 0 ? 0 : chosen % (warm.revision + 1);
          expect((await fromSnapshot.stateAt(BOOK, { revision }))?.state).toEqual(
            (await fromBeginning.stateAt(BOOK, { revision }))?.state,
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});

async function addMany(
  handler: ReturnType<typeof notebookHandler>,
  book: string,
  events: number,
): Promise<void> {
  const names = Array.from({ length: events }, (_, index) => `note ${index}`);
  await handler.handle(book, { type: "AddMany", data: { names } }, envelope());
}
