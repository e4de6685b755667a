import { compile } from "../../src/evaluation/compile";
import { PATTERN_TEXT_LENGTH_MAX } from "../../src/evaluation/conditionLimits";
import { evaluate, isMember } from "../../src/evaluation/evaluate";
import { explain } from "../../src/evaluation/explain";
import type { RulesetSource, User } from "../../src/evaluation/model";
import type { Json, JsonObject } from "../../src/lib/json";
import { bucketOf } from "./oracle";
import { ruleOf, sourceOf } from "./rulesetSource";

const keyOf = (name: string, defaultValue: Json) => ({ name, defaultValue, isVisibleToClients: true });
const u = (properties: JsonObject, id = "u1"): User => ({ id, properties });

/** Beta is set by both rules, alpha by the second alone. */
const source: RulesetSource = sourceOf({
  keys: [keyOf("beta", 0), keyOf("alpha", { a: [1] }), keyOf("free", null)],
  segments: [
    { id: "s_ny", name: "New Yorkers", condition: { city: "New York" } },
    { id: "s_iphone", name: "iPhones", condition: { device: "iPhone" } },
  ],
  publications: [
    {
      kind: "Config",
      id: "config_1",
      version: 4,
      keys: ["alpha", "beta"],
      rules: [
        ruleOf({ id: "r1", segmentId: "s_ny", values: [{ key: "beta", value: 1 }] }),
        ruleOf({
          id: "r2",
          segmentId: "s_iphone",
          values: [
            { key: "alpha", value: "two" },
            { key: "beta", value: 2 },
          ],
        }),
      ],
    },
  ],
});

describe("evaluating", () => {
  const ruleset = compile(source);
  const valuesFor = (user: User, keys?: readonly string[]) =>
    evaluate(ruleset, user, 0, keys).map(({ key, value, reason }) => [key, value, reason]);

  it("answers all keys in the order of their names", () => {
    expect(valuesFor(u({}))).toEqual([
      ["alpha", { a: [1] }, "DEFAULT"],
      ["beta", 0, "DEFAULT"],
      ["free", null, "DEFAULT"],
    ]);
  });

  it("leaves a key that a matching rule does not set to the next one", () => {
    expect(valuesFor(u({ city: "New York", device: "iPhone" }), ["alpha", "beta"])).toEqual([
      ["alpha", "two", "TARGETING_MATCH"],
      ["beta", 1, "TARGETING_MATCH"],
    ]);
  });

  it("says what the value came from", () => {
    expect(evaluate(ruleset, u({ device: "iPhone" }), 0, ["beta"])).toEqual([
      {
        key: "beta",
        value: 2,
        reason: "TARGETING_MATCH",
        errorCode: null,
        source: { kind: "Config", id: "config_1" },
        version: 4,
        rule: { id: "r2", segmentId: "s_iphone" },
      },
    ]);
  });

  it("answers the asked keys in the order asked, and an unknown one with an error", () => {
    expect(valuesFor(u({}), ["beta", "nope", "__proto__", "alpha", "beta"])).toEqual([
      ["beta", 0, "DEFAULT"],
      ["nope", null, "ERROR"],
      ["__proto__", null, "ERROR"],
      ["alpha", { a: [1] }, "DEFAULT"],
      ["beta", 0, "DEFAULT"],
    ]);
    expect(evaluate(ruleset, u({}), 0, ["nope"])[0]?.errorCode).toBe("KEY_NOT_FOUND");
    expect(valuesFor(u({}), [])).toEqual([]);
  });

  it("gives answers that nobody can change", () => {
    const [answer] = evaluate(ruleset, u({}), 0, ["alpha"]);
    expect(answer).toBe(evaluate(ruleset, u({}, "u2"), 0, ["alpha"])[0]);
    expect(Object.isFrozen(answer) && Object.isFrozen((answer?.value as JsonObject)["a"])).toBe(true);
  });

  it("reads properties anew for each user and time", () => {
    const timed = compile(
      sourceOf({ segments: [{ id: "s", name: "S", condition: { at: { $withinLast: { minutes: 1 } } } }] }),
    );
    expect([0, 60_000, 60_001, 0].map((now) => isMember(timed, "s", u({ at: 0 }), now))).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect([0, 1, 0].map((at) => isMember(timed, "s", u({ at }), 0))).toEqual([true, false, true]);
  });

  it("never throws, whatever the user is like", () => {
    const odd: JsonObject[] = [
      JSON.parse('{"__proto__": {"city": "New York"}, "city": {"a": 1}}') as JsonObject,
      Object.assign(Object.create(null) as object, { city: "\ud800", device: ["iPhone"] }),
      { city: NaN, device: -Infinity },
      { city: Array.from({ length: 10_000 }, () => [[]]), device: "x".repeat(100_000) },
    ];
    let deep: Json = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    const conditions: JsonObject[] = [
      { city: { $eq: [[[1]]] } },
      { city: { $regex: "(a|b)*c" }, device: { $alli: ["iphone"] } },
      { device: { $vgt: "1.0.0" }, city: { $before: 0 } },
      { city: { $near: { latitude: 1, longitude: 1, radiusKm: 1 } } },
      { city: { $in: [{ a: 1 }] }, "city.0.0": { $size: 0 } },
    ];
    for (const condition of conditions) {
      const compiled = compile(
        sourceOf({
          keys: [keyOf("k", 1)],
          segments: [{ id: "s", name: "S", condition: { $nor: [condition, { x: 1 }] } }],
          publications: [
            {
              kind: "Config",
              id: "c",
              version: 1,
              keys: ["k"],
              rules: [ruleOf({ id: "r", segmentId: "s" })],
            },
          ],
        }),
      );
      for (const properties of [...odd, { city: deep, device: deep }]) {
        expect(evaluate(compiled, u(properties), 0)).toHaveLength(1);
        expect(explain(compiled, "k", u(properties), 0).answer.value).toBe(1);
      }
    }
  });

  it("finds patterns in texts of up to 2,000 characters", () => {
    const segment = { id: "s", name: "S", condition: { text: { $regex: "x$" } } };
    const compiled = compile(sourceOf({ segments: [segment] }));
    const isFoundIn = (text: string) => isMember(compiled, "s", u({ text }), 0);
    expect(isFoundIn("x".repeat(PATTERN_TEXT_LENGTH_MAX))).toBe(true);
    expect(isFoundIn("x".repeat(PATTERN_TEXT_LENGTH_MAX + 1))).toBe(false);
  });

  it("finds nothing that properties inherit", () => {
    const inherited = Object.create({ city: "New York" }) as JsonObject;
    expect(valuesFor(u(inherited), ["beta"])).toEqual([["beta", 0, "DEFAULT"]]);
  });
});

