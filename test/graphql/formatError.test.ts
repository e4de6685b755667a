import { GraphQLError } from "graphql";
import { CursorUnknown } from "../../src/changes/changeFeed";
import { StoreUnavailable } from "../../src/eventstore/eventStore";
import { formatError } from "../../src/graphql/formatError";
import { DatabaseUnavailable } from "../../src/postgres/database";
import { NotProjected } from "../../src/projections/positionBoard";

const SECRET = "password=hunter2";
function format(error: unknown) {
  const reported: [string, unknown][] = [];
  const formatted = formatError(error, (id, cause) => void reported.push([id, cause]));
  return { formatted, reported };
}
const located = (originalError: Error): GraphQLError =>
  new GraphQLError(originalError.message, { originalError, path: ["app", "keys"] });

describe("an error as callers see it", () => {
  it.each([new DatabaseUnavailable(SECRET), new StoreUnavailable(SECRET), new NotProjected(SECRET)])(
    "is UNAVAILABLE without its inner words: $name",
    (cause) => {
      const { formatted, reported } = format(located(cause));
      expect(formatted).toMatchObject({ path: ["app", "keys"], extensions: { code: "UNAVAILABLE" } });
      expect(JSON.stringify(formatted)).not.toContain(SECRET);
      expect(reported).toEqual([]);
    },
  );

  it("says that a cursor is unknown", () => {
    const { formatted } = format(located(new CursorUnknown("Start over.")));
    expect(formatted).toMatchObject({ message: "Start over.", extensions: { code: "CURSOR_UNKNOWN" } });
  });

  it("keeps the words, code and path of what callers can mend, and nothing else of it", () => {
    const extensions = { code: "BAD_USER_INPUT", path: ["first"], secret: SECRET };
    const { formatted } = format(located(new GraphQLError("Too many.", { extensions })));
    expect(formatted.extensions).toEqual({ code: "BAD_USER_INPUT", path: ["first"] });
    expect(formatted.message).toBe("Too many.");
  });

  it("calls a missing right FORBIDDEN", () => {
    const { formatted } = format(new GraphQLError("no", { extensions: { code: "UNAUTHORIZED" } }));
    expect(formatted.extensions).toEqual({ code: "FORBIDDEN" });
  });

  it.each([
    ["an exception", located(new Error(SECRET))],
    ["an exception outside of GraphQL", new Error(SECRET)],
    ["what is no error at all", SECRET],
    ["a code that we do not know", new GraphQLError(SECRET, { extensions: { code: "SOMETHING" } })],
    ["an answer that fits no type", located(new GraphQLError(`Int cannot represent ${SECRET}`))],
  ])("is masked and reported under an id: %s", (_what, error) => {
    const { formatted, reported } = format(error);
    expect(formatted.extensions).toEqual({ code: "INTERNAL", id: reported[0]?.[0] });
    expect(JSON.stringify(formatted)).not.toContain(SECRET);
    expect(reported).toEqual([[expect.any(String), error]]);
  });
});
