import fc from "fast-check";
import { KEY_TYPES, type KeyType } from "../../src/keys/key.events";
import { checkValue, VALUE_BYTES_MAX, VALUE_DEPTH_MAX } from "../../src/keys/value.policy";
import type { Json } from "../../src/lib/json";

const check = (type: KeyType, value: Json) => checkValue({ type, valueSchema: null }, value);
const parsed = (text: string): Json => JSON.parse(text) as Json;

describe("a value of a key", () => {
  it.each<[KeyType, Json]>([
    ["STRING", ""],
    ["STRING", "a 😀 b"],
    ["INTEGER", 0],
    ["INTEGER", Number.MAX_SAFE_INTEGER],
    ["INTEGER", Number.MIN_SAFE_INTEGER],
    ["INTEGER", 3.0],
    ["DOUBLE", 1.5],
    ["DOUBLE", Number.MAX_VALUE],
    ["BOOLEAN", false],
    ["ARRAY", []],
    ["ARRAY", [1, "a", null, { a: [true] }]],
    ["MAP", {}],
    ["MAP", { constructor: 1, "": null }],
  ])("of type %s may be %j", (type, value) => expect(check(type, value)).toEqual({ value }));

  it.each<[KeyType, Json, string]>([
    ["STRING", 1, "must be a string, and not the number 1"],
    ["STRING", null, "must be a string, and not null"],
    ["STRING", "a\0b", "must not contain the character U+0000; remove it"],
    ["STRING", "\udc00", "must not contain half of a surrogate pair; send valid Unicode"],
    [
      "INTEGER",
      1.5,
      "must be a whole number from -9007199254740991 to 9007199254740991, and not the number 1.5",
    ],
    [
      "INTEGER",
      2 ** 53,
      "must be a whole number from -9007199254740991 to 9007199254740991, and not the number 9007199254740992",
    ],
    ["INTEGER", "3", "must be a whole number from -9007199254740991 to 9007199254740991, and not a string"],
    ["INTEGER", NaN, "must not hold a number that is not finite"],
    ["DOUBLE", parsed("1e400"), "must not hold a number that is not finite"],
    ["DOUBLE", "1", "must be a number, and not a string"],
    ["FLOAT", -Infinity, "must not hold a number that is not finite"],
    ["FLOAT", 3.5e38, "must fit single precision (at most about 3.4e38), and 3.5e+38 does not"],
    ["FLOAT", true, "must be a number, and not a boolean"],
    ["BOOLEAN", "true", "must be true or false, and not a string"],
    ["BOOLEAN", 0, "must be true or false, and not the number 0"],
    ["ARRAY", {}, "must be a list, and not an object"],
    ["ARRAY", [1, [parsed("-1e999")]], "must not hold a number that is not finite (at 1/0)"],
    ["MAP", [], "must be an object, and not a list"],
    ["MAP", null, "must be an object, and not null"],
    ["MAP", { a: { b: "\0" } }, "must not contain the character U+0000; remove it (at a/b)"],
    ["MAP", { "a\0": 1 }, "has a member whose name must not contain the character U+0000; remove it"],
    ["MAP", parsed('{"a": {"__proto__": 1}}'), 'must not have a member named "__proto__"; rename it (at a)'],
  ])("of type %s is not %j", (type, value, message) => expect(check(type, value)).toEqual({ message }));

  it("of type FLOAT is rounded to single precision", () => {
    expect(check("FLOAT", 0.1)).toEqual({ value: Math.fround(0.1) });
    expect(check("FLOAT", 1e-60)).toEqual({ value: 0 });
    expect(check("FLOAT", 3.4028235e38)).toEqual({ value: 3.4028234663852886e38 });
  });

  it("has at most 64 KiB as JSON in UTF-8", () => {
    const text = "é".repeat((VALUE_BYTES_MAX - 2) / 2);
    expect(check("STRING", text)).toEqual({ value: text });
    expect(check("STRING", `${text}x`)).toEqual({
      message: `must have at most ${VALUE_BYTES_MAX} bytes as JSON; this has ${VALUE_BYTES_MAX + 1}`,
    });
  });

  it("nests at most 20 deep, and ends no program by nesting deeper", () => {
    const nested = (depth: number): Json => parsed("[".repeat(depth) + "]".repeat(depth));
    expect(check("ARRAY", nested(VALUE_DEPTH_MAX))).toHaveProperty("value");
    for (const depth of [VALUE_DEPTH_MAX + 1, 100_000]) {
      expect(check("ARRAY", nested(depth))).toHaveProperty("message");
    }
  });

  it("once accepted, is accepted again as it was stored", () =>
    fc.assert(
      fc.property(fc.constantFrom(...KEY_TYPES), fc.jsonValue(), (type, value) => {
        const once = check(type, value as Json);
        if ("value" in once) expect(check(type, once.value)).toEqual(once);
      }),
    ));
});
