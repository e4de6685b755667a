import { compile } from "../../src/evaluation/compile";
import { explain, explainMembership } from "../../src/evaluation/explain";
import type { RuleSource } from "../../src/evaluation/model";
import type { JsonObject } from "../../src/lib/json";
import { bucketOf } from "./oracle";
import { ruleOf, sourceOf } from "./rulesetSource";

const segments = [
  { id: "s_ny", name: "iPhone users in New York", condition: { device: "iPhone", city: "New York" } },
  { id: "s_all", name: "All", condition: {} },
];

function explainRules(rules: readonly RuleSource[], properties: JsonObject, id = "u1") {
  const ruleset = compile(
    sourceOf({
      keys: ["dark_mode", "other"].map((name) => ({ name, defaultValue: 3, isVisibleToClients: true })),
      segments,
      publications: [{ kind: "Config", id: "config_1", version: 2, keys: ["dark_mode"], rules }],
    }),
  );
  return (key: string) => explain(ruleset, key, { id, properties }, 0);
}

const setsDarkMode = { values: [{ key: "dark_mode", value: 4 }] };

describe("explaining a value", () => {
  it("says why a rule did not match, and ends with the default", () => {
    const rules = [ruleOf({ id: "r1", segmentId: "s_ny", ...setsDarkMode })];
    const { answer, steps } = explainRules(rules, { device: "Android", city: "New York" })("dark_mode");
    expect(answer).toMatchObject({ value: 3, reason: "DEFAULT" });
    expect(steps).toEqual([
      {
        source: { kind: "Config", id: "config_1" },
        version: 2,
        ruleId: "r1",
        segmentId: "s_ny",
        outcome: "NOT_MATCHED",
        because: 'device is "Android", not "iPhone"',
      },
      {
        source: null,
        version: null,
        ruleId: null,
        segmentId: null,
        outcome: "DEFAULT",
        because: "no rule decided, so the key has its default value",
      },
    ]);
  });

  it("says what became of every rule, those after the decisive one too", () => {
    const bucket = bucketOf("seed", "u1");
    const rules = [
      ruleOf({ id: "r1", percentage: bucket / 100, ...setsDarkMode }),
      ruleOf({ id: "r2", segmentId: "s_all" }),
      ruleOf({ id: "r3", segmentId: "s_ny", ...setsDarkMode }),
      ruleOf({ id: "r4", percentage: (bucket + 1) / 100, ...setsDarkMode }),
      ruleOf({ id: "r5", segmentId: "s_ny", ...setsDarkMode }),
      ruleOf({ id: "r6", percentage: 50, bucketBy: "company", ...setsDarkMode }),
    ];
    const { answer, steps } = explainRules(rules, { device: "iPhone" })("dark_mode");
    expect(answer.rule?.id).toBe("r4");
    expect(steps.map(({ ruleId, outcome, because }) => [ruleId, outcome, because])).toEqual([
      ["r1", "OUTSIDE_PERCENTAGE", `bucket ${bucket} of 10000 is outside of the first ${bucket}`],
      ["r2", "VALUE_UNSET", "the rule matches, but leaves dark_mode unset"],
      ["r3", "NOT_MATCHED", 'city is not set, not "New York"'],
      ["r4", "MATCHED", `everyone matches; bucket ${bucket} of 10000 is within the first ${bucket + 1}`],
      ["r5", "NOT_MATCHED", 'city is not set, not "New York"'],
      ["r6", "OUTSIDE_PERCENTAGE", "company has no value to bucket by"],
    ]);
  });

  it("knows keys that nothing sets, and keys that do not exist", () => {
    const explainKey = explainRules([], {});
    expect(explainKey("other").steps.map(({ because }) => because)).toEqual([
      "nothing that is published sets this key, so it has its default value",
    ]);
    expect(explainKey("nope")).toMatchObject({ answer: { errorCode: "KEY_NOT_FOUND" }, steps: [] });
  });
});