describe("percentages of rules", () => {
  const withRule = (rule: Parameters<typeof ruleOf>[0], user: User) => {
    const rules = [ruleOf({ values: [{ key: "k", value: true }], ...rule })];
    const publications = [{ kind: "Config", id: "c", version: 1, keys: ["k"], rules }] as const;
    return evaluate(compile(sourceOf({ keys: [keyOf("k", false)], publications })), user, 0)[0]?.reason;
  };
  const bucket = bucketOf("seed", "u1");

  it("take the units of the first buckets, and say SPLIT", () => {
    expect(withRule({ id: "r", percentage: (bucket + 1) / 100 }, u({}))).toBe("SPLIT");
    expect(withRule({ id: "r", percentage: bucket / 100 }, u({}))).toBe("DEFAULT");
    expect(withRule({ id: "r", percentage: 0 }, u({}))).toBe("DEFAULT");
  });

  it("of 100 are no split, and take everybody, whatever their unit", () => {
    expect(withRule({ id: "r", percentage: 100, bucketBy: "company" }, u({}))).toBe("TARGETING_MATCH");
  });

  it("below 100 take nobody without a unit", () => {
    expect(withRule({ id: "r", percentage: 99.99, bucketBy: "company" }, u({}))).toBe("DEFAULT");
    expect(withRule({ id: "r", percentage: 99.99, bucketBy: "company" }, u({ company: "" }))).toBe("DEFAULT");
    expect(withRule({ id: "r", percentage: 99.99 }, u({}, ""))).toBe("DEFAULT");
  });

  it("bucket by the fallback where the property is missing", () => {
    const percentage = (bucket + 1) / 100;
    const rule = { id: "r", percentage, bucketBy: "company", bucketByFallback: "id" };
    expect(withRule(rule, u({}))).toBe("SPLIT");
    expect(withRule({ ...rule, percentage: bucket / 100 }, u({ company: null }))).toBe("DEFAULT");
  });
});

describe("compiling", () => {
  const withSegments = (...segments: readonly (readonly [string, JsonObject])[]) =>
    sourceOf({
      keys: [keyOf("k", 0)],
      segments: segments.map(([id, condition]) => ({ id, name: id, condition })),
      publications: [
        { kind: "Config", id: "c", version: 1, keys: ["k"], rules: [ruleOf({ id: "r", segmentId: "s0" })] },
      ],
    });

  it("crashes on a segment that is missing, contains itself, or names a missing list", () => {
    expect(() => compile(withSegments())).toThrow(/segment "s0", which it does not have/);
    expect(() => compile(withSegments(["s0", { $segment: "s1" }], ["s1", { $segment: "s0" }]))).toThrow(
      /contains itself/,
    );
    expect(() => compile(withSegments(["s0", { $userIn: { list: "h", count: 1 } }]))).toThrow(
      /user list "h"/,
    );
  });

  it("finds each segment out once, however often others name it", () => {
    const levels = 60;
    const both = (index: number): JsonObject => ({
      $or: [{ $segment: `s${index}` }, { $segment: `s${index}` }],
    });
    const chain = Array.from({ length: levels }, (_, index) => [`s${index}`, both(index + 1)] as const);
    const ruleset = compile(withSegments(...chain, [`s${levels}`, { never: true }]));
    // Without memory these would be 2^60 tests.
    expect(isMember(ruleset, "s0", u({}), 0)).toBe(false);
    expect(explain(ruleset, "k", u({}), 0).answer.reason).toBe("DEFAULT");
  });
});
