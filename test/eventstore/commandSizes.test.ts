import { randomUUID } from "node:crypto";
import { BOOK, envelope, notebookHandler, type NotebookCommand } from "./notebook";
import { APPEND_BYTES_MAX, EVENT_BYTES_MAX } from "../../src/eventstore/encodedAppend";
import { createMemoryEventStore } from "../../src/eventstore/memory";

const NAMES = 40;
const addMany = (...names: string[]): NotebookCommand => ({ type: "AddMany", data: { names } });

describe("what a command saves", () => {
  const store = createMemoryEventStore();
  const handler = notebookHandler(store);
  afterAll(() => handler.close());

  const handle = async (command: NotebookCommand, isValidation = false) => {
    // Of one length, since it counts too.
    const own = { ...envelope({ commandId: randomUUID() }), ...(isValidation ? { validateOnly: true } : {}) };
    const outcome = await handler.handle(BOOK, command, own);
    return outcome.outcome === "accepted" ? "accepted" : outcome.reasons.map(({ code }) => code).join();
  };
  /** What an event takes beside the name in it. */
  async function overhead(): Promise<{ data: number; meta: number }> {
    await handle(addMany(""));
    const [event] = await store.readStream(BOOK, 0, 1);
    return { data: JSON.stringify(event?.data).length, meta: JSON.stringify(event?.meta).length };
  }

  it("may have as many bytes in one event as the log takes, and not one more", async () => {
    const { data } = await overhead();
    const name = "x".repeat(EVENT_BYTES_MAX - data);
    expect(await handle(addMany(name))).toBe("accepted");
    expect(await handle(addMany(`${name}x`))).toBe("LIMIT_REACHED");
  });

  it("may have as many bytes in all as the log takes at once, and not one more, also if it is only tried", async () => {
    const { data, meta } = await overhead();
    const bytes = APPEND_BYTES_MAX - NAMES * (data + meta);
    const names = Array.from({ length: NAMES }, () => "x".repeat(Math.floor(bytes / NAMES)));
    const rest = "x".repeat(bytes % NAMES);
    const [first = "", ...others] = names;
    const full = addMany(`${first}${rest}`, ...others);
    const tooFull = addMany(`${first}${rest}x`, ...others);
    expect(await handle(tooFull, true)).toBe("LIMIT_REACHED");
    expect(await handle(full)).toBe("accepted");
  });
});
