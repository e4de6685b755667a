import {
  addNote,
  BOOK,
  envelope,
  notebookDecider,
  notebookHandler,
  removeNote,
  type NotebookHandler,
} from "./notebook";
import { STORES, type OpenStore } from "./stores";
import { StoreUnavailable, type Append, type EventStore } from "../../src/eventstore/eventStore";
import { createMemoryEventStore } from "../../src/eventstore/memory";
import { ATTEMPTS_MIN, BATCH_COMMANDS_MAX, WAITING_COMMANDS_MAX } from "../../src/eventstore/streamActor";

describe.each(STORES)("commands in trouble, over a log in %s", (_name, open) => {
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

  it("decides a chain anew if its first append lost to a writer of as many events", async () => {
    const book = newStream();
    const other = handlerOn(opened.another());
    let meddle = async (): Promise<void> => undefined;
    // Holds the chain back, as a whole and in its order, until somebody else has written.
    const store: EventStore = {
      ...opened.store,
      async append(append: Append) {
        await (held ??= meddle());
        return opened.store.append(append);
      },
    };
    let held: Promise<void> | null = null;
    const handler = handlerOn(store);
    await handler.handle(book, addNote("first"), envelope());

    const warmUp = handler.handle(book, addNote("second"), envelope());
    held = null;
    meddle = async () => void (await other.handle(book, addNote("third"), envelope()));
    // Decided on top of each other: the one adds what the other removes.
    const chain = Promise.all([
      handler.handle(book, addNote("third"), envelope()),
      handler.handle(book, removeNote("third"), envelope()),
      handler.handle(book, addNote("third"), envelope()),
    ]);
    await warmUp;
    const outcomes = (await chain).map(({ outcome }) => outcome);

    const types = (await opened.store.readStream(book, 0, 10)).map(({ type }) => type);
    expect(types).toEqual(["NoteAdded", "NoteAdded", "NoteAdded", "NoteRemoved", "NoteAdded"]);
    expect(outcomes).toEqual(["refused", "accepted", "accepted"]);
  });

  it("fails alone if it cannot be stored, and those behind it are decided without it", async () => {
    const book = newStream();
    const store: EventStore = {
      ...opened.store,
      append: (append) =>
        append.events.some(({ data }) => (data as { name: string }).name === "malformed")
          ? Promise.reject(new Error("The log cannot take this."))
          : opened.store.append(append),
    };
    const handler = handlerOn(store);
    const results = await Promise.allSettled(
      ["a", "b", "malformed", "c", "d"].map((name) => handler.handle(book, addNote(name), envelope())),
    );
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
      "fulfilled",
    ]);
    const { state } = await handler.state(book);
    expect([...state.notes.keys()].sort()).toEqual(["a", "b", "c", "d"]);
  });

  it("fails alone if its decision crashes", async () => {
    const book = newStream();
    const handler = handlerOn(opened.store, {
      decider: {
        ...notebookDecider,
        decide(command, state, circumstances) {
          if (command.type === "CopyNote") throw new Error("Invariant broken: no copies.");
          return notebookDecider.decide(command, state, circumstances);
        },
      },
    });
    const results = await Promise.allSettled([
      handler.handle(book, addNote("a"), envelope()),
      handler.handle(book, { type: "CopyNote", data: { name: "a", to: "b" } }, envelope()),
      handler.handle(book, addNote("c"), envelope()),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("keeps out of the log what the fold cannot take", async () => {
    const book = newStream();
    const handler = handlerOn(opened.store, {
      decider: {
        ...notebookDecider,
        evolve(state, event, facts) {
          if (event.type === "NoteAdded" && event.data.name === "poison")
            throw new Error("Invariant broken.");
          return notebookDecider.evolve(state, event, facts);
        },
      },
    });
    const results = await Promise.allSettled(
      ["a", "poison", "b", "c"].map((name) => handler.handle(book, addNote(name), envelope())),
    );
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expect((await handler.state(book)).revision).toBe(2);
  });

  it("rejects an asked content that no need named, and goes on", async () => {
    const book = newStream();
    const handler = handlerOn(opened.store, { decider: { ...notebookDecider, needs: () => [] } });
    await handler.handle(book, addNote("a"), envelope());
    const copy = handler.handle(book, { type: "CopyNote", data: { name: "a", to: "b" } }, envelope());
    await expect(copy).rejects.toThrow("was not named by needs");
    expect((await handler.handle(book, addNote("b"), envelope())).outcome).toBe("accepted");
  });
});

describe("a log that is away", () => {
  it("rejects everything that waits, and is asked again afterwards", async () => {
    const real = createMemoryEventStore();
    let isAway = false;
    const answer = <Result>(work: () => Promise<Result>): Promise<Result> =>
      isAway ? Promise.reject(new StoreUnavailable("The database is away.")) : work();
    const handler = notebookHandler({
      ...real,
      append: (append) => answer(() => real.append(append)),
      readStream: (...call) => answer(() => real.readStream(...call)),
    });
    await handler.handle(BOOK, addNote("a"), envelope());

    isAway = true;
    const results = await Promise.allSettled([
      handler.handle(BOOK, addNote("b"), envelope()),
      handler.handle(BOOK, addNote("a"), envelope()),
      handler.state(BOOK),
      handler.stateAt(BOOK, { revision: 0 }),
    ]);
    expect(
      results.map((result) => result.status === "rejected" && result.reason instanceof StoreUnavailable),
    ).toEqual([true, true, true, true]);

    isAway = false;
    expect((await handler.handle(BOOK, addNote("b"), envelope())).outcome).toBe("accepted");
    expect((await handler.state(BOOK)).state.notes.size).toBe(2);
    await handler.close();
  });

  it("is not waited for beyond a bound", async () => {
    const real = createMemoryEventStore();
    const silent = new Promise<never>(() => undefined);
    const handler = notebookHandler({ ...real, append: () => silent }, { timeoutMs: 20 });
    await expect(handler.handle(BOOK, addNote("a"), envelope())).rejects.toThrow(StoreUnavailable);
    const deaf = notebookHandler({ ...real, readStream: () => silent }, { timeoutMs: 20 });
    await expect(deaf.state(BOOK)).rejects.toThrow(StoreUnavailable);
  });

  it("lets no more commands wait than its bound", async () => {
    const real = createMemoryEventStore();
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const handler = notebookHandler({
      ...real,
      readStream: (...call) => gate.then(() => real.readStream(...call)),
    });
    // The first is taken out of the line at once.
    const accepted = Array.from({ length: WAITING_COMMANDS_MAX + 1 }, () =>
      handler.handle(BOOK, { type: "AddMany", data: { names: [] } }, envelope()),
    );
    await expect(handler.handle(BOOK, addNote("one too many"), envelope())).rejects.toThrow(StoreUnavailable);
    release();
    const outcomes = await Promise.all(accepted);
    expect(outcomes.every(({ outcome }) => outcome === "accepted")).toBe(true);
  });

  it("gives up against other writers after many attempts, and not before some time has passed", async () => {
    const real = createMemoryEventStore();
    let attempts = 0;
    const losing: EventStore = {
      ...real,
      async append({ expectedRevision }) {
        attempts += 1;
        return { outcome: "conflict", actualRevision: expectedRevision + 1 };
      },
    };
    const impatient = notebookHandler(losing, { contendedForMs: 0 });
    const refused = new RegExp(`Other writers came first ${ATTEMPTS_MIN} times`);
    await expect(impatient.handle(BOOK, addNote("a"), envelope())).rejects.toThrow(refused);
    expect(attempts).toBe(ATTEMPTS_MIN);
    const patient = notebookHandler(losing, { contendedForMs: 1_000 });
    await expect(patient.handle(BOOK, addNote("a"), envelope())).rejects.toThrow("Other writers came first");
    expect(attempts).toBeGreaterThan(2 * ATTEMPTS_MIN);
  });

  it("is sent the appends of a batch together, and no larger batch than its bound", async () => {
    const real = createMemoryEventStore();
    const sentTogether: number[] = [];
    let inThisTick = 0;
    const handler = notebookHandler({
      ...real,
      async append(append) {
        inThisTick += 1;
        if (inThisTick === 1) setImmediate(() => (sentTogether.push(inThisTick), (inThisTick = 0)));
        await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
        return real.append(append);
      },
    });
    const names = Array.from({ length: 2 * BATCH_COMMANDS_MAX + 1 }, (_, index) => `note ${index}`);
    await Promise.all(names.map((name) => handler.handle(BOOK, addNote(name), envelope())));
    expect(sentTogether).toEqual([1, BATCH_COMMANDS_MAX, BATCH_COMMANDS_MAX]);
  });
});
