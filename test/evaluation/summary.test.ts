import fc from "fast-check";
import { NOW } from "./arbitraries";
import { isIn } from "./oracle";
import { performedArbitraries } from "./performedArbitraries";
import { ruleOf, sourceOf } from "./rulesetSource";
import { behavioursOf } from "../../src/evaluation/behaviours";
import { clockAt } from "../../src/evaluation/clock";
import { compile } from "../../src/evaluation/compile";
import { evaluate, isMember } from "../../src/evaluation/evaluate";
import type { RulesetSource } from "../../src/evaluation/model";
import type { Performances } from "../../src/evaluation/performed";
import { recommended, type RecommendationSpec } from "../../src/evaluation/recommendation";
import { IDLE_TURNS_MAX, summariser } from "../../src/evaluation/summarise";
import { holds } from "../../src/evaluation/summary";
import type { Json, JsonObject } from "../../src/lib/json";
import { rounds } from "../support/rounds";

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const { operand, performances } = performedArbitraries(NOW);

/** A ruleset with a rule for each segment. */
function rulesetOf(...conditions: readonly JsonObject[]): RulesetSource {
  const segments = conditions.map((condition, index) => ({ id: `s${index}`, name: `s${index}`, condition }));
  const rules = segments.map(({ id }) => ruleOf({ id: `r-${id}`, segmentId: id }));
  const publications = [{ kind: "Config", id: "config_1", version: 1, keys: [], rules } as const];
  return sourceOf({ segments, publications, timeZone: "Asia/Kolkata" });
}

/** Every instant at which a window over these events may begin or end, the ones beside it too, in order. */
function edgesAfter(now: number, did: Performances): readonly number[] {
  const times = [...did.values()]
    .flat()
    .flatMap(({ atMs, properties: { at, list } }) => [atMs, at, list].flat());
  const instants = times.flatMap((time) => {
    const ms = typeof time === "number" ? Math.ceil(time) : Date.parse(String(time));
    return Number.isNaN(ms) ? [] : [ms];
  });
  const spans = [0, MINUTE_MS, 2 * MINUTE_MS, 60 * MINUTE_MS, DAY_MS];
  // A sequel's window may end where the window of what it follows does.
  const ends = spans.flatMap((first) => spans.map((second) => first + second));
  const edges = instants.flatMap((ms) => ends.flatMap((span) => [ms + span - 1, ms + span, ms + span + 1]));
  return [...new Set([now, ...edges])].filter((ms) => ms >= now).sort((a, b) => a - b);
}

