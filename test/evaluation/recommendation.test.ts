import fc from "fast-check";
import { clockAt } from "../../src/evaluation/clock";
import { compile } from "../../src/evaluation/compile";
import { evaluate } from "../../src/evaluation/evaluate";
import { rulesetNeeds } from "../../src/evaluation/needs";
import {
  recommendationFault,
  recommended,
  RECOMMENDED_MAX,
  type RecommendationSpec,
} from "../../src/evaluation/recommendation";
import type { Json } from "../../src/lib/json";
import { ruleOf, sourceOf } from "./rulesetSource";

const NOW = Date.UTC(2026, 0, 10);
const AT = clockAt(() => NOW);
const DAY_MS = 86_400_000;
const SPEC = { event: "Viewed", property: "category", top: 2, withinDays: 30, fallback: ["shoes"] };
const viewed = (...events: (readonly [number, Json])[]) =>
  new Map([["Viewed", events.map(([ago, category]) => ({ atMs: NOW - ago, properties: { category } }))]]);

describe("a recommendation", () => {
  it("is the most frequent values, of as frequent ones the most recent, and then the first by its text", () => {
    expect(recommended(SPEC, viewed([9, "a"], [8, "b"], [7, "b"], [6, "c"]), AT)).toEqual(["b", "c"]);
    expect(recommended(SPEC, viewed([5, "b"], [5, "a"], [5, "c"]), AT)).toEqual(["a", "b"]);
  });

  it("looks at the last days, to the millisecond, and not ahead", () => {
    expect(recommended(SPEC, viewed([30 * DAY_MS, "a"]), AT)).toEqual(["a"]);
    expect(recommended(SPEC, viewed([30 * DAY_MS + 1, "a"]), AT)).toEqual(["shoes"]);
    expect(recommended(SPEC, viewed([-1, "a"]), AT)).toEqual(["shoes"]);
  });

  it("counts texts, numbers and booleans, each as what it is", () => {
    const did = viewed([3, 1], [3, "1"], [2, 1], [1, null], [1, ["a"]], [1, { a: 1 }]);
    expect(recommended({ ...SPEC, top: 9 }, did, AT)).toEqual([1, "1"]);
  });

  it("counts the events that pass its condition", () => {
    const did = viewed([1, "a"], [1, "a"], [1, "b"]);
    expect(recommended({ ...SPEC, where: { category: { $ne: "a" } } }, did, AT)).toEqual(["b"]);
  });

  it("is as a plain count of everything says", () => {
    const event = fc.tuple(
      fc.integer({ min: -2, max: 40 * DAY_MS }),
      fc.constantFrom<Json>("a", "b", "c", 1, true, null),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (events, top) => {
        const texts = events
          .filter(([ago, value]) => ago >= 0 && ago <= 30 * DAY_MS && value !== null)
          .map(([ago, value]) => [ago, JSON.stringify(value)] as const);
        const order = [...new Set(texts.map(([, text]) => text))].sort((a, b) => {
          const of = (text: string) => texts.filter((each) => each[1] === text).map(([ago]) => ago);
          return of(b).length - of(a).length || Math.min(...of(a)) - Math.min(...of(b)) || (a < b ? -1 : 1);
        });
        const expected =
          order.length === 0 ? ["shoes"] : order.slice(0, top).map((text) => JSON.parse(text) as Json);
        expect(recommended({ ...SPEC, top }, viewed(...events), AT)).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is made for each user of the specification that is theirs", () => {
    const other: RecommendationSpec = { ...SPEC, top: 1, fallback: ["hats"] };
    const source = sourceOf({
      keys: [{ name: "k", defaultValue: SPEC, isVisibleToClients: true, isRecommendation: true }],
      segments: [{ id: "s", name: "s", condition: { plan: "pro" } }],
      publications: [
        {
          ...({ kind: "Config", id: "config_1", version: 1, keys: ["k"] } as const),
          rules: [ruleOf({ id: "r", segmentId: "s", values: [{ key: "k", value: { ...other } }] })],
        },
      ],
    });
    const ruleset = compile(source);
    const valueFor = (properties: Record<string, Json>, performances = viewed([1, "a"], [2, "b"])) =>
      evaluate(ruleset, { id: "u", properties, performances }, NOW)[0]?.value;
    expect(valueFor({})).toEqual(["a", "b"]);
    expect(valueFor({ plan: "pro" })).toEqual(["a"]);
    expect(valueFor({ plan: "pro" }, new Map())).toEqual(["hats"]);
    expect(rulesetNeeds(source)).toEqual({
      properties: ["plan"],
      events: ["Viewed"],
      horizonMs: 30 * DAY_MS,
    });
  });

  it.each<[string, Json, RegExp]>([
    ["no object", "Viewed", /must be an object/],
    ["a member that there is not", { ...SPEC, count: 1 }, /no member "count"/],
    ["no event", { ...SPEC, event: "" }, /must name an event/],
    ["no property", { ...SPEC, property: "a..b" }, /must name a property/],
    ["none of them", { ...SPEC, top: 0 }, /"top", a whole number from 1 to 100/],
    ["too many", { ...SPEC, top: RECOMMENDED_MAX + 1 }, /"top"/],
    ["no days", { ...SPEC, withinDays: 0 }, /"withinDays", a whole number from 1 to 3660/],
    ["a condition that is none", { ...SPEC, where: { a: { $gtt: 1 } } }, /"where" that is no condition/],
    ["a fallback that is no list", { ...SPEC, fallback: "shoes" }, /must have a "fallback"/],
    ["a fallback of lists", { ...SPEC, fallback: [[]] }, /must have a "fallback"/],
    [
      "too long a fallback",
      { ...SPEC, fallback: Array(RECOMMENDED_MAX + 1).fill("a") as string[] },
      /must have a "fallback"/,
    ],
  ])("with %s is refused", (_what, value, message) => expect(recommendationFault(value)).toMatch(message));

  it("within its bounds is accepted", () => {
    const fallback = Array(RECOMMENDED_MAX).fill("a") as string[];
    const spec = { ...SPEC, top: RECOMMENDED_MAX, withinDays: 3_660, where: { a: { $gt: 1 } }, fallback };
    expect(recommendationFault(spec)).toBeNull();
    expect(recommendationFault({ ...SPEC, fallback: [] })).toBeNull();
  });
});
