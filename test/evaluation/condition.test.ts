import { segmentsIn, userListsIn, withListReferences, withSeeds } from "../../src/evaluation/condition";
import type { JsonObject } from "../../src/lib/json";

const nested: JsonObject = {
  $segment: "s1",
  $and: [{ $notSegment: ["s2", "s1"] }, { $not: { $segment: "s3" } }, { $userIn: { list: "h1", count: 1 } }],
  $nor: [{ $userIn: { list: "h2", count: 9 } }, { a: { $in: ["s9"] } }],
};

describe("what a condition refers to", () => {
  it("is each segment once, wherever it stands", () => {
    expect(segmentsIn(nested)).toEqual(["s1", "s2", "s3"]);
    expect(segmentsIn({})).toEqual([]);
  });

  it("is each list of users once", () => {
    expect(userListsIn(nested)).toEqual(["h1", "h2"]);
    expect(userListsIn({ $userIn: ["u1"] })).toEqual([]);
  });
});

describe("storing the lists of a condition", () => {
  it("puts references in their places and leaves everything else", () => {
    const stored: (readonly string[])[] = [];
    const store = (ids: readonly string[]) => ({ list: `hash${stored.push(ids)}`, count: ids.length });
    const condition = { a: 1, $or: [{ $userIn: ["u1", "u2"] }, { $userIn: { list: "kept", count: 3 } }] };
    expect(withListReferences(condition, store)).toEqual({
      a: 1,
      $or: [{ $userIn: { list: "hash1", count: 2 } }, { $userIn: { list: "kept", count: 3 } }],
    });
    expect(stored).toEqual([["u1", "u2"]]);
  });

  it("keeps a property named __proto__", () => {
    const condition = JSON.parse('{"__proto__": {"x": 1}, "$userIn": []}') as JsonObject;
    const changed = withListReferences(condition, () => ({ list: "h", count: 0 }));
    expect(JSON.stringify(changed)).toBe('{"__proto__":{"x":1},"$userIn":{"list":"h","count":0}}');
  });
});

describe("seeds of percentages", () => {
  let made = 0;
  const newSeed = (): string => `new${++made}`;
  beforeEach(() => (made = 0));

  it("are made where there are none", () => {
    expect(
      withSeeds({ $percent: 5, $and: [{ $percent: { percentage: 6, bucketBy: "c" } }] }, null, newSeed),
    ).toEqual({
      $percent: { percentage: 5, seed: "new1" },
      $and: [{ $percent: { percentage: 6, bucketBy: "c", seed: "new2" } }],
    });
  });

  it("stay as given", () => {
    const condition = { $percent: { percentage: 5, seed: "mine" } };
    const previous = { $percent: { percentage: 5, seed: "old" } };
    expect(withSeeds(condition, previous, newSeed)).toEqual(condition);
  });

  it("come from the same place in the previous condition", () => {
    const previous = { $or: [{ $percent: { percentage: 5, seed: "old" } }] };
    expect(withSeeds({ $or: [{ $percent: 10 }, { $percent: 20 }] }, previous, newSeed)).toEqual({
      $or: [{ $percent: { percentage: 10, seed: "old" } }, { $percent: { percentage: 20, seed: "new1" } }],
    });
  });
});
