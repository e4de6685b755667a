import fc from "fast-check";
import { NOTE_LENGTH_MAX, noteRefusals } from "../../src/lib/note";

const refused = { code: "INVALID", path: ["note"] };

describe("a note", () => {
  it.each([
    ["nothing", ""],
    ["lines and tabs", "first\n\tsecond\n"],
    ["text of any script", "more 更大 🎉"],
    ["as much as it may hold", "x".repeat(NOTE_LENGTH_MAX)],
  ])("holds %s", (_title, note) => expect(noteRefusals(note)).toEqual([]));

  it.each([
    ["a character more", "x".repeat(NOTE_LENGTH_MAX + 1), /at most 2000 characters; this one has 2001/],
    ["U+0000", "a\0b", /U\+0000/],
    ["half of a surrogate pair", "a\ud800", /surrogate pair/],
    ["an escape of terminals", "a\u001b[2Jb", /control character U\+001B; only newlines and tabs/],
    ["a carriage return", "a\r\nb", /U\+000D/],
    ["one of the second block", "a\u0085b", /U\+0085/],
  ])("does not hold %s, and says so", (_title, note, message) =>
    expect(noteRefusals(note)).toEqual([{ ...refused, message: expect.stringMatching(message) }]),
  );

  it("holds a newline and a tab alone of all control characters", () => {
    const control = fc.oneof(fc.integer({ min: 0, max: 0x1f }), fc.integer({ min: 0x7f, max: 0x9f }));
    fc.assert(
      fc.property(control, fc.string(), fc.string(), (code, before, after) => {
        const character = String.fromCharCode(code);
        const isAllowed = character === "\n" || character === "\t";
        const tidy = (text: string) => text.replaceAll(/[^\P{Cc}\n\t]/gu, "");
        const refusals = noteRefusals(tidy(before) + character + tidy(after));
        expect(refusals.length === 0).toBe(isAllowed);
      }),
    );
  });
});
