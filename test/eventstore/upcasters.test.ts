import type { EventMeta, Position, RecordedEvent } from "../../src/eventstore/eventStore";
import { createUpcast } from "../../src/eventstore/upcasters";

const meta: EventMeta = {
  actor: "a",
  commandId: "c",
  recordedAt: "2026-01-01T00:00:00.000Z",
  fingerprint: "f",
};
const stored = (type: string, schemaVersion: number, data: unknown): RecordedEvent => ({
  id: "00000000-0000-0000-0000-000000000000",
  stream: "app-shop",
  revision: 7,
  position: "1" as Position,
  type,
  schemaVersion,
  data,
  meta,
});

describe("upcasting a stored event", () => {
  const upcast = createUpcast({
    current: new Map([
      ["Renamed", 3],
      ["Noted", 1],
      ["Forgotten", 2],
    ]),
    upcasters: new Map([
      [
        "Renamed",
        [
          (data) => ({ ...(data as object), note: "" }),
          (data) => {
            const { title, ...rest } = data as { title: string };
            return { ...rest, name: title };
          },
        ],
      ],
    ]),
  });

  it("brings each older version to today's, step by step", () => {
    const today = stored("Renamed", 3, { name: "new", note: "" });
    expect(upcast(stored("Renamed", 1, { title: "new" }))).toEqual(today);
    expect(upcast(stored("Renamed", 2, { title: "new", note: "" }))).toEqual(today);
  });

  it("leaves an event of today's version as it is", () => {
    const event = stored("Noted", 1, { text: "x" });
    expect(upcast(event)).toBe(event);
  });

  it("does not change what was stored", () => {
    const data = Object.freeze({ title: "new" });
    upcast(stored("Renamed", 1, data));
    expect(data).toEqual({ title: "new" });
  });

  it.each([
    ["a version of tomorrow", stored("Noted", 2, {})],
    ["an unknown type", stored("Sung", 1, {})],
  ])("stops at %s, and says where it stands", (_title, event) => {
    expect(() => upcast(event)).toThrow(/Event 7 of stream "app-shop".*newer version of the server/);
  });

  it("stops where a step is missing", () => {
    expect(() => upcast(stored("Forgotten", 1, {}))).toThrow("nothing brings Forgotten from version 1 to 2");
  });
});
