import { addNote, BOOK, envelope, notebookHandler, removeNote, type NotebookHandler } from "./notebook";
import { STORES, type OpenStore } from "./stores";
import type { Outcome } from "../../src/eventstore/commands";
import { NO_STREAM, type EventStore } from "../../src/eventstore/eventStore";
import { COMMAND_ID_LENGTH_MAX } from "../../src/eventstore/commandHandler";

describe.each(STORES)("commands over a log in %s", (_name, open) => {
  let opened: OpenStore;
  const handlers: NotebookHandler[] = [];

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
  const newStream = freshStreams();

  it("appends what a command comes to, and answers with where it stands", async () => {
    const book = newStream();
    const handler = handlerOn(opened.store);

    const outcome = await handler.handle(book, addNote("milk"), envelope({ actor: "anna" }));

    const [event] = await opened.store.readStream(book, 0, 10);
    expect(outcome).toMatchObject({ outcome: "accepted", revision: 0, position: event?.position });
    expect(event).toMatchObject({ type: "NoteAdded", schemaVersion: 1, meta: { actor: "anna" } });
    expect(newIdOf(outcome)).toBe((event?.data as { id: string }).id);
    expect(newIdOf(outcome)).toMatch(/^note_book[0-9]+_[a-z2-7]{16}$/);
  });

  it("records nothing for a command that changes nothing", async () => {
    const book = newStream();
    const handler = handlerOn(opened.store);
    await handler.handle(book, addNote("milk"), envelope());

    const outcome = await handler.handle(book, removeNote("bread"), envelope());

    expect(outcome).toMatchObject({ outcome: "accepted", revision: 0 });
    expect(await opened.store.readStream(book, 0, 10)).toHaveLength(1);
  });

  it("decides and appends nothing when it only validates", async () => {
    const book = newStream();
    const handler = handlerOn(opened.store);
    const validateOnly = true;

    expect(await handler.handle(book, addNote("milk"), envelope({ validateOnly }))).toMatchObject({
      outcome: "accepted",
      revision: NO_STREAM,
    });
    await handler.handle(book, addNote("milk"), envelope());
    expect(await handler.handle(book, addNote("milk"), envelope({ validateOnly }))).toMatchObject({
      outcome: "refused",
      reasons: [{ code: "TAKEN" }],
    });
    expect(await opened.store.readStream(book, 0, 10)).toHaveLength(1);
  });

  it("takes fifty commands of one stream at once, each over the state that those before it leave", async () => {
    const book = newStream();
    const handler = handlerOn(opened.store);
    // Ten names, each asked for five times: one of five succeeds.
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        handler.handle(book, addNote(`note ${index % 10}`), envelope()),
      ),
    );

    expect(outcomes.filter(({ outcome }) => outcome === "accepted")).toHaveLength(10);
    expect(await namesIn(opened.store, book)).toEqual(
      Array.from({ length: 10 }, (_, index) => `note ${index}`),
    );
    expect((await handler.state(book)).state.notes.size).toBe(10);
  });

  it("loses and doubles nothing when two processes write to one stream", async () => {
    const book = newStream();
    const left = handlerOn(opened.store);
    const right = handlerOn(opened.another());
    const sent = Array.from({ length: 60 }, (_, index) => `note ${index}`);

    const outcomes = await Promise.all(
      sent.flatMap((name) => [
        left.handle(book, addNote(name), envelope()),
        right.handle(book, addNote(name), envelope()),
      ]),
    );

    expect(outcomes.filter(({ outcome }) => outcome === "accepted")).toHaveLength(60);
    expect((await namesIn(opened.store, book)).sort()).toEqual([...sent].sort());
    expect((await left.state(book)).state).toEqual((await right.state(book)).state);
  });

  it("lets every command through, however long two processes write to one stream without a break", async () => {
    const book = newStream();
    const sides = [handlerOn(opened.store), handlerOn(opened.another())];
    const editors = sides.flatMap((handler, side) =>
      [0, 1].map((editor) => ({ handler, id: `${side}.${editor}` })),
    );
    const outcomes = await Promise.all(
      editors.map(async ({ handler, id }) => {
        const decided: string[] = [];
        for (let index = 0; index < 100; index += 1) {
          decided.push((await handler.handle(book, addNote(`${id}.${index}`), envelope())).outcome);
        }
        return decided;
      }),
    );
    expect(new Set(outcomes.flat())).toEqual(new Set(["accepted"]));
    expect(new Set(await namesIn(opened.store, book)).size).toBe(400);
  });

  it("refuses only what the log refuses, however old its own state is", async () => {
    const book = newStream();
    const stale = handlerOn(opened.another());
    const other = handlerOn(opened.store);
    await stale.handle(book, addNote("milk"), envelope());
    await other.handle(book, removeNote("milk"), envelope());

    expect(await stale.handle(book, addNote("milk"), envelope())).toMatchObject({
      outcome: "accepted",
      revision: 2,
    });
  });

  it("says that nothing has to be done only if the log says so", async () => {
    const book = newStream();
    const stale = handlerOn(opened.another());
    const other = handlerOn(opened.store);
    await stale.handle(book, removeNote("milk"), envelope());
    await other.handle(book, addNote("milk"), envelope());

    await stale.handle(book, removeNote("milk"), envelope());

    expect((await other.state(book)).state.notes.size).toBe(0);
  });

  it("gives the state with everything appended anywhere", async () => {
    const book = newStream();
    const reader = handlerOn(opened.another());
    const writer = handlerOn(opened.store);
    expect((await reader.state(book)).revision).toBe(NO_STREAM);

    for (const name of ["a", "b", "c"]) {
      await writer.handle(book, addNote(name), envelope());
      const states = await Promise.all([reader.state(book), reader.state(book)]);
      expect(states.map(({ state }) => state.notes.has(name))).toEqual([true, true]);
    }
    const [last] = await opened.store.readStream(book, 2, 1);
    expect(await reader.state(book)).toMatchObject({
      revision: 2,
      position: last?.position,
      recordedAt: last?.meta.recordedAt,
    });
  });

  it("answers a command that comes at any moment after another was answered", async () => {
    const book = newStream();
    const handler = handlerOn(opened.store);
    for (let microtasks = 0; microtasks < 40; microtasks += 1) {
      for (let passed = 0; passed < microtasks; passed += 1) await Promise.resolve();
      const { outcome } = await handler.handle(book, addNote(`note ${microtasks}`), envelope());
      expect(outcome).toBe("accepted");
    }
  });

  it("never lets the time of a stream go back, whatever the clock does", async () => {
    const book = newStream();
    let minute = 30;
    const handler = handlerOn(opened.store, { now: () => new Date(Date.UTC(2026, 0, 1, 12, minute)) });
    for (const next of [30, 31, 10, 12, 40]) {
      minute = next;
      await handler.handle(book, addNote(`at ${next}`), envelope());
    }
    const times = (await opened.store.readStream(book, 0, 10)).map(({ meta }) =>
      meta.recordedAt.slice(14, 16),
    );
    expect(times).toEqual(["30", "31", "31", "31", "40"]);
  });

  it("loads the contents that a decision needs, also those which are not in the log yet", async () => {
    const book = newStream();
    const handler = handlerOn(opened.store);
    const copy = (name: string, to: string) =>
      handler.handle(book, { type: "CopyNote", data: { name, to } }, envelope());
    await handler.handle(book, addNote("a", "text of a"), envelope());

    // The first is under way while the others wait, so these are decided in one batch.
    await Promise.all([
      handler.handle(book, addNote("b", "text of b"), envelope()),
      handler.handle(book, addNote("c", "text of c"), envelope()),
      copy("a", "copy of a"),
      copy("c", "copy of c"),
      copy("copy of c", "copy of copy"),
    ]);

    const events = await opened.store.readStream(book, 3, 3);
    expect(events.map(({ data }) => (data as { text: string }).text)).toEqual([
      "text of a",
      "text of c",
      "text of c",
    ]);
    expect(await handler.content(book, 0)).toMatchObject({ text: "text of a" });
  });

  it.each(["", "x".repeat(COMMAND_ID_LENGTH_MAX + 1), "a\u0000b", "\ud800"])(
    "refuses the command id %j",
    async (commandId) => {
      const handler = handlerOn(opened.store);
      const outcome = await handler.handle(newStream(), addNote("milk"), envelope({ commandId }));
      expect(outcome).toMatchObject({
        outcome: "refused",
        reasons: [{ code: "INVALID", path: ["commandId"] }],
      });
    },
  );

  it("takes a command id of the greatest length", async () => {
    const handler = handlerOn(opened.store);
    const commandId = "x".repeat(COMMAND_ID_LENGTH_MAX - 2) + "😀";
    const outcome = await handler.handle(newStream(), addNote("milk"), envelope({ commandId }));
    expect(outcome.outcome).toBe("accepted");
  });

  it("refuses what is larger than the log takes, and says so", async () => {
    const handler = handlerOn(opened.store);
    const outcome = await handler.handle(newStream(), addNote("long", "x".repeat(1_048_577)), envelope());
    expect(outcome).toMatchObject({ outcome: "refused", reasons: [{ code: "LIMIT_REACHED" }] });
  });
});

function freshStreams(): () => string {
  let count = 0;
  return () => `${BOOK}${count++}`;
}

function newIdOf(outcome: Outcome): string | null {
  return outcome.outcome === "accepted" ? outcome.newId("note") : null;
}

async function namesIn(store: EventStore, stream: string): Promise<string[]> {
  const events = await store.readStream(stream, 0, 1_000);
  return events.map(({ data }) => (data as { name: string }).name);
}
