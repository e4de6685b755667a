import { checkCondition } from "../../src/evaluation/condition";
import * as limits from "../../src/evaluation/conditionLimits";
import type { Json, JsonObject } from "../../src/lib/json";

const pointers = (input: Json): readonly string[] => checkCondition(input).map(({ pointer }) => pointer);
const messages = (input: Json): string =>
  checkCondition(input)
    .map(({ message }) => message)
    .join("\n");
const expectFine = (input: Json): void => expect(checkCondition(input)).toEqual([]);

describe("checking a condition", () => {
  it.each<[string, Json]>([
    ["everyone", {}],
    ["a property", { device: "iPhone", city: "New York" }],
    ["nested logic", { $and: [{ a: 1 }, { $or: [{ b: 2 }, { $not: { $nor: [{ c: 3 }] } }] }] }],
    ["a list of ids", { $userIn: ["u1", "u2"] }],
    ["a stored list of ids", { $userIn: { list: "3f2a", count: 2 } }],
    ["a percentage", { $percent: 12.25 }],
    [
      "a percentage with everything",
      { $percent: { percentage: 1, seed: "s", bucketBy: "company", fallback: "id" } },
    ],
    ["names of Object's own", { __proto__x: 1, constructor: 1, "a.toString": { $exists: true } }],
    ["a property named __proto__", JSON.parse('{"__proto__": 1}') as Json],
  ])("accepts %s", (_name, input) => expectFine(input));

  it.each<[string, Json, string, RegExp]>([
    ["null", null, "", /is an object.*not null/],
    ["a list", [], "", /not a list/],
    ["an unknown operator of values", { a: { $greater: 1 } }, "/a/$greater", /There are: \$eq/],
    ["a misspelt operator of values", { a: { $regx: "x" } }, "/a/$regx", /Did you mean "\$regex"/],
    ["a misspelt operator of conditions", { $segments: "s" }, "/$segments", /Did you mean "\$segment"/],
    ["names and operators side by side", { a: { $gt: 1, b: 2 } }, "/a", /side by side/],
    ["operators inside a value", { a: { b: { $gt: 1 } } }, "/a/b/$gt", /path with dots/],
    ["operators inside a listed value", { a: { $in: [{ $gt: 1 }] } }, "/a/$in/0/$gt", /path with dots/],
    ["an empty part in a path", { "a..b": 1 }, "/a..b", /not a property path/],
    ["$in without a list", { a: { $in: "x" } }, "/a/$in", /takes a list.*not a string/],
    ["$alli without a list", { a: { $alli: "x" } }, "/a/$alli", /takes a list/],
    ["an ordering of booleans", { a: { $lt: true } }, "/a/$lt", /a number or a string, and not a boolean/],
    ["an ordering of null", { a: { $gte: null } }, "/a/$gte", /not null/],
    ["$exists of a number", { a: { $exists: 1 } }, "/a/$exists", /true or false/],
    ["an unknown type", { a: { $type: "integer" } }, "/a/$type", /one of: string/],
    ["a size below zero", { a: { $size: -1 } }, "/a/$size", /whole number/],
    ["a size that is a fraction", { a: { $size: 1.5 } }, "/a/$size", /whole number/],
    ["$elemMatch of a value", { a: { $elemMatch: 5 } }, "/a/$elemMatch", /takes a condition/],
    ["$not of an object below a property", { a: { $not: { b: 1 } } }, "/a/$not", /use "\$ne"/],
    [
      "a user operator below $elemMatch",
      { a: { $elemMatch: { x: 1, $userIn: [] } } },
      "/a/$elemMatch/$userIn",
      /Move/,
    ],
    ["a broken pattern", { a: { $regex: "(" } }, "/a/$regex", /RE2/],
    ["a pattern with look-ahead", { a: { $regex: "(?=x)" } }, "/a/$regex", /no look-around/],
    ["a pattern with a back-reference", { a: { $regexi: "(a)\\1" } }, "/a/$regexi", /no back-references/],
    ["a pattern that is no string", { a: { $regex: 5 } }, "/a/$regex", /as a string, and not a number/],
    ["a version that is no version", { a: { $vgt: "latest" } }, "/a/$vgt", /as "2.10.0"/],
    ["a version that is a number", { a: { $veq: 2 } }, "/a/$veq", /version as a string/],
    ["a date without a zone", { a: { $before: "2026-01-05T10:00:00" } }, "/a/$before", /with its zone/],
    ["a date without a time", { a: { $after: "2026-01-05" } }, "/a/$after", /with its zone/],
    ["a date that is none", { a: { $before: "2026-02-30T10:00:00Z" } }, "/a/$before", /date/],
    ["a year of many digits", { a: { $after: "1000000000-01-01T00:00:00Z" } }, "/a/$after", /date/],
    ["milliseconds beyond all dates", { a: { $after: 8.64e15 + 2 } }, "/a/$after", /milliseconds/],
    ["half a millisecond", { a: { $after: 0.5 } }, "/a/$after", /milliseconds/],
    ["two units of time", { a: { $withinLast: { days: 1, hours: 1 } } }, "/a/$withinLast", /one of/],
    ["an unknown unit of time", { a: { $withinLast: { weeks: 1 } } }, "/a/$withinLast", /"days"/],
    ["no time at all", { a: { $withinLast: { days: 0 } } }, "/a/$withinLast", /from 1/],
    [
      "a point off the Earth",
      { a: { $near: { latitude: 91, longitude: 0, radiusKm: 1 } } },
      "/a/$near",
      /degrees/,
    ],
    ["a point without a radius", { a: { $near: { latitude: 1, longitude: 0 } } }, "/a/$near", /radius/],
    ["a segment that is no id", { $segment: 5 }, "/$segment", /segment's id/],
    ["a list with a segment that is no id", { $notSegment: ["s", ""] }, "/$notSegment/1", /segment's id/],
    ["user ids that are no list", { $userIn: "u1" }, "/$userIn", /list of user ids/],
    ["an empty user id", { $userIn: ["u1", ""] }, "/$userIn/1", /1 to 256/],
    [
      "a reference with more in it",
      { $userIn: { list: "a", count: 1, x: 1 } },
      "/$userIn",
      /list of user ids/,
    ],
    ["a percentage above 100", { $percent: 101 }, "/$percent", /0 to 100/],
    ["three decimals", { $percent: { percentage: 1.234 } }, "/$percent/percentage", /two decimals/],
    ["no percentage", { $percent: { seed: "s" } }, "/$percent/percentage", /percentage/],
    ["an unknown member", { $percent: { percentage: 1, salt: "s" } }, "/$percent/salt", /It has: percentage/],
    ["a fallback alone", { $percent: { percentage: 1, fallback: "id" } }, "/$percent/fallback", /bucketBy/],
    ["half a surrogate pair", { a: "\ud800" }, "/a", /surrogate/],
    ["half a surrogate pair in a name", { "\udc00": 1 }, "/\udc00", /surrogate/],
    ["U+0000", { a: { $in: ["x\0"] } }, "/a/$in/0", /U\+0000/],
    ["U+0000 in a user id", { $userIn: ["\0"] }, "/$userIn/0", /U\+0000/],
    ["2^53", { a: 2 ** 53 }, "/a", /2\^53/],
    ["Infinity", { a: { $gt: Infinity } }, "/a/$gt", /finite/],
  ])("refuses %s", (_name, input, pointer, message) => {
    expect(pointers(input)).toEqual([pointer]);
    expect(messages(input)).toMatch(message);
  });

  it("lists every fault, with pointers that escape names", () => {
    expect(pointers({ "a/b~c": { $in: 1 }, $or: [{ x: { $type: "y" } }, 7] })).toEqual([
      "/a~1b~0c/$in",
      "/$or/0/x/$type",
      "/$or/1",
    ]);
  });

  it("lists a bounded number of faults", () => {
    const ids = Array.from({ length: 5_000 }, () => "");
    expect(checkCondition({ $userIn: ids })).toHaveLength(limits.FAULTS_MAX);
  });
});

describe("the limits of a condition", () => {
  const nest = (levels: number, condition: Json = { a: 1 }): Json =>
    levels === 1 ? condition : { $not: nest(levels - 1, condition) };
  const times = (count: number, item: (index: number) => Json): Json[] =>
    Array.from({ length: count }, (_, index) => item(index));
  const padded = (bytes: number): JsonObject => {
    const bare = { $or: times(100, () => ({ a: "" })), last: "" };
    return { ...bare, last: "x".repeat(bytes - JSON.stringify(bare).length) };
  };

  it("are 8 levels", () => {
    expectFine(nest(limits.CONDITION_DEPTH_MAX));
    expect(messages(nest(limits.CONDITION_DEPTH_MAX + 1))).toMatch(/at most 8 deep/);
  });

  it("count what nests below properties", () => {
    const below = (levels: number): Json => (levels === 1 ? { $gt: 1 } : { $not: below(levels - 1) });
    expectFine({ a: below(limits.CONDITION_DEPTH_MAX) });
    expect(messages({ a: below(limits.CONDITION_DEPTH_MAX + 1) })).toMatch(/at most 8 deep/);
    expectFine(nest(limits.CONDITION_DEPTH_MAX - 1, { a: { $elemMatch: { b: 1 } } }));
    expect(messages(nest(limits.CONDITION_DEPTH_MAX, { a: { $elemMatch: { b: 1 } } }))).toMatch(
      /at most 8 deep/,
    );
  });

  it("stand any nesting without exhausting the stack", () => {
    let deep: Json = 1;
    for (let level = 0; level < 200_000; level += 1) deep = level % 2 === 0 ? [deep] : { a: deep };
    expect(pointers({ a: deep })).toEqual([""]);
  });

  it("are 200 conditions", () => {
    expectFine({ $or: times(limits.CONDITIONS_MAX, (index) => ({ a: index })) });
    expect(messages({ $or: times(limits.CONDITIONS_MAX + 1, (index) => ({ a: index })) })).toMatch(
      /at most 200/,
    );
    expect(messages({ $or: times(limits.CONDITIONS_MAX + 1, () => ({})) })).toMatch(/at most 200/);
    expect(messages({ a: { $in: times(limits.CONDITIONS_MAX, () => ({ x: 1 })) } })).toMatch(/at most 200/);
  });

  it("are 64 KiB, as bytes of UTF-8", () => {
    expectFine(padded(limits.CONDITION_BYTES_MAX));
    expect(messages(padded(limits.CONDITION_BYTES_MAX + 1))).toMatch(/at most 65536 bytes/);
    expect(messages({ a: "é".repeat(limits.CONDITION_BYTES_MAX / 2) })).toMatch(/bytes/);
    expect(messages({ a: "🙂".repeat(limits.CONDITION_BYTES_MAX / 4) })).toMatch(/bytes/);
    expectFine({ a: "🙂".repeat(limits.CONDITION_BYTES_MAX / 4 - 10) });
  });

  it("leave lists of user ids aside, which have 10,000 ids of 256 characters", () => {
    const id = "x".repeat(limits.USER_ID_LENGTH_MAX);
    expectFine({ $userIn: times(limits.USER_LIST_IDS_MAX, () => id) });
    expect(messages({ $userIn: times(limits.USER_LIST_IDS_MAX + 1, () => id) })).toMatch(/10001/);
    expect(pointers({ $userIn: [`${id}x`] })).toEqual(["/$userIn/0"]);
  });

  it.each(["$in", "$nin", "$ini", "$nini", "$all", "$alli"])("are 1,000 values of %s", (operator) => {
    expectFine({ a: { [operator]: times(limits.OPERAND_LIST_MAX, (index) => index) } });
    expect(messages({ a: { [operator]: times(limits.OPERAND_LIST_MAX + 1, () => 1) } })).toMatch(
      /at most 1000/,
    );
  });

  it("are 1 to 100 segments", () => {
    expectFine({ $segment: times(limits.SEGMENT_IDS_MAX, (index) => `s${index}`) });
    expect(pointers({ $segment: times(limits.SEGMENT_IDS_MAX + 1, () => "s") })).toEqual(["/$segment"]);
    expect(pointers({ $notSegment: [] })).toEqual(["/$notSegment"]);
  });

  it("are values 8 deep", () => {
    const value = (levels: number): Json => (levels === 0 ? 1 : [value(levels - 1)]);
    expectFine({ a: value(limits.LITERAL_DEPTH_MAX) });
    expect(messages({ a: value(limits.LITERAL_DEPTH_MAX + 1) })).toMatch(/nests at most 8/);
  });

  it("are patterns of 1,000 characters, 1,000 repeats and 1,100 instructions, 20 of them", () => {
    expectFine({ a: { $regex: "x".repeat(limits.PATTERN_LENGTH_MAX) } });
    expect(messages({ a: { $regex: "x".repeat(limits.PATTERN_LENGTH_MAX + 1) } })).toMatch(/too large/);
    expectFine({ a: { $regex: `x{${limits.PATTERN_REPEATS_MAX}}` } });
    expect(messages({ a: { $regex: `x{${limits.PATTERN_REPEATS_MAX}}y{1}` } })).toMatch(/too large/);
    expectFine({ a: { $regex: "(?:xx){549}" } });
    expect(messages({ a: { $regex: "(?:xx){549}y" } })).toMatch(/too large/);
    expect(messages({ a: { $regex: "(?:xxx){700}" } })).toMatch(/1100 RE2 instructions/);
    expectFine({ $or: times(limits.PATTERNS_MAX, () => ({ a: { $regex: "x" } })) });
    expect(messages({ $or: times(limits.PATTERNS_MAX + 1, () => ({ a: { $regex: "x" } })) })).toMatch(
      /at most 20/,
    );
  });

  it("refuse patterns that would be slow to compile by their repeats, and compile no more after one", () => {
    const slow = { a: { $regex: "(x{31}){31}".repeat(90) } };
    const broken = { a: { $regex: "(" } };
    expect(pointers({ $or: [broken, slow, broken] })).toEqual(["/$or/0/a/$regex", "/$or/1/a/$regex"]);
  });

  it("are seeds of 100 characters, versions of 100, a radius of half the Earth, ten years", () => {
    expectFine({ $percent: { percentage: 1, seed: "s".repeat(limits.SEED_LENGTH_MAX) } });
    expect(
      pointers({ $percent: { percentage: 1, seed: "s".repeat(limits.SEED_LENGTH_MAX + 1) } }),
    ).toHaveLength(1);
    expectFine({ a: { $veq: "1".repeat(limits.VERSION_LENGTH_MAX) } });
    expect(pointers({ a: { $veq: "1".repeat(limits.VERSION_LENGTH_MAX + 1) } })).toEqual(["/a/$veq"]);
    const around = (radiusKm: number): Json => ({ a: { $near: { latitude: 0, longitude: 0, radiusKm } } });
    expectFine(around(limits.RADIUS_KM_MAX));
    expect(pointers(around(limits.RADIUS_KM_MAX + 1))).toEqual(["/a/$near"]);
    expect(pointers(around(0))).toEqual(["/a/$near"]);
    expectFine({ a: { $withinLast: { days: limits.WITHIN_LAST_DAYS_MAX } } });
    expect(pointers({ a: { $withinLast: { days: limits.WITHIN_LAST_DAYS_MAX + 1 } } })).toHaveLength(1);
    expectFine({ a: { $withinLast: { minutes: limits.WITHIN_LAST_DAYS_MAX * 1440 } } });
    expect(pointers({ a: { $withinLast: { hours: limits.WITHIN_LAST_DAYS_MAX * 24 + 1 } } })).toHaveLength(1);
  });
});
