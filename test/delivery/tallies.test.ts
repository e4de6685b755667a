import fc from "fast-check";
import { outcomeOf, type Delivered } from "../../src/delivery/outcome.policy";
import { outcomeId } from "../../src/delivery/outcomeId";
import { createTallies, HOUR_MS, MADE_VALUES_MAX } from "../../src/delivery/tallies";
import { compile, type Ruleset } from "../../src/evaluation/compile";
import { evaluate } from "../../src/evaluation/evaluate";
import type { Answer, User } from "../../src/evaluation/model";
import { ruleOf, sourceOf } from "../evaluation/rulesetSource";

const NOON = Date.UTC(2026, 0, 1, 12);
const key = (name: string, defaultValue: number | object) => ({
  name,
  defaultValue: defaultValue as never,
  isVisibleToClients: true,
});

/** A config with a segment, a percentage and defaults, a flag that is disabled, and a key that nothing has. */
const SOURCE = sourceOf({
  keys: [key("colour", 0), key("size", 1), key("beta", 2), key("alone", 3)],
  segments: [{ id: "segment_berlin", name: "Berlin", condition: { city: "Berlin" } }],
  publications: [
    {
      ...{ kind: "Config", id: "config_1", version: 7, keys: ["colour", "size"] },
      rules: [
        ruleOf({ id: "r1", segmentId: "segment_berlin", values: [{ key: "colour", value: 4 }] }),
        ruleOf({ id: "r2", percentage: 50, values: [{ key: "colour", value: { b: 1, a: 2 } }] }),
      ],
    },
  ],
  disabledFlags: [{ id: "flag_1", version: 2, key: "beta", note: "" }],
});

const total = (delivered: readonly Delivered[]): number =>
  delivered.reduce((sum, { count }) => sum + count, 0);

/** By outcome and hour, in no order. */
function sums(delivered: readonly Delivered[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { outcome, hourMs, count } of delivered) {
    const name = `${outcomeId(outcome)} ${hourMs}`;
    found.set(name, (found.get(name) ?? 0) + count);
  }
  return found;
}

describe("what users were given is counted", () => {
  it("once for each answer, whoever asks, whatever is asked for, across hours and rulesets", () => {
    const users = fc.record({
      id: fc.constantFrom("u1", "u2", "u3", "u4"),
      properties: fc.constantFrom({ city: "Berlin" }, {}),
    });
    const asks = fc.array(
      fc.record({
        user: users,
        keys: fc.option(fc.array(fc.constantFrom("colour", "size", "beta", "alone", "none")), {
          nil: undefined,
        }),
        laterMs: fc.nat({ max: HOUR_MS }),
        change: fc.constantFrom("NONE", "NONE", "REVISION", "COMPILED", "TAKEN"),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(asks, (all) => {
        const tallies = createTallies();
        let ruleset: Ruleset = compile(SOURCE);
        let nowMs = NOON;
        const taken: Delivered[] = [];
        const given: Delivered[] = [];
        for (const { user, keys, laterMs, change } of all) {
          nowMs += laterMs;
          if (change === "REVISION") ruleset = { ...ruleset };
          if (change === "COMPILED") ruleset = compile(SOURCE);
          if (change === "TAKEN") taken.push(...tallies.take());
          const answers = evaluate(ruleset, user, nowMs, keys);
          tallies.count(ruleset, answers, user.id, nowMs);
          for (const answer of answers.filter(({ errorCode }) => errorCode === null)) {
            const hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
            given.push({ outcome: outcomeOf(ruleset, answer), hourMs, count: 1 });
          }
        }
        taken.push(...tallies.take());
        expect(sums(taken)).toEqual(sums(given));
        expect(tallies.take()).toEqual([]);
      }),
    );
  });

  it("with where it came from: a default of a published config is the config's", () => {
    const ruleset = compile(SOURCE);
    const of = (name: string, user: User) => {
      const [answer] = evaluate(ruleset, user, NOON, [name]);
      return outcomeOf(ruleset, answer as Answer);
    };
    const berliner = { id: "u1", properties: { city: "Berlin" } };
    const place = { app: "shop", environment: "production" };
    expect(of("colour", berliner)).toEqual({
      ...{ ...place, key: "colour", source: "config_1", version: 7, segment: "segment_berlin" },
      ...{ reason: "TARGETING_MATCH", value: "4" },
    });
    expect(of("size", berliner)).toEqual({
      ...{ ...place, key: "size", source: "config_1", version: 7, segment: null },
      ...{ reason: "DEFAULT", value: "1" },
    });
    expect(of("beta", berliner)).toMatchObject({ source: "flag_1", version: 2, reason: "DISABLED" });
    expect(of("alone", berliner)).toMatchObject({ source: null, version: null, reason: "DEFAULT" });
    const ids = ["u1", "u2", "u3", "u4", "u5", "u6", "u7"];
    const split = ids
      .map((id) => of("colour", { id, properties: {} }))
      .filter((each) => each.reason === "SPLIT");
    // Members of an object are in order, so that equal values are one.
    expect(new Set(split.map(({ value }) => value))).toEqual(new Set([`{"a":2,"b":1}`]));
  });

  it("apart for so many values that are made for users, of each key and hour; the rest are others", () => {
    const spec = { event: "Viewed", property: "category", top: 1, withinDays: 1, fallback: [] };
    const ruleset = compile(
      sourceOf({ keys: [{ ...key("favourites", spec), isRecommendation: true }, key("plain", 1)] }),
    );
    const tallies = createTallies();
    const give = (value: string, nowMs: number, name = "favourites") => {
      const [answer] = evaluate(ruleset, { id: "u", properties: {} }, nowMs, [name]);
      tallies.count(ruleset, [{ ...(answer as Answer), value: [value] }], "u", nowMs);
    };
    for (let index = 0; index < MADE_VALUES_MAX; index += 1) give(`v${index}`, NOON);
    expect(tallies.take()).toHaveLength(MADE_VALUES_MAX);
    // Also after it was taken: the hour goes on.
    give("one more", NOON);
    give("and one", NOON);
    give("v0", NOON);
    const taken = tallies.take();
    expect(taken.map(({ outcome, count }) => [outcome.value, count])).toEqual([
      [null, 2],
      [`["v0"]`, 1],
    ]);
    give("and one", NOON + HOUR_MS);
    expect(tallies.take().map(({ outcome }) => outcome.value)).toEqual([`["and one"]`]);
    expect(total(taken)).toBe(3);
  });
});
