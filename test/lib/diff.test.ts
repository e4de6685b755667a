import fc from "fast-check";
import { diff } from "../../src/lib/diff";
import { HIDDEN, items, JSON_VALUE, members, SET } from "../../src/lib/diffRule";
import { jsonEquals, type Json, type JsonObject } from "../../src/lib/json";

const values = items("key", members({}), { value: "value" });
const contentRule = members({ rules: items("id", members({ values }), { isPriority: true }) });

const rule = (id: string, percentage = 100, values: Record<string, number> = { a: 1 }) => ({
  id,
  percentage,
  values: Object.entries(values).map(([key, value]) => ({ key, value })),
});
const content = (...rules: JsonObject[]) => ({ keys: ["a"], rules });

describe("the difference between two contents", () => {
  it("is nothing where they are the same", () => {
    expect(diff(content(rule("r1"), rule("r2")), content(rule("r1"), rule("r2")), contentRule)).toEqual([]);
  });

  it("names a rule by its id and a value by its key", () => {
    const before = content(rule("r1"), rule("r2", 20, { a: 1, b: 2 }));
    const after = content(rule("r1", 50), rule("r2", 20, { a: 3, c: 4 }));
    expect(diff(before, after, contentRule)).toEqual([
      { path: "rules/r1/percentage", before: 100, after: 50 },
      { path: "rules/r2/values/b", before: 2, after: null },
      { path: "rules/r2/values/a", before: 1, after: 3 },
      { path: "rules/r2/values/c", before: null, after: 4 },
    ]);
  });

  it("shows whole rules that came and went, with their priority", () => {
    expect(diff(content(rule("r1")), content(rule("r2"), rule("r3")), contentRule)).toEqual([
      { path: "rules/r1", before: { priority: 1, ...rule("r1") }, after: null },
      { path: "rules/r2", before: null, after: { priority: 1, ...rule("r2") } },
      { path: "rules/r3", before: null, after: { priority: 2, ...rule("r3") } },
    ]);
  });

  it("shows a rule that moved as a move, and those that it passed not at all", () => {
    const before = content(rule("r1"), rule("r2"), rule("r3"), rule("r4"));
    expect(diff(before, content(rule("r4"), rule("r1"), rule("r2"), rule("r3")), contentRule)).toEqual([
      { path: "rules/r4/priority", before: 4, after: 1 },
    ]);
    expect(diff(before, content(rule("r0"), rule("r2"), rule("r3"), rule("r4")), contentRule)).toMatchObject([
      { path: "rules/r1" },
      { path: "rules/r0" },
    ]);
  });

  it("compares other lists as a whole", () => {
    const before = { ...content(), keys: ["a", "b"] };
    expect(diff(before, content(), contentRule)).toEqual([
      { path: "keys", before: ["a", "b"], after: ["a"] },
    ]);
  });

  it("says what came to a set and what went from it, and nothing of its order", () => {
    const rule = members({ keys: SET });
    expect(diff({ keys: ["a", "b/c"] }, { keys: ["d", "a"] }, rule)).toEqual([
      { path: "keys/b~1c", before: "b/c", after: null },
      { path: "keys/d", before: null, after: "d" },
    ]);
    expect(diff({ keys: ["a", "b"] }, { keys: ["b", "a"] }, rule)).toEqual([]);
  });

  it("compares objects by the names of their members, also those that nobody listed", () => {
    const rule = members({ environments: members({}, members({})) });
    const before = { environments: { production: { version: 1 }, old: { version: 1 } } };
    expect(
      diff(before, { environments: { production: { version: 2 }, staging: { version: 2 } } }, rule),
    ).toEqual([
      { path: "environments/production/version", before: 1, after: 2 },
      { path: "environments/old", before: { version: 1 }, after: null },
      { path: "environments/staging", before: null, after: { version: 2 } },
    ]);
  });

  it("says nothing of what is hidden, nor shows it within something new", () => {
    const rule = members({ seed: HIDDEN, rules: items("id", members({ seed: HIDDEN })) });
    expect(diff({ seed: "a" }, { seed: "b", rules: [] }, rule)).toEqual([
      { path: "rules", before: null, after: [] },
    ]);
    expect(diff({ rules: [] }, { rules: [{ id: "r", seed: "b", size: 1 }] }, rule)).toEqual([
      { path: "rules/r", before: null, after: { id: "r", size: 1 } },
    ]);
  });

  it("takes what does not exist for an object without members", () => {
    expect(diff(null, { name: "a", note: null }, members({}))).toEqual([
      { path: "name", before: null, after: "a" },
    ]);
    expect(diff({ name: "a" }, null, members({}))).toEqual([{ path: "name", before: "a", after: null }]);
  });

  it("compares what users store member by member, and tells null from what is not there", () => {
    const rule = members({ value: JSON_VALUE });
    const inValue = (before: Json, after: Json) => diff({ value: before }, { value: after }, rule);
    expect(inValue({ a: { b: 1, c: [1] } }, { a: { b: 2, c: [1] } })).toEqual([
      { path: "value/a/b", before: 1, after: 2 },
    ]);
    expect(inValue({ a: 1, b: null }, { a: 2 })).toEqual([
      { path: "value", before: { a: 1, b: null }, after: { a: 2 } },
    ]);
    expect(inValue(JSON.parse(`{"__proto__": 1}`) as Json, {})).toEqual([
      { path: "value/__proto__", before: 1, after: null },
    ]);
    const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(inValue(a, b).length === 0).toBe(jsonEquals(a, b));
        expect(inValue(a, a)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
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
        const list = each["values"] as { key: string; value: number }[];
        return { ...each, values: Object.fromEntries(list.map(({ key, value }) => [key, value])) };
      }),
    });
    fc.assert(
      fc.property(contents, contents, (a, b) => {
        const there = diff(a, b, contentRule);
        expect(there.length === 0).toBe(jsonEquals(meaning(a), meaning(b)));
        const paths = (differences: readonly { path: string }[]) =>
          differences
            .map(({ path }) => path)
            .filter((path) => !path.endsWith("/priority"))
            .sort();
        expect(paths(diff(b, a, contentRule))).toEqual(paths(there));
      }),
      { numRuns: 1_000 },
    );
  });
});
