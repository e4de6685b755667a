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
  sourceOf({ segments: [{ id: "tested", name: "Tested", condition }], timeZone: "Asia/Kolkata" });

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
    ["a time of day without an end", { event: "a", timeOfDay: { from: "09:00" } }, ["/timeOfDay"]],
    [
      "a time of day that is no time",
      { event: "a", timeOfDay: { from: "9:00", until: "24:01" } },
      ["/timeOfDay"],
    ],
    [
      "a time of day from the end of the day",
      { event: "a", timeOfDay: { from: "24:00", until: "01:00" } },
      ["/timeOfDay"],
    ],
    ["no time of day", { event: "a", timeOfDay: { from: "09:00", until: "09:00" } }, ["/timeOfDay"]],
    [
      "a time of day with more",
      { event: "a", timeOfDay: { from: "09:00", until: "10:00", zone: "UTC" } },
      ["/timeOfDay"],
    ],
    ["no day", { event: "a", daysOfWeek: [] }, ["/daysOfWeek"]],
    ["a day twice", { event: "a", daysOfWeek: ["MONDAY", "MONDAY"] }, ["/daysOfWeek"]],
    ["a day that there is not", { event: "a", daysOfWeek: ["Monday"] }, ["/daysOfWeek"]],
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

  it("goes by the clocks of the app's time zone, also where they are changed", () => {
    const morning = {
      $performed: { event: "A", timeOfDay: { from: "08:00", until: "09:00" }, daysOfWeek: ["SUNDAY"] },
    };
    const isInAt = (instant: string, timeZone: string) => {
      const did = new Map([["A", [{ atMs: Date.parse(instant), properties: {} }]]]);
      const source = { ...sourceWith(morning), timeZone };
      return isMember(
        compile(source),
        "tested",
        { id: "u", properties: {}, performances: did },
        Date.UTC(2027, 0),
      );
    };
    // Clocks in Berlin go from two to three on 29 March 2026.
    expect(isInAt("2026-03-22T07:00:00.000Z", "Europe/Berlin")).toBe(true);
    expect(isInAt("2026-03-29T06:00:00.000Z", "Europe/Berlin")).toBe(true);
    expect(isInAt("2026-03-29T06:59:59.999Z", "Europe/Berlin")).toBe(true);
    expect(isInAt("2026-03-29T07:00:00.000Z", "Europe/Berlin")).toBe(false);
    expect(isInAt("2026-03-29T05:59:59.999Z", "Europe/Berlin")).toBe(false);
    expect(isInAt("2026-03-28T19:00:00.000Z", "Pacific/Auckland")).toBe(true);
    expect(isInAt("2026-03-29T08:59:59.999Z", "UTC")).toBe(true);
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
      { event: "A", daysOfWeek: ["SUNDAY", "SATURDAY"], timeOfDay: { from: "22:00", until: "06:05" } },
      `performed "A" on Sunday or Saturday from 22:00 to before 06:05 o'clock`,
    ],
    [
      { event: "A", from: 0, until: 86_400_000 },
      `performed "A" from 1970-01-01T00:00:00.000Z on before 1970-01-02T00:00:00.000Z`,
    ],
  ])("is told in words: %j", (asked, words) => {
    expect(describeCondition({ $performed: asked }, () => undefined)).toBe(words);
    expect(describeCondition({ $notPerformed: asked }, () => undefined)).toBe(`not (${words})`);
  });
});
