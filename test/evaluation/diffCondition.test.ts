import fc from "fast-check";
import { applyDifferences, normalized } from "./applyDifferences";
import { condition } from "./arbitraries";
import { describeCondition } from "../../src/evaluation/describeCondition";
import { diffCondition, isConditionDifference } from "../../src/evaluation/diffCondition";
import { jsonEquals, type JsonObject } from "../../src/lib/json";

const conditions = condition(["segment_shop_ny", "segment_shop_b"]);
/** Two conditions of which one was made of the other as people do: parts and branches came, went, moved and were edited. */
const pairs: fc.Arbitrary<readonly [JsonObject, JsonObject]> = fc.oneof(
  fc.tuple(conditions, conditions),
  fc
    .array(conditions, { minLength: 2, maxLength: 5 })
    .chain((pool) => fc.tuple(arrangement(pool), arrangement(pool))),
);

function arrangement(pool: readonly JsonObject[]): fc.Arbitrary<JsonObject> {
  const parts = fc.shuffledSubarray([...pool]);
  return fc.oneof(
    parts.map((branches) => ({ $or: branches })),
    parts.map((branches) => ({ $not: { $and: branches, p: 1 } })),
    parts.map((members) => Object.fromEntries(members.flatMap((member) => Object.entries(member)))),
    fc
      .tuple(parts, parts)
      .map(([a, b]) => ({ $nor: [...a.map((branch) => ({ ...branch, edited: 1 })), ...b] })),
  );
}

/** As it is stored: JSON knows one zero, and the test framework two. */
const inJson = (value: JsonObject) => JSON.parse(JSON.stringify(value)) as JsonObject;

const nameOf = (id: string) => (id === "segment_shop_ny" ? "New Yorkers" : undefined);

/** Each difference as its path, what stood and stands there, and the same in words. */
function differences(before: JsonObject | null, after: JsonObject | null) {
  return diffCondition("condition", before, after).map(
    ({ path, before: old, after: now, conditions: both }) => [
      path,
      old,
      now,
      both.before && describeCondition(both.before, nameOf),
      both.after && describeCondition(both.after, nameOf),
    ],
  );
}

