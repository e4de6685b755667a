import { APPEND_BYTES_MAX, encodeAppend, EVENT_BYTES_MAX } from "../../src/eventstore/encodedAppend";
import { appendId, eventId } from "../../src/eventstore/eventIds";
import { NO_STREAM } from "../../src/eventstore/eventStore";
import { appendOf, noted } from "./appends";

describe("ids", () => {
  // Stored format: other ids would let repeated appends through.
  it("are what they were when the first events were stored", () => {
    expect(eventId("app-shop", "c-1", 0)).toBe("1ee48b37-476f-538c-b9ff-280887ad6a59");
    expect(eventId("app-shop", "c-1", 1)).toBe("790f46af-82df-5682-bbb9-46736b60b637");
    expect(appendId("app-shop", "c-1")).toBe("c045ded2-11b1-5ac5-81cd-ee207ee2dd73");
  });

  it("differ where stream and command id only look alike when joined", () => {
    const ids = [
      eventId("a", "b", 0),
      eventId("ab", "", 0),
      eventId("", "ab", 0),
      eventId('a","', "b", 0),
      eventId("a", '","b', 0),
      eventId("a", "b,0", 0),
      appendId("a", "b"),
      appendId("b", "a"),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("an append", () => {
  const meta = JSON.stringify(appendOf("app-shop", NO_STREAM, { commandId: "c" }).meta);
  const full = "x".repeat(EVENT_BYTES_MAX - meta.length - 2); // The quotes make up for two.
  const events = Array.from({ length: APPEND_BYTES_MAX / EVENT_BYTES_MAX }, () => noted(full));

  it("may be as large as the maximum", () => {
    const append = appendOf("app-shop", NO_STREAM, { commandId: "c", events });
    expect(encodeAppend(append).bytes).toBe(APPEND_BYTES_MAX);
  });

  it("may not be a byte larger", () => {
    const append = appendOf("app-shop", NO_STREAM, {
      commandId: "c",
      events: [...events.slice(1), noted(`${full}x`)],
    });
    expect(() => encodeAppend(append)).toThrow("larger");
  });
});
