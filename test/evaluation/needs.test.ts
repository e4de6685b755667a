import { rulesetNeeds, segmentNeeds } from "../../src/evaluation/needs";
import type { RulesetSource } from "../../src/evaluation/model";
import type { JsonObject } from "../../src/lib/json";
import { ruleOf, sourceOf } from "./rulesetSource";

const NOTHING = { properties: [], events: [], horizonMs: 0 };
const DAY_MS = 86_400_000;
const segments = (conditions: Readonly<Record<string, JsonObject>>) =>
  Object.entries(conditions).map(([id, condition]) => ({ id, name: id, condition }));
const publishing = (...rules: RulesetSource["publications"][number]["rules"]) => [
  { kind: "Config", id: "config_1", version: 1, keys: ["k"], rules } as const,
];
const ofCondition = (condition: JsonObject) =>
  segmentNeeds(sourceOf({ segments: segments({ s: condition }) }), ["s"]);

describe("what an evaluation needs to know of a user", () => {
  it.each<[string, JsonObject, string[]]>([
    ["nothing", {}, []],
    ["the id", { id: "u" }, []],
    ["lists of ids", { $userIn: ["u"] }, []],
    ["a share of ids", { $percent: { percentage: 1, seed: "s" } }, []],
    ["a share of companies", { $percent: { percentage: 1, seed: "s", bucketBy: "company" } }, ["company"]],
    [
      "what stands in for one",
      { $percent: { percentage: 1, seed: "s", bucketBy: "id", fallback: "device" } },
      ["device"],
    ],
    ["a property", { city: "Hamburg" }, ["city"]],
    ["one below operators", { $and: [{ $not: { $or: [{ id: "u" }, { city: "Hamburg" }] } }] }, ["city"]],
    ["several", { plan: "pro", $or: [{ "address.city": "Hamburg" }, { plan: "team" }] }, ["address", "plan"]],
    ["an event's property", { $performed: { event: "A", where: { city: "Hamburg" } } }, []],
  ])("is told by conditions: %s", (_what, condition, properties) =>
    expect(ofCondition(condition).properties).toEqual(properties),
  );

  it("is the events that are asked for, as far back as any of them is", () => {
    const recent = {
      $performed: { event: "B", withinDays: 2 },
      $notPerformed: { event: "A", withinHours: 1 },
    };
    expect(ofCondition(recent)).toEqual({ properties: [], events: ["A", "B"], horizonMs: 2 * DAY_MS });
    expect(ofCondition({ $or: [recent, { $performed: { event: "C" } }] })).toEqual({
      ...{ properties: [], events: ["A", "B", "C"], horizonMs: null },
    });
  });

  it("is that of the segments of rules, and of all that those name, and no other", () => {
    const source = sourceOf({
      segments: segments({
        outer: { $segment: "inner" },
        inner: { $notSegment: ["innermost"] },
        innermost: { $performed: { event: "A" } },
        other: { city: "Hamburg", $performed: { event: "B" } },
      }),
      publications: publishing(ruleOf({ id: "r", segmentId: "outer" })),
    });
    expect(rulesetNeeds(source)).toEqual({ properties: [], events: ["A"], horizonMs: null });
    expect(rulesetNeeds({ ...source, publications: [] })).toEqual(NOTHING);
    const [publication] = publishing(ruleOf({ id: "r", segmentId: "other" }));
    const previews = publication ? [{ ...publication, endsAt: 1 }] : [];
    expect(rulesetNeeds({ ...source, publications: [], previews })).toMatchObject({
      properties: ["city"],
      events: ["B"],
    });
  });

  it("is a property that a rule's share is of", () => {
    const needs = (rule: object) =>
      rulesetNeeds(sourceOf({ publications: publishing(ruleOf({ id: "r", ...rule })) }));
    expect(needs({ percentage: 50 })).toEqual(NOTHING);
    expect(needs({ percentage: 50, bucketBy: "company" })).toEqual({ ...NOTHING, properties: ["company"] });
    expect(needs({ percentage: 50, bucketBy: "id", bucketByFallback: "device" }).properties).toEqual([
      "device",
    ]);
  });
});
