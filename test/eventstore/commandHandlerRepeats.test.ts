import { addNote, BOOK, envelope, notebookHandler, removeNote, type NotebookHandler } from "./notebook";
import { STORES, type OpenStore } from "./stores";
import { COMMAND_MEMORY_MS } from "../../src/eventstore/acceptedCommands";
import { SNAPSHOT_EVERY_EVENTS } from "../../src/eventstore/snapshots";
import { StoreUnavailable, type Append, type EventStore } from "../../src/eventstore/eventStore";

const START_MS = Date.UTC(2026, 0, 1);

describe.each(STORES)("a command id that comes again, over a log in %s", (_name, open) => {
  let opened: OpenStore;
  const handlers: NotebookHandler[] = [];
  let count = 0;
  const newStream = () => `${BOOK}${count++}`;

  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => {
    await Promise.all(handlers.map((handler) => handler.close()));
    await opened.close();
  });

  function handlerOn(
    store: EventStore,
    options: Parameters<typeof notebookHandler>[1] = {},
  ): NotebookHandler {
    const handler = notebookHandler(store, options);
    handlers.push(handler);
    return handler;
  }
  const eventsIn = async (stream: string) => (await opened.store.readStream(stream, 0, 10_000)).length;

  it("appends nothing more, and makes the same ids", async () => {
    const book = newStream();
    const handler = handlerOn(opened.store);
    const once = envelope();
    const first = await handler.handle(book, addNote("milk"), once);
    await handler.handle(book, addNote("bread"), envelope());

    const again = await handler.handle(book, addNote("milk"), once);

    expect(again).toMatchObject({ outcome: "accepted", revision: 1 });
    expect(idOf(again)).toBe(idOf(first));
    expect(await eventsIn(book)).toBe(2);
  });

  it("appends once when it comes twenty times at the same moment, through two processes", async () => {
    const book = newStream();
    const left = handlerOn(opened.store);
    const right = handlerOn(opened.another());
    const once = envelope();

    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? left : right).handle(book, addNote("milk"), once),
      ),
    );

    expect(outcomes.map((outcome) => outcome.outcome)).toEqual(Array(20).fill("accepted"));
    expect(await eventsIn(book)).toBe(1);
  });

  it("appends nothing more through another process, which has not seen the first", async () => {
    const book = newStream();
    const other = handlerOn(opened.another());
    await other.handle(book, addNote("bread"), envelope());
    const once = envelope();
    // It would be refused as taken, and it would be possible again after a removal: both are wrong.
    await handlerOn(opened.store).handle(book, addNote("milk"), once);
    expect(await other.handle(book, addNote("milk"), once)).toMatchObject({
      outcome: "accepted",
      revision: 1,
    });
    await other.handle(book, removeNote("milk"), envelope());

    expect(await handlerOn(opened.another()).handle(book, addNote("milk"), once)).toMatchObject({
      outcome: "accepted",
      revision: 2,
    });
    expect(await eventsIn(book)).toBe(3);
  });

  it("is known from a snapshot too", async () => {
    const book = newStream();
    const { snapshots } = opened;
    const handler = handlerOn(opened.store, { snapshots });
    const once = envelope();
    await handler.handle(book, addNote("milk"), once);
    await fill(handler, book, SNAPSHOT_EVERY_EVENTS);
    await handler.close();
    expect(await snapshots.load(book)).not.toBeNull();

    const restarted = handlerOn(opened.store, { snapshots });
    expect(await restarted.handle(book, addNote("milk"), once)).toMatchObject({ outcome: "accepted" });
    expect(await eventsIn(book)).toBe(SNAPSHOT_EVERY_EVENTS + 1);
  });

  it.each([
    ["is forgotten by the state after seven days", COMMAND_MEMORY_MS + 1, false],
    ["is known by the state on the seventh day", COMMAND_MEMORY_MS, true],
  ])("%s", async (_title, laterMs, isKnown) => {
    const book = newStream();
    let nowMs = START_MS;
    const handler = handlerOn(opened.store, { now: () => new Date(nowMs) });
    const once = envelope();
    await handler.handle(book, addNote("milk"), once);
    nowMs += laterMs;
    await handler.handle(book, addNote("bread"), envelope());

    const again = await handler.handle(book, addNote("milk"), once);

    expect(again.outcome).toBe(isKnown ? "accepted" : "refused");
    expect(await eventsIn(book)).toBe(2);
  });

  it("appends nothing more while the log knows it, if it does, though the state does not any more", async () => {
    const book = newStream();
    let nowMs = START_MS;
    const handler = handlerOn(opened.store, { now: () => new Date(nowMs) });
    const once = envelope();
    await handler.handle(book, addNote("milk"), once);
    nowMs += COMMAND_MEMORY_MS + 1;
    await handler.handle(book, removeNote("milk"), envelope());

    expect(await handler.handle(book, addNote("milk"), once)).toMatchObject({ outcome: "accepted" });
    expect(await handler.handle(book, addNote("tea"), once)).toMatchObject(commandIdReused);
    expect(await eventsIn(book)).toBe(opened.keepsAppends ? 2 : 3);
  });

  it("is refused if it comes with another command", async () => {
    const book = newStream();
    const handler = handlerOn(opened.store);
    const once = envelope();
    await handler.handle(book, addNote("milk"), once);

    expect(await handler.handle(book, addNote("bread"), once)).toMatchObject(commandIdReused);
    expect(await handlerOn(opened.another()).handle(book, addNote("bread"), once)).toMatchObject(
      commandIdReused,
    );
    expect(await eventsIn(book)).toBe(1);
  });

  it("is free again if its command was refused", async () => {
    const book = newStream();
    const handler = handlerOn(opened.store);
    await handler.handle(book, addNote("milk"), envelope());
    const once = envelope();
    expect((await handler.handle(book, addNote("milk"), once)).outcome).toBe("refused");

    expect((await handler.handle(book, addNote("bread"), once)).outcome).toBe("accepted");
  });

  it("appends nothing more after an append whose answer got lost", async () => {
    const book = newStream();
    let isLosing = true;
    const store: EventStore = {
      ...opened.store,
      async append(append: Append) {
        const result = await opened.store.append(append);
        if (isLosing) throw new StoreUnavailable("The connection broke before the answer.");
        return result;
      },
    };
    const handler = handlerOn(store);
    const [milk, bread] = [envelope(), envelope()];
    const lost = await Promise.allSettled([
      handler.handle(book, addNote("milk"), milk),
      handler.handle(book, addNote("bread"), bread),
    ]);
    expect(lost.map(({ status }) => status)).toEqual(["rejected", "rejected"]);

    isLosing = false;
    for (const sent of [handler, handlerOn(opened.another())]) {
      expect((await sent.handle(book, addNote("milk"), milk)).outcome).toBe("accepted");
    }
    await handler.handle(book, addNote("bread"), bread);
    expect(await eventsIn(book)).toBe(2);
    expect((await handler.state(book)).state.notes.size).toBe(2);
  });
});

const commandIdReused = {
  outcome: "refused",
  reasons: [{ code: "COMMAND_ID_REUSED", path: ["commandId"] }],
};

async function fill(handler: NotebookHandler, book: string, events: number): Promise<void> {
  for (let from = 0; from < events; from += 100) {
    const names = Array.from({ length: Math.min(100, events - from) }, (_, index) => `note ${from + index}`);
    await handler.handle(book, { type: "AddMany", data: { names } }, envelope());
  }
}

function idOf(outcome: Awaited<ReturnType<NotebookHandler["handle"]>>): string | null {
  return outcome.outcome === "accepted" ? outcome.newId("note") : null;
}
