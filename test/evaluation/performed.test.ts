import fc from "fast-check";
import { checkCondition, eventsIn } from "../../src/evaluation/condition";
import { compile } from "../../src/evaluation/compile";
import { EVENT_NAME_LENGTH_MAX } from "../../src/evaluation/conditionLimits";
import { describeCondition } from "../../src/evaluation/describeCondition";
import { isMember } from "../../src/evaluation/evaluate";
import { explainMembership } from "../../src/evaluation/explain";
import type { Json, JsonObject } from "../../src/lib/json";
import { isIn } from "./oracle";
import { performedArbitraries } from "./performedArbitraries";
import { sourceOf } from "./rulesetSource";
import { NOW } from "./arbitraries";
import { rounds } from "../support/rounds";

const faults = (operand: Json) => checkCondition({ $performed: operand }).map(({ pointer }) => pointer);
const { operand, performances } = performedArbitraries(NOW);
const sourceWith = (condition: JsonObject) =>
  sourceOf({ segments: [{ id: "tested", name: "Tested", condition }] });

describe("$performed", () => {
  it("agrees with the oracle over raw events, at every clock, in values and in words", () => {
    let pairs = 0;
    let members = 0;
    const clocks = fc.array(fc.integer({ min: -130_000, max: 90_000_000 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(operand, performances, clocks, fc.boolean(), (asked, did, offsets, isNot) => {
        const source = sourceWith({ [isNot ? "$notPerformed" : "$performed"]: asked });
        const ruleset = compile(source);
        const user = { id: "u", properties: {}, performances: did };
        for (const now of [NOW, NOW + 1, ...offsets.map((offset) => NOW + offset)]) {
          pairs += 1;
          const expected = isIn(source, "tested", user, now);
          if (expected !== isNot) members += 1;
          if (isMember(ruleset, "tested", user, now) !== expected) {
            throw new Error(`at ${now - NOW}: not ${expected}`);
          }
        }
        expect(explainMembership(ruleset, "tested", user, NOW).isMember).toBe(
          isIn(source, "tested", user, NOW),
        );
      }),
      { numRuns: rounds(4_000, 60_000) },
    );
    expect(pairs).toBeGreaterThanOrEqual(20_000);
    // A generator in which nobody ever did anything would make the agreement worthless.
    expect(members).toBeGreaterThan(pairs / 10);
  }, 120_000);

  it("is asked only with operands that the check accepts", () => {
    fc.assert(
      fc.property(operand, (asked) => expect(faults(asked)).toEqual([])),
      { numRuns: 1_000 },
    );
  });

  it.each<[string, Json, string[]]>([
    ["no object", "Charged", [""]],
    ["no event", {}, ["/event"]],
    ["an event without a name", { event: "" }, ["/event"]],
    ["an event with too long a name", { event: "n".repeat(EVENT_NAME_LENGTH_MAX + 1) }, ["/event"]],
    ["a name that is no Unicode", { event: "\ud800" }, ["/event"]],
    ["a member that there is not", { event: "a", counts: 1 }, ["/counts"]],
    [
      "a condition on the user below the event",
      { event: "a", where: { $segment: "s" } },
      ["/where/$segment"],
    ],
    ["a condition that is none", { event: "a", where: { p: { $gtt: 1 } } }, ["/where/p/$gtt"]],
    ["two spans", { event: "a", withinDays: 1, withinHours: 1 }, [""]],
    ["a span of nothing", { event: "a", withinDays: 0 }, ["/withinDays"]],
    ["a span that is no whole number", { event: "a", withinHours: 1.5 }, ["/withinHours"]],
    ["a span of more than ten years", { event: "a", withinDays: 3_661 }, ["/withinDays"]],
    ["an instant without a zone", { event: "a", from: "2026-01-05" }, ["/from"]],
    ["an end before its start", { event: "a", from: 2, until: 2 }, ["/until"]],
    ["a count that is none", { event: "a", count: -1 }, ["/count"]],
    ["a count that compares with no number", { event: "a", count: { $gte: "3" } }, ["/count"]],
    ["a count without a comparison", { event: "a", count: {} }, ["/count"]],
    ["orNever without a count", { event: "a", orNever: true }, ["/orNever"]],
    ["orNever that is no flag", { event: "a", count: 1, orNever: 1 }, ["/orNever"]],
    [
      "orNever beside a measure",
      { event: "a", count: 1, orNever: true, sum: { property: "p", $gt: 1 } },
      ["/orNever"],
    ],
    ["a sum of no property", { event: "a", sum: { $gt: 1 } }, ["/sum/property"]],
    ["a sum of a path that is none", { event: "a", sum: { property: "a..b", $gt: 1 } }, ["/sum/property"]],
    ["a sum that is compared with nothing", { event: "a", sum: { property: "p" } }, ["/sum"]],
    ["a sum that is compared with text", { event: "a", sum: { property: "p", $gt: "1" } }, ["/sum"]],
    ["a first of any time", { event: "a", first: {} }, ["/first"]],
    ["a last with what it has not", { event: "a", last: { before: 1 } }, ["/last/before"]],
    ["a sequel of any time", { event: "a", followedBy: { event: "b" } }, ["/followedBy"]],
    ["a sequel of nothing", { event: "a", notFollowedBy: { withinDays: 1 } }, ["/notFollowedBy/event"]],
  ])("with %s is refused", (_what, asked, places) => {
    expect(faults(asked)).toEqual(places.map((place) => `/$performed${place}`));
  });

  it("names the events that it asks for, wherever it stands", () => {
    const condition = {
      $or: [
        { $performed: { event: "A", followedBy: { event: "B", withinDays: 1 } } },
        { $not: { $notPerformed: { event: "C" } } },
      ],
      $performed: { event: "A" },
    };
    expect([...eventsIn(condition)].sort()).toEqual(["A", "B", "C"]);
  });

  it("is told in words, with how much counts", () => {
    const condition = {
      $performed: { event: "Charged", count: { $gte: 3 }, withinDays: 30, where: { amount: { $gt: 10 } } },
    };
    const words = `performed "Charged" at least 3 times in the last 30 days where amount is more than 10`;
    expect(describeCondition(condition, () => undefined)).toBe(words);
    const did = new Map([["Charged", [{ atMs: NOW, properties: { amount: 11 } }]]]);
    const ruleset = compile(sourceWith(condition));
    expect(explainMembership(ruleset, "tested", { id: "u", properties: {}, performances: did }, NOW)).toEqual(
      {
        isMember: false,
        because: `not ${words} (1 event counts)`,
      },
    );
  });

  it.each<[JsonObject, string]>([
    [{ event: "A", count: 2, orNever: true }, `performed "A" exactly 2 times or never`],
    [
      { event: "A", sum: { property: "p", $gt: 1, $lte: 5 } },
      `performed "A", with a sum of p more than 1 and at most 5`,
    ],
    [
      { event: "A", notFollowedBy: { event: "B", withinMinutes: 10 } },
      `performed "A", not followed by "B" within 10 minutes`,
    ],
    [{ event: "A", first: { withinDays: 1 } }, `performed "A", the first of them in the last 1 day`],
    [
      { event: "A", from: 0, until: 86_400_000 },
      `performed "A" from 1970-01-01T00:00:00.000Z on before 1970-01-02T00:00:00.000Z`,
    ],
  ])("is told in words: %j", (asked, words) => {
    expect(describeCondition({ $performed: asked }, () => undefined)).toBe(words);
    expect(describeCondition({ $notPerformed: asked }, () => undefined)).toBe(`not (${words})`);
  });
});
