import fc from "fast-check";
import { compile } from "../../src/evaluation/compile";
import { evaluate } from "../../src/evaluation/evaluate";
import { extentsOver } from "../../src/evaluation/extent";
import type { PublicationSource, RulesetSource } from "../../src/evaluation/model";
import type { JsonObject } from "../../src/lib/json";
import { offerWarnings, type GivingRule, type Offer } from "../../src/releases/ruleWarnings.policy";
import { NOW, rulesetSource, user } from "../evaluation/arbitraries";
import { rounds } from "../support/rounds";

const SEGMENTS = new Map<string, { name: string; condition: JsonObject }>([
  ["a", { name: "Berlin", condition: { city: "Berlin" } }],
  ["b", { name: "Rome", condition: { city: "Rome" } }],
  ["all", { name: "All", condition: { $or: [{ city: "Rome" }, {}] } }],
  ["none", { name: "None", condition: { city: { $in: [] } } }],
]);

const rule = (segmentId: string | null, sets: string, percentage = 100): GivingRule => ({
  rule: { id: "r", seed: "s", segmentId, percentage, bucketBy: null, bucketByFallback: null },
  sets: sets.split(" "),
});

function warned(rules: readonly GivingRule[], keys = "x y"): readonly string[] {
  const offer: Offer = { keys: keys.split(" ").map((name) => ({ name, path: ["keys", name] })), rules };
  return offerWarnings(offer, SEGMENTS, extentsOver(SEGMENTS)).map(
    ({ code, path }) => `${code} ${path.join(".")}`,
  );
}

describe("a rule is said never to be reached", () => {
  const unreachable = "RULE_UNREACHABLE rules.1";
  it.each<[string, readonly GivingRule[]]>([
    ["after one for everyone that sets the same", [rule(null, "x y"), rule("a", "x y")]],
    ["after one for everyone that sets more", [rule(null, "x y"), rule("a", "y")]],
    ["after one for a segment of everybody", [rule("all", "x y"), rule(null, "x y")]],
    ["after one for the same segment", [rule("a", "x y"), rule("a", "x", 50)]],
    ["however small its own share is", [rule(null, "x y"), rule("a", "x", 0.01)]],
  ])("%s", (_, rules) => expect(warned(rules)).toEqual([unreachable]));

  it("after several that decide all that it sets between them, which are named", () => {
    const rules = [rule("a", "x"), rule(null, "y"), rule("a", "x y")];
    expect(warned(rules)).toEqual(["RULE_UNREACHABLE rules.2"]);
    const offer = { keys: [], rules };
    const [warning] = offerWarnings(offer, SEGMENTS, extentsOver(SEGMENTS));
    expect(warning?.message).toMatch(
      /^Rule 3 is never reached: rules 1, 2 before it decide all that it sets/,
    );
  });

  it.each<[string, readonly GivingRule[]]>([
    ["that sets a key which the one for everyone leaves out", [rule(null, "x"), rule("a", "x y")]],
    ["after one for almost everyone", [rule(null, "x y", 99.99), rule("a", "x y")]],
    ["after one for another segment", [rule("b", "x y"), rule("a", "x y")]],
    ["for everyone after one for a segment", [rule("a", "x y"), rule(null, "x y")]],
    ["before the one for everyone", [rule("a", "x y"), rule("b", "x y"), rule(null, "x y")]],
    [
      "after one for a segment, if another takes only some of it",
      [rule("a", "x"), rule("a", "y", 50), rule("a", "x y")],
    ],
  ])("but not one %s", (_, rules) => expect(warned(rules)).toEqual([]));

  it("and never wrongly: it decides for no user", () => {
    let told = 0;
    const users = fc.array(user, { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(rulesetSource, users, (source, subjects) => {
        const unreachable = unreachableRules(source);
        told += unreachable.size;
        const ruleset = compile({ ...source, disabledFlags: [], previews: [] });
        for (const subject of subjects) {
          for (const { rule: decisive } of evaluate(ruleset, subject, NOW)) {
            if (decisive !== null) expect(unreachable).not.toContain(decisive.id);
          }
        }
      }),
      { numRuns: rounds(500, 8_000) },
    );
    expect(told).toBeGreaterThan(200);
  }, 300_000);
});

function unreachableRules(source: RulesetSource): ReadonlySet<string> {
  const segments = new Map(source.segments.map((segment) => [segment.id, segment]));
  const found = source.publications.flatMap((publication) =>
    offerWarnings(offerOf(publication), segments, extentsOver(segments)).flatMap(({ code, path }) =>
      code === "RULE_UNREACHABLE" ? (publication.rules[Number(path[1])]?.id ?? []) : [],
    ),
  );
  return new Set(found);
}

function offerOf({ keys, rules }: PublicationSource): Offer {
  return {
    keys: keys.map((name) => ({ name, path: [] })),
    rules: rules.map((each) => ({ rule: each, sets: each.values.map(({ key }) => key) })),
  };
}

describe("of a rule is said too", () => {
  it("that it takes 0 %, and of 0.01 % nothing", () => {
    expect(warned([rule(null, "x y", 0)])).toEqual(["PERCENTAGE_ZERO rules.0.percentage"]);
    expect(warned([rule(null, "x y", 0.01)])).toEqual([]);
  });

  it("that its segment matches nobody, and of a segment that may match somebody nothing", () => {
    expect(warned([rule("none", "x y")])).toEqual(["MATCHES_NOBODY rules.0.segmentId"]);
    expect(warned([rule("a", "x y")])).toEqual([]);
  });
});

describe("of a key is said", () => {
  it("that no rule sets it, and of one that some rule sets nothing", () => {
    expect(warned([rule("a", "x")])).toEqual(["KEY_UNSET keys.y"]);
    expect(warned([rule("a", "x"), rule("b", "y")])).toEqual([]);
    expect(warned([], "x")).toEqual(["KEY_UNSET keys.x"]);
  });
});
