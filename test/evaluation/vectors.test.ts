import { bucket, includes, isPercentage } from "../../src/evaluation/bucketing";
import { compile } from "../../src/evaluation/compile";
import { checkCondition } from "../../src/evaluation/condition";
import { isMember } from "../../src/evaluation/evaluate";
import { VALUE_OPERATORS, CONDITION_OPERATORS } from "../../src/evaluation/operators";
import type { PerformedEvent } from "../../src/evaluation/performed";
import type { JsonObject } from "../../src/lib/json";
import bucketing from "../vectors/bucketing.json";
import conditions from "../vectors/conditions.json";
import { bucketOf, isIn } from "./oracle";
import { sourceOf } from "./rulesetSource";

describe("the vectors of bucketing", () => {
  it.each(bucketing.buckets)("put $unit with seed $seed into bucket $bucket", (vector) => {
    expect(bucket(vector.seed, vector.unit)).toBe(vector.bucket);
    expect(bucketOf(vector.seed, vector.unit)).toBe(vector.bucket);
  });

  it.each(bucketing.percentages)("of $percentage % and bucket $bucket: $isIncluded", (vector) => {
    expect(includes(vector.percentage, vector.bucket)).toBe(vector.isIncluded);
  });

  it.each(bucketing.percentageForms)("take $percentage for a percentage: $isPercentage", (vector) => {
    expect(isPercentage(vector.percentage)).toBe(vector.isPercentage);
  });
});

type ConditionVector = Readonly<{
  operator: string;
  condition: JsonObject;
  properties: JsonObject;
  matches: boolean;
  now?: number;
  events?: readonly (PerformedEvent & { name: string })[];
  segments?: readonly { id: string; condition: JsonObject }[];
  userLists?: Readonly<Record<string, readonly string[]>>;
}>;

// Each case has some of the members, which TypeScript reads as a union of as many shapes.
const cases = conditions.cases as unknown as readonly ConditionVector[];

describe("the vectors of conditions", () => {
  it.each(cases.map((vector) => [vector.operator, JSON.stringify(vector), vector] as const))(
    "%s: %s",
    (
      _operator,
      _text,
      { condition, properties, matches, now = 0, events = [], segments = [], userLists = {} },
    ) => {
      const source = sourceOf({
        segments: [...segments, { id: "tested", condition }].map((each) => ({ ...each, name: each.id })),
        userLists: new Map(Object.entries(userLists).map(([hash, ids]) => [hash, new Set(ids)])),
      });
      const byTime = [...events].sort((a, b) => a.atMs - b.atMs);
      const performances = new Map(
        byTime.map(({ name }) => [name, byTime.filter((event) => event.name === name)]),
      );
      const user = { id: "u1", properties, performances };
      expect(checkCondition(condition)).toEqual([]);
      expect(isMember(compile(source), "tested", user, now)).toBe(matches);
      expect(isIn(source, "tested", user, now)).toBe(matches);
    },
  );

  it("leave no operator out", () => {
    const missing = [...VALUE_OPERATORS, ...CONDITION_OPERATORS].filter(
      (operator) => !cases.some((vector) => vector.operator.split(" ")[0] === operator),
    );
    expect(missing).toEqual([]);
  });
});