describe("the words for a condition", () => {
  const u1 = { device: "iPhone", age: 17, tags: ["a"], version: "1.9.0", at: "2026-01-05", place: [52, 13] };
  const wordsFor = (condition: JsonObject): readonly [boolean, string] => {
    const tested = { id: "tested", name: "Tested", condition };
    const ruleset = compile(sourceOf({ segments: [...segments, tested] }));
    const { isMember, because } = explainMembership(ruleset, "tested", { id: "u1", properties: u1 }, 0);
    return [isMember, because];
  };
  const bucket = bucketOf("seed", "u1");

  it.each<[JsonObject, boolean, string]>([
    [{}, true, "everyone matches"],
    [{ device: "iPhone", age: 17 }, true, 'device is "iPhone" and age is 17'],
    [{ device: "iPhone", age: 18 }, false, "age is 17, not 18"],
    [{ age: { $gte: 18 } }, false, "age is 17, not at least 18"],
    [{ age: { $lt: 18 } }, true, "age is 17, less than 18"],
    [{ plan: "pro" }, false, 'plan is not set, not "pro"'],
    [{ plan: null }, true, "plan is not set"],
    [{ plan: { $exists: true } }, false, "plan is not set"],
    [{ age: { $exists: false } }, false, "age is 17, and must not be set"],
    [{ device: { $ne: "iPhone" } }, false, 'device is "iPhone", which is excluded'],
    [
      { device: { $nin: ["iPhone", "iPad"] } },
      false,
      'device is "iPhone", and one of "iPhone", "iPad" is excluded',
    ],
    [{ plan: { $ne: "pro" } }, true, 'plan is not set, not "pro"'],
    [{ age: { $in: [1, 2, 3, 4, 5, 6, 7] } }, false, "age is 17, not one of 1, 2, 3, 4, 5 and 2 more"],
    [
      { device: { $regexi: "^ipad" } },
      false,
      'device is "iPhone", not text that matches "^ipad" in any case',
    ],
    [{ tags: { $size: { $gt: 1 } } }, false, 'tags is ["a"], not a list of length more than 1'],
    [{ tags: { $all: ["b"] } }, false, 'tags is ["a"], not a list with all of "b"'],
    [
      { tags: { $elemMatch: { $eq: "b" } } },
      false,
      'tags is ["a"], not a list with an element that matches {"$eq":"b"}',
    ],
    [{ tags: { $type: "string" } }, false, 'tags is ["a"], not of type "string"'],
    [{ version: { $vgte: "1.10.0" } }, false, 'version is "1.9.0", not version "1.10.0" or later'],
    [
      { at: { $before: "2026-01-01T00:00:00Z" } },
      false,
      'at is "2026-01-05", not before 2026-01-01T00:00:00.000Z',
    ],
    [{ at: { $withinLast: { days: 1 } } }, false, 'at is "2026-01-05", not within the last 1 day'],
    [{ age: { $not: { $gt: 10 } } }, false, "age is 17, and more than 10 is excluded"],
    [
      { place: { $near: { latitude: 40, longitude: -74, radiusKm: 5 } } },
      false,
      "place is [52,13], not within 5 km of latitude 40, longitude -74",
    ],
    [{ $or: [{ age: 1 }, { age: 2 }] }, false, "age is 17, not 1; age is 17, not 2"],
    [{ $or: [{ age: 1 }, { age: 17 }] }, true, "age is 17"],
    [{ $and: [{ age: 17 }, { age: 2 }] }, false, "age is 17, not 2"],
    [{ $not: { age: 17 } }, false, "age is 17, which is excluded"],
    [{ $nor: [{ age: 1 }] }, true, "age is 17, not 1"],
    [
      { $segment: "s_ny" },
      false,
      'not in segment "iPhone users in New York" (city is not set, not "New York")',
    ],
    [{ $segment: "s_all" }, true, 'in segment "All"'],
    [{ $notSegment: "s_all" }, false, 'in segment "All", which is excluded'],
    [{ $userIn: ["u2", "u3"] }, false, "the user's id is not in the list of 2 ids"],
    [{ $userIn: ["u1"] }, true, "the user's id is in the list of 1 id"],
    [
      { $percent: { percentage: 0, seed: "seed" } },
      false,
      `bucket ${bucket} of 10000 is outside of the first 0`,
    ],
    [
      { $percent: { percentage: 5, seed: "seed", bucketBy: "company", fallback: "plan" } },
      false,
      "neither company nor plan has a value to bucket by",
    ],
  ])("%j: %s, %s", (condition, isMember, because) => {
    expect(wordsFor(condition)).toEqual([isMember, because]);
  });

  it("are cut to a length that can be read", () => {
    const [, because] = wordsFor({ $or: Array.from({ length: 150 }, (_, index) => ({ age: index + 100 })) });
    expect(because.length).toBeLessThanOrEqual(1_001);
    expect(wordsFor({ device: "y".repeat(500) })[1]).toBe(`device is "iPhone", not "${"y".repeat(80)}"…`);
  });
});
