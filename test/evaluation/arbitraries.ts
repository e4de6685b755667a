import fc from "fast-check";
import { performedArbitraries } from "./performedArbitraries";
import type { PreviewSource, RulesetSource, RuleSource, User } from "../../src/evaluation/model";
import type { Json, JsonObject } from "../../src/lib/json";

/** Few names and few values, so that conditions and users meet often. */
export const NOW = Date.UTC(2026, 0, 10);

const SCALARS: readonly Json[] = [
  ...[null, true, false, 0, -0, 1, 2, 3, 17, 1.5, -4],
  ...["", "a", "b", "A", "B", "Ab", "1", "17", "ß", "İ", "ab\ncd"],
];
const VERSIONS = [
  "1.2.3",
  "1.10.0",
  "v1.2.3",
  "1.2.3-beta",
  "1.2.3-beta.2",
  "1.2.3+build",
  "2",
  "100000.1.1",
  "99999.1.1",
];
const ZONED = [
  "2026-01-05T10:00:00Z",
  "2026-01-05T10:00:00.000+00:00",
  "2026-01-09T23:59:59.999Z",
  "2026-01-10T01:00+01:00",
  "2025-12-31T20:00:00.5-05:30",
];
const TIMES: readonly Json[] = [
  ...ZONED,
  "2026-01-05",
  "2026-02-30",
  "2026-01-05T24:00:00Z",
  "today",
  NOW,
  NOW - 1,
  NOW + 1,
];
const POINTS: readonly Json[] = [
  ...[[52, 13], [52.5, 13.4], [40.7, -74], [91, 0], [52], ["52", 13]],
  ...[{ latitude: 52, longitude: 13 }, { latitude: 40.7, longitude: -74, name: "a" }, { latitude: 1 }],
];
const TREES: readonly Json[] = [
  ...[[], ["a"], ["a", "B", 1], [1, 2, 3], [["a"]], [{ x: 1 }, { x: "a" }], [null], ["A", { $x: 1 }]],
  ...[{}, { x: 1 }, { x: "a", y: 1 }, { x: { y: "a" } }, { y: 1, x: "a" }, { x: ["a", "b"] }],
];

const scalar = fc.constantFrom<Json>(...SCALARS);
const literal = fc.constantFrom<Json>(
  ...SCALARS,
  ...TREES.filter((tree) => !JSON.stringify(tree).includes("$")),
);
const value = fc.oneof(
  fc.constantFrom<Json>(...SCALARS, ...VERSIONS),
  fc.constantFrom<Json>(...TIMES, ...POINTS, ...TREES),
);
const path = fc.constantFrom(
  ...["p", "q", "r", "p.x", "q.0", "r.length", "p.x.y", "id", "id.x"],
  ...["__proto__", "constructor", "toString", "p.__proto__", "p.constructor.name"],
);
const bucketBy = fc.constantFrom(null, "p", "q", "p.x", "id", "missing");

const literals = fc.array(literal, { maxLength: 4 });
const number = fc.constantFrom(0, 1, 2, 3, 1.5);
const percentage = fc.oneof(
  fc.constantFrom(0, 0.01, 33.33, 50, 99.99, 100),
  fc.integer({ min: 0, max: 100 }),
);
const version = fc.constantFrom(...VERSIONS);
const instant = fc.constantFrom<Json>(...ZONED, NOW, NOW - 1);
const timeSpan = fc.constantFrom<Json>({ days: 1 }, { days: 30 }, { hours: 3 }, { minutes: 1 });
const distance = fc.constantFrom<Json>(
  { latitude: 52.1, longitude: 13, radiusKm: 100 },
  { latitude: 52, longitude: 13, radiusKm: 1 },
  { latitude: 0, longitude: 0, radiusKm: 6000 },
);
const pattern = fc.constantFrom("^a", "b$", "A|B", ".", "^$", "\\d+", "(?i)AB", "a.*c", "[^a]");