describe("the difference between two conditions", () => {
  it("leads to the operator that was edited", () => {
    expect(
      differences({ city: "Oslo", age: { $gte: 18, $lt: 65 } }, { city: "Oslo", age: { $gte: 21, $lt: 65 } }),
    ).toEqual([["condition/age/$gte", 18, 21, "age is at least 18", "age is at least 21"]]);
  });

  it("shows properties that came, went and changed their test", () => {
    expect(differences({ city: "Oslo", plan: "pro" }, { city: { $in: ["Oslo"] }, device: "iPhone" })).toEqual(
      [
        ["condition/city", "Oslo", { $in: ["Oslo"] }, `city is "Oslo"`, `city is one of "Oslo"`],
        ["condition/plan", "pro", null, `plan is "pro"`, null],
        ["condition/device", null, "iPhone", null, `device is "iPhone"`],
      ],
    );
  });

  it("tells a test for null from no test", () => {
    expect(differences({}, { city: null })).toEqual([
      ["condition/city", null, { $eq: null }, null, "city is null"],
    ]);
    expect(differences({ city: { $ne: 1 } }, { city: { $ne: null } })).toEqual([
      ["condition/city/$ne", 1, { $ne: null }, "city is not 1", "city is not null"],
    ]);
  });

  it("names each item that came to a list or went from it", () => {
    expect(differences({ city: { $in: ["Oslo", "Rome"] } }, { city: { $in: ["Rome", "a/b"] } })).toEqual([
      ["condition/city/$in/Oslo", "Oslo", null, `city is one of "Oslo"`, null],
      ["condition/city/$in/a~1b", null, "a/b", null, `city is one of "a/b"`],
    ]);
    expect(
      differences({ $segment: "segment_shop_ny" }, { $segment: ["segment_shop_ny", "segment_shop_b"] }),
    ).toEqual([
      ["condition/$segment/segment_shop_b", null, "segment_shop_b", null, `in segment "segment_shop_b"`],
    ]);
  });

  it("compares branches that ask about the same thing, wherever they stand", () => {
    const before = { $or: [{ city: "Oslo" }, { age: { $gt: 1 } }, { plan: "pro" }] };
    const after = { $or: [{ age: { $gt: 2 } }, { plan: "pro" }, { $segment: "segment_shop_ny" }] };
    expect(differences(before, after)).toEqual([
      ["condition/$or/0", { city: "Oslo" }, null, `city is "Oslo"`, null],
      ["condition/$or/1/age/$gt", 1, 2, "age is more than 1", "age is more than 2"],
      ["condition/$or/2", null, { $segment: "segment_shop_ny" }, null, `in segment "New Yorkers"`],
    ]);
  });

  it("says in words what a part means below a negation", () => {
    expect(differences({ $not: { $nor: [{ age: 1 }] } }, { $not: { $nor: [{ age: 2 }] } })).toEqual([
      ["condition/$not/$nor/0/age", 1, 2, "not (not (age is 1))", "not (not (age is 2))"],
    ]);
  });

  it("shows no seed, unless the seed is what changed", () => {
    const percent = (percentage: number, seed: string) => ({ $percent: { percentage, seed } });
    expect(differences({}, { $or: [percent(20, "s")] })).toEqual([
      ["condition/$or", null, [{ $percent: { percentage: 20 } }], null, "in 20 %"],
    ]);
    expect(differences(null, percent(20, "s"))).toEqual([
      ["condition", null, { $percent: { percentage: 20 } }, null, "in 20 %"],
    ]);
    expect(differences(percent(20, "s"), percent(30, "s"))).toEqual([
      ["condition/$percent/percentage", 20, 30, "in 20 %", "in 30 %"],
    ]);
    expect(differences(percent(20, "s"), percent(20, "t"))).toMatchObject([
      ["condition/$percent/seed", "s", "t", "in 20 %", "in 20 %"],
    ]);
  });

  it("is nothing if and only if both are equal", () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const there = diffCondition("condition", a, b);
        expect(there.length === 0).toBe(jsonEquals(a, b));
        expect(there.every(isConditionDifference)).toBe(true);
        expect(diffCondition("condition", b, a)).toHaveLength(there.length);
        expect(diffCondition("condition", a, structuredClone(a))).toEqual([]);
        expect(describeCondition(a, nameOf)).not.toBe("");
      }),
      { numRuns: 2_000 },
    );
  });

  it("applied to the one before, by nothing but its paths, gives the one after", () => {
    fc.assert(
      fc.property(pairs, ([before, after]) => {
        const applied = applyDifferences(before, diffCondition("", before, after));
        expect(normalized(inJson(applied))).toEqual(normalized(inJson(after)));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("a condition in words", () => {
  const words = (condition: JsonObject) => describeCondition(condition, nameOf);

  it("joins its parts, and groups alternatives", () => {
    expect(words({})).toBe("everyone");
    expect(
      words({ device: "iPhone", $or: [{ city: "Oslo", age: { $gte: 18 } }, { plan: { $exists: true } }] }),
    ).toBe(`device is "iPhone" and ((city is "Oslo" and age is at least 18) or plan is set)`);
    expect(words({ $and: [{ a: 1 }, { $or: [{ b: 2 }] }], $not: { c: { $nin: ["x"] } } })).toBe(
      `a is 1 and b is 2 and not (c is not one of "x")`,
    );
  });

  it("names segments, lists and percentages", () => {
    expect(words({ $segment: ["segment_shop_ny", "segment_shop_x"], $userIn: { list: "l", count: 3 } })).toBe(
      `in segment "New Yorkers" or "segment_shop_x" and in the list of 3 ids`,
    );
    expect(
      words({ $percent: { percentage: 12.5, seed: "s", bucketBy: "company", fallback: "device" } }),
    ).toBe("in 12.5 % by company or else device");
    expect(words({ $notSegment: "segment_shop_ny", $percent: { percentage: 1, seed: "s" } })).toBe(
      `not in segment "New Yorkers" and in 1 %`,
    );
  });

  it("is cut where nobody would read on", () => {
    const branch = { city: "a rather long name of a city" };
    expect(words({ $or: Array.from({ length: 100 }, () => branch) })).toHaveLength(1_001);
  });
});
