import fc from "fast-check";
import { connectionOf, PAGE_SIZE_MAX, pageRequest, type SortShape } from "../../src/graphql/connection";

const cursorOf = (position: unknown): string => Buffer.from(JSON.stringify(position)).toString("base64url");
const accepted = (after: string, shape: SortShape): unknown => pageRequest({ first: 1, after }, shape).after;
const code = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    return (error as { extensions: { code: string; path: string[] } }).extensions;
  }
};
const refusedAfter = { code: "BAD_USER_INPUT", path: ["after"] };

describe("a page", () => {
  it(`has from 1 to ${PAGE_SIZE_MAX} items`, () => {
    for (const first of [1, PAGE_SIZE_MAX])
      expect(pageRequest({ first }, ["text"])).toEqual({ limit: first, after: null });
    for (const first of [0, -1, PAGE_SIZE_MAX + 1]) {
      expect(code(() => pageRequest({ first }, ["text"]))).toEqual({
        code: "BAD_USER_INPUT",
        path: ["first"],
      });
    }
  });

  it("starts at the beginning without a cursor", () => {
    expect(pageRequest({ first: 1, after: null }, ["text"]).after).toBeNull();
  });

  it("goes on after the position that any cursor of its list stands for", () =>
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0")),
        fc.nat(),
        (name, number) => {
          const page = { rows: [{ name, number }], hasNextPage: true, totalCount: 1 };
          const connection = connectionOf(
            page,
            (row) => row,
            (row) => [row.name, row.number],
          );
          const after = connection.pageInfo.endCursor ?? "";
          expect(accepted(after, ["text", "integer"])).toEqual([name, number]);
        },
      ),
    ));
});

describe("a cursor that somebody made up", () => {
  it.each([
    ["no base64", "%%%"],
    ["empty", ""],
    ["no JSON", Buffer.from("{").toString("base64url")],
    ["no list", cursorOf({ 0: "a" })],
    ["too short", cursorOf([])],
    ["too long", cursorOf(["a", 1, "b"])],
    ["of other kinds", cursorOf([1, "a"])],
    ["a fraction", cursorOf(["a", 1.5])],
    ["a number that no column holds", cursorOf(["a", 2 ** 31])],
    ["text that cannot be stored", cursorOf(["a\0", 1])],
  ])("is refused: %s", (_what, cursor) => {
    expect(code(() => accepted(cursor, ["text", "integer"]))).toEqual(refusedAfter);
  });

  it("is refused or a position of the list's own shape, whatever it is", () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => Buffer.from(text).toString("base64url")),
        ),
        (cursor) => {
          const result = code(() => accepted(cursor, ["text"]));
          expect(Array.isArray(result) ? result.map((value) => typeof value) : result).toEqual(
            Array.isArray(result) ? ["string"] : refusedAfter,
          );
        },
      ),
    ));
});
