import fc from "fast-check";
import { CursorUnknown } from "../../src/changes/changeFeed";
import { createCursors } from "../../src/changes/cursor";

const secret = Buffer.alloc(32, 1);
const cursors = createCursors("log-1", secret);

describe("a cursor", () => {
  it("comes back as the place that it was made of", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{1,39}$/), fc.integer({ min: -1 }), (app, revision) => {
        expect(cursors.decode(cursors.encode({ app, revision }), app)).toEqual({ app, revision });
      }),
    );
  });

  it("is refused with any of its characters changed", () => {
    const cursor = cursors.encode({ app: "shop", revision: 7 });
    for (let index = 0; index < cursor.length; index++) {
      const other = cursor[index] === "A" ? "B" : "A";
      const forged = cursor.slice(0, index) + other + cursor.slice(index + 1);
      expect(() => cursors.decode(forged, "shop")).toThrow(CursorUnknown);
    }
  });

  it.each(["", "x", "null", "AAAA", "💥", "a".repeat(10_000), "../../etc"])("is not %p", (text) => {
    expect(() => cursors.decode(text, "shop")).toThrow(/no cursor of this server\. Resync/);
  });

  it("is refused by another log, whatever its secret", () => {
    const cursor = cursors.encode({ app: "shop", revision: 7 });
    for (const other of [createCursors("log-2", secret), createCursors("log-2", Buffer.alloc(32, 2))]) {
      expect(() => other.decode(cursor, "shop")).toThrow(/another log\. Resync/);
    }
  });

  it("is refused by a server of the same log with another secret", () => {
    const cursor = createCursors("log-1", Buffer.alloc(32, 2)).encode({ app: "shop", revision: 7 });
    expect(() => cursors.decode(cursor, "shop")).toThrow("altered");
  });

  it("is refused for another app", () => {
    const cursor = cursors.encode({ app: "shop", revision: 7 });
    expect(() => cursors.decode(cursor, "blog")).toThrow("another app");
  });
});