describe("a summary of what a user did", () => {
  it("stays what the oracle says over the raw events until it ends, at every edge of a window", () => {
    let pairs = 0;
    let members = 0;
    fc.assert(
      fc.property(fc.array(operand, { minLength: 1, maxLength: 3 }), performances, (asked, did) => {
        const source = rulesetOf(...asked.map(($performed) => ({ $performed })));
        const behaviours = behavioursOf(source);
        const summarise = summariser(behaviours);
        const user = { id: "u", properties: {}, performances: did };
        let summary = summarise(did, NOW);
        for (const now of edgesAfter(NOW, did)) {
          if (now >= summary.untilMs) summary = summarise(did, now);
          expect(summary.fromMs).toBeLessThanOrEqual(now);
          asked.forEach((each, index) => {
            pairs += 1;
            const expected = isIn(source, `s${index}`, user, now);
            if (expected) members += 1;
            if (holds(summary, behaviours.numberOf(each) ?? -1) !== expected)
              throw new Error(`${JSON.stringify(each)} at ${now - NOW}: not ${expected}`);
          });
        }
      }),
      { numRuns: rounds(300, 10_000) },
    );
    expect(pairs).toBeGreaterThanOrEqual(20_000);
    // A generator in which nobody ever did anything would make the agreement worthless.
    expect(members).toBeGreaterThan(pairs / 20);
  }, 600_000);

  it("ends where time alone changes it, and not before", () => {
    fc.assert(
      fc.property(operand, performances, (asked, did) => {
        const source = rulesetOf({ $performed: asked });
        const { untilMs, truths } = summariser(behavioursOf(source))(did, NOW);
        const isSoAt = (ms: number) =>
          isIn(source, "s0", { id: "u", properties: {}, performances: did }, ms) === (truths[0] === 1);
        expect(isSoAt(untilMs === Infinity ? NOW + 10 * DAY_MS : untilMs)).toBe(untilMs === Infinity);
        if (untilMs !== Infinity) expect(isSoAt(untilMs - 1)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("ends after so many instants that change nothing", () => {
    const events = Array.from({ length: 100 }, (_, index) => ({
      atMs: NOW - 60 * MINUTE_MS + index,
      properties: {},
    }));
    const source = rulesetOf({ $performed: { event: "A", withinHours: 1, count: { $gte: 2 } } });
    const summary = summariser(behavioursOf(source))(new Map([["A", events]]), NOW);
    expect(summary).toMatchObject({ truths: [1], fromMs: NOW, untilMs: NOW + 1 + IDLE_TURNS_MAX });
  });

  it("has one bit for what is asked the same, however it is written and wherever it stands", () => {
    const source = rulesetOf(
      { $performed: { event: "A", withinDays: 1 } },
      { $or: [{ $notPerformed: { withinDays: 1, event: "A" } }, { $segment: "s0" }] },
    );
    expect(behavioursOf(source).conditions).toHaveLength(1);
  });

  it("has nothing for a segment that no rule leads to", () => {
    const { segments } = rulesetOf({ $performed: { event: "A" } });
    expect(behavioursOf(sourceOf({ segments })).conditions).toEqual([]);
  });

  it("is told from another by what is asked, and by nothing else", () => {
    const [one, other] = [{ $performed: { event: "A" } }, { $performed: { event: "B" } }];
    const { identity } = behavioursOf(rulesetOf(one, other));
    expect(behavioursOf(rulesetOf(other, { city: "Hamburg" }, one)).identity).toBe(identity);
    expect(behavioursOf(rulesetOf(one)).identity).not.toBe(identity);
    expect(behavioursOf({ ...rulesetOf(one, other), timeZone: "UTC" }).identity).not.toBe(identity);
  });

  it("of very many conditions is right for each of them", () => {
    const names = Array.from({ length: 100 }, (_, index) => `E${index}`);
    const source = rulesetOf(...names.map((event) => ({ $performed: { event } })));
    const did = new Map(
      names.filter((_, index) => index % 3 === 0).map((name) => [name, [{ atMs: NOW, properties: {} }]]),
    );
    const ruleset = compile(source);
    const summary = summariser(ruleset.scope.behaviours)(did, NOW);
    const user = { id: "u", properties: {}, summary };
    expect(names.map((_, index) => isMember(ruleset, `s${index}`, user, NOW))).toEqual(
      names.map((_, index) => index % 3 === 0),
    );
  });

  it("has what is recommended, until time alone changes that", () => {
    const spec: RecommendationSpec = { event: "A", property: "p", top: 2, withinDays: 1, fallback: ["none"] };
    const source = sourceOf({
      keys: [
        {
          name: "k",
          defaultValue: spec as unknown as Json,
          isVisibleToClients: true,
          isRecommendation: true,
        },
      ],
    });
    const ruleset = compile(source);
    const summarise = summariser(ruleset.scope.behaviours);
    fc.assert(
      fc.property(performances, (did) => {
        let summary = summarise(did, NOW);
        for (const now of edgesAfter(NOW, did)) {
          if (now >= summary.untilMs) summary = summarise(did, now);
          const [answer] = evaluate(ruleset, { id: "u", properties: {}, summary }, now);
          expect(answer?.value).toEqual(
            recommended(
              spec,
              did,
              clockAt(() => now),
            ),
          );
        }
      }),
      { numRuns: 100 },
    );
  });
});
