import fc from "fast-check";
import { jsonEquals, type JsonObject } from "../../src/lib/json";
import { diff } from "../../src/releases/diff";

const lists = { rules: { id: "id", isPriority: true }, values: { id: "key", value: "value" } };

const rule = (id: string, percentage = 100, values: Record<string, number> = { a: 1 }) => ({
  id,
  percentage,
  values: Object.entries(values).map(([key, value]) => ({ key, value })),
});
const content = (...rules: JsonObject[]) => ({ keys: ["a"], rules });

describe("the difference between two contents", () => {
  it("is nothing where they are the same", () => {
    expect(diff(content(rule("r1"), rule("r2")), content(rule("r1"), rule("r2")), lists)).toEqual([]);
  });

  it("names a rule by its id and a value by its key", () => {
    const before = content(rule("r1"), rule("r2", 20, { a: 1, b: 2 }));
    const after = content(rule("r1", 50), rule("r2", 20, { a: 3, c: 4 }));
    expect(diff(before, after, lists)).toEqual([
      { path: "rules/r1/percentage", before: 100, after: 50 },
      { path: "rules/r2/values/b", before: 2, after: null },
      { path: "rules/r2/values/a", before: 1, after: 3 },
      { path: "rules/r2/values/c", before: null, after: 4 },
    ]);
  });

  it("shows whole rules that came and went, with their priority", () => {
    expect(diff(content(rule("r1")), content(rule("r2"), rule("r3")), lists)).toEqual([
      { path: "rules/r1", before: { priority: 1, ...rule("r1") }, after: null },
      { path: "rules/r2", before: null, after: { priority: 1, ...rule("r2") } },
      { path: "rules/r3", before: null, after: { priority: 2, ...rule("r3") } },
    ]);
  });

  it("shows a rule that moved as a move, and those that it passed not at all", () => {
    const before = content(rule("r1"), rule("r2"), rule("r3"), rule("r4"));
    expect(diff(before, content(rule("r4"), rule("r1"), rule("r2"), rule("r3")), lists)).toEqual([
      { path: "rules/r4/priority", before: 4, after: 1 },
    ]);
    expect(diff(before, content(rule("r0"), rule("r2"), rule("r3"), rule("r4")), lists)).toMatchObject([
      { path: "rules/r1" },
      { path: "rules/r0" },
    ]);
  });

  it("compares other lists as a whole", () => {
    const before = { ...content(), keys: ["a", "b"] };
    expect(diff(before, content(), lists)).toEqual([{ path: "keys", before: ["a", "b"], after: ["a"] }]);
  });

  const ids = fc.uniqueArray(fc.constantFrom("r1", "r2", "r3", "r4", "r5"));
  const contents = ids.chain((chosen) =>
    fc
      .tuple(
        ...chosen.map((id) =>
          fc.tuple(fc.constant(id), fc.nat(2), fc.dictionary(fc.constantFrom("a", "b"), fc.nat(2))),
        ),
      )
      .map((rules) => content(...rules.map(([id, percentage, values]) => rule(id, percentage, values)))),
  );

  it("is nothing if and only if they mean the same, and turns around with them", () => {
    const meaning = ({ keys, rules }: ReturnType<typeof content>) => ({
      keys,
      rules: rules.map((each) => {
        const values = each["values"] as { key: string; value: number }[];
        return { ...each, values: Object.fromEntries(values.map(({ key, value }) => [key, value])) };
      }),
    });
    fc.assert(
      fc.property(contents, contents, (a, b) => {
        const there = diff(a, b, lists);
        expect(there.length === 0).toBe(jsonEquals(meaning(a), meaning(b)));
        const paths = (differences: readonly { path: string }[]) =>
          differences
            .map(({ path }) => path)
            .filter((path) => !path.endsWith("/priority"))
            .sort();
        expect(paths(diff(b, a, lists))).toEqual(paths(there));
      }),
      { numRuns: 1_000 },
    );
  });
});