const OPERANDS: Readonly<Record<string, fc.Arbitrary<Json>>> = {
  $eq: literal,
  $ne: literal,
  $lt: fc.oneof(number, fc.constantFrom("a", "b", "17")),
  $lte: fc.oneof(number, fc.constantFrom("a", "b", "17")),
  $gt: fc.oneof(number, fc.constantFrom("a", "b", "17")),
  $gte: fc.oneof(number, fc.constantFrom("a", "b", "17")),
  $in: literals,
  $nin: literals,
  $ini: literals,
  $nini: literals,
  $regex: pattern,
  $regexi: pattern,
  $exists: fc.boolean(),
  $type: fc.constantFrom("string", "number", "boolean", "object", "array", "null"),
  $veq: version,
  $vne: version,
  $vgt: version,
  $vgte: version,
  $vlt: version,
  $vlte: version,
  $before: instant,
  $after: instant,
  $withinLast: timeSpan,
  $near: distance,
};

const simpleOperators = fc
  .uniqueArray(fc.constantFrom(...Object.keys(OPERANDS)), { minLength: 1, maxLength: 2 })
  .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, OPERANDS[name] ?? literal]))));

const one = (name: string, operand: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> =>
  operand.map((each) => ({ [name]: each }));

/** An object by its entries, for a property may be named `__proto__`. */
const fromEntries = (entries: readonly (readonly [string, Json])[]): JsonObject =>
  Object.fromEntries(entries);

/** Operators below a property; `depth` more may be nested. */
function operators(depth: number): fc.Arbitrary<JsonObject> {
  if (depth === 0) return simpleOperators;
  const nested = operators(depth - 1);
  const items = fc.array(fc.oneof(scalar, literal, nested), { maxLength: 3 });
  return fc.oneof(
    { weight: 6, arbitrary: simpleOperators },
    one("$not", fc.oneof(nested, scalar)),
    one("$all", items),
    one("$alli", items),
    one("$size", fc.oneof(fc.integer({ min: 0, max: 3 }), nested)),
    one("$elemMatch", fc.oneof(nested, propertyTests(depth - 1), lists(propertyTests(depth - 1)))),
  );
}

function propertyTests(depth: number): fc.Arbitrary<JsonObject> {
  const test = fc.tuple(path, fc.oneof(literal, operators(depth), operators(depth)));
  return fc.array(test, { minLength: 1, maxLength: 2 }).map(fromEntries);
}

const lists = (nested: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> =>
  fc
    .tuple(fc.constantFrom("$and", "$or", "$nor"), fc.array(nested, { maxLength: 3 }))
    .map(([name, conditions]) => ({ [name]: conditions }));

const performing = performedArbitraries(NOW);
const userIds = fc.constantFrom("u1", "u2", "u3", "ü4", "__proto__");
const percent = fc
  .record({ percentage, seed: fc.constantFrom("s1", "s2"), bucketBy, fallback: bucketBy })
  .map(({ bucketBy: first, fallback, ...rest }): Json => {
    if (first === null) return rest;
    return fallback === null ? { ...rest, bucketBy: first } : { ...rest, bucketBy: first, fallback };
  });

function userOperators(segmentIds: readonly string[]): fc.Arbitrary<JsonObject> {
  const always = [
    one("$userIn", fc.oneof(fc.array(userIds, { maxLength: 3 }), fc.constant({ list: "list-a", count: 2 }))),
    one("$percent", percent),
    one("$performed", performing.operand),
    one("$notPerformed", performing.operand),
  ];
  if (segmentIds.length === 0) return fc.oneof(...always);
  const id = fc.constantFrom(...segmentIds);
  const ids = fc.oneof(id, fc.array(id, { minLength: 1, maxLength: 2 }));
  return fc.oneof(...always, one("$segment", ids), one("$notSegment", ids));
}

/** A condition that may name the given segments. */
export function condition(segmentIds: readonly string[], depth = 2): fc.Arbitrary<JsonObject> {
  const leaf = fc.oneof(
    { weight: 5, arbitrary: propertyTests(1) },
    { weight: 2, arbitrary: userOperators(segmentIds) },
  );
  if (depth === 0) return fc.oneof({ weight: 9, arbitrary: leaf }, fc.constant({}));
  const nested = condition(segmentIds, depth - 1);
  return fc.oneof({ weight: 3, arbitrary: leaf }, lists(nested), one("$not", nested), both(leaf, nested));
}

const both = (left: fc.Arbitrary<JsonObject>, right: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> =>
  fc
    .tuple(left, right)
    .map(([one, other]) => fromEntries([...Object.entries(one), ...Object.entries(other)]));

export const user: fc.Arbitrary<User> = fc
  .tuple(
    userIds,
    fc.array(fc.tuple(fc.constantFrom("p", "q", "r", "id", "__proto__", "company"), value)),
    performing.performances,
  )
  .map(([id, entries, performances]) => ({ id, properties: fromEntries(entries), performances }));

const KEYS = ["alpha", "beta", "gamma", "delta", "epsilon", "flag", "killed"];
const SEGMENTS = ["segment_1", "segment_2", "segment_3"];

/** Segments name only those after them. */
const segments = fc
  .tuple(...SEGMENTS.map((_, index) => condition(SEGMENTS.slice(index + 1))))
  .map((conditions) =>
    conditions.map((each, index) => ({ id: SEGMENTS[index] ?? "", name: `S${index}`, condition: each })),
  );

const rule = (keys: readonly string[]): fc.Arbitrary<Omit<RuleSource, "id">> =>
  fc.record({
    seed: fc.constantFrom("s1", "s2", "rule"),
    segmentId: fc.constantFrom(null, ...SEGMENTS),
    percentage: fc.oneof(fc.constant(100), percentage),
    bucketBy,
    bucketByFallback: bucketBy,
    values: fc.uniqueArray(fc.record({ key: fc.constantFrom(...keys), value: literal }), {
      selector: ({ key }) => key,
    }),
  });

const flagRules = fc.array(
  fc
    .tuple(rule(["flag"]), fc.boolean())
    .map(([each, value]) => ({ ...each, values: [{ key: "flag", value }] })),
);

/** A disabled flag may be published or not; its key stands in no publication. */
const disabledFlag = fc.record({
  id: fc.constant("flag_2"),
  version: fc.constantFrom(null, 4),
  key: fc.constant("killed"),
  note: fc.constantFrom("", "crashes"),
});

/** Versions of what is published, disabled or neither; the first one has lost a key and taken another. */
const PREVIEWED = [
  { kind: "Config", id: "config_1", version: 4, keys: ["alpha", "gamma"] },
  { kind: "Config", id: "config_3", version: 1, keys: ["epsilon"] },
  { kind: "Flag", id: "flag_1", version: 3, keys: ["flag"] },
  { kind: "Flag", id: "flag_2", version: 5, keys: ["killed"] },
] as const;

const preview = ({ keys, ...origin }: (typeof PREVIEWED)[number]): fc.Arbitrary<PreviewSource> =>
  fc
    .record({ rules: fc.array(rule(keys)), endsAt: fc.constantFrom(NOW + 1, NOW + 86_400_000, NOW, NOW - 1) })
    .map(({ rules, endsAt }) => ({ ...origin, keys, rules: withIds(`p_${origin.id}_`, rules), endsAt }));

export const rulesetSource: fc.Arbitrary<RulesetSource> = fc
  .record({
    segments,
    first: fc.array(rule(["alpha", "beta"])),
    second: fc.array(rule(["delta"])),
    flag: flagRules,
    disabledFlags: fc.array(disabledFlag, { maxLength: 1 }),
    previews: fc.subarray([...PREVIEWED]).chain((chosen) => fc.tuple(...chosen.map(preview))),
    testUsers: fc.constantFrom("list-t", "list-a", null),
  })
  .map(({ segments: made, first, second, flag, disabledFlags, previews, testUsers }) => ({
    app: "app",
    environment: "production",
    revision: 7,
    keys: [...KEYS]
      .reverse()
      .map((name) => ({ name, defaultValue: `default ${name}`, isVisibleToClients: true })),
    segments: made,
    publications: [
      { kind: "Config", id: "config_1", version: 3, keys: ["alpha", "beta"], rules: withIds("a", first) },
      { kind: "Config", id: "config_2", version: 1, keys: ["delta"], rules: withIds("b", second) },
      { kind: "Flag", id: "flag_1", version: 2, keys: ["flag"], rules: withIds("c", flag) },
    ],
    disabledFlags,
    previews,
    testUsers,
    userLists: new Map([
      ["list-a", new Set(["u1", "ü4"])],
      ["list-t", new Set(["u1", "u2", "__proto__"])],
    ]),
  }));

const withIds = (prefix: string, rules: readonly Omit<RuleSource, "id">[]): RuleSource[] =>
  rules.map((each, index) => ({ ...each, id: `rule_${prefix}${index}` }));
