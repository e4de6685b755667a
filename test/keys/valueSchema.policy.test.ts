import { CHECK_STEPS_MAX } from "../../src/keys/compileSchema.policy";
import { checkValue } from "../../src/keys/value.policy";
import { checkValueSchema, valueSchemaFault } from "../../src/keys/valueSchema.policy";
import {
  SCHEMA_BYTES_MAX,
  SCHEMA_DEPTH_MAX,
  SCHEMA_PATTERNS_MAX,
  SUB_SCHEMAS_MAX,
} from "../../src/keys/schemaForm.policy";
import type { Json } from "../../src/lib/json";

const faultsOf = (schema: Json) => checkValueSchema(schema).map(({ pointer }) => pointer.join("/"));
const isSound = (schema: Json) => expect(checkValueSchema(schema)).toEqual([]);

describe("a value schema", () => {
  it("may be empty, or use everything of JSON Schema 2020-12 that is listed", () => {
    isSound({});
    isSound({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "Prices",
      type: "object",
      properties: { eur: { $ref: "#/$defs/price" }, usd: { $ref: "#/$defs/price" } },
      required: ["eur"],
      additionalProperties: false,
      $defs: { price: { type: "number", minimum: 0, multipleOf: 0.01 } },
    });
  });

  it.each<[string, Json, string]>([
    ["a number", 5, ""],
    ["a list", [], ""],
    ["true", true, ""],
    ["an unknown type", { type: "words" }, "type"],
    ["a keyword of its own", { properties: { a: { smallest: 3 } } }, "properties/a/smallest"],
    [
      "a keyword's operand of the wrong type",
      { properties: { a: { minimum: "3" } } },
      "properties/a/minimum",
    ],
    ["a schema that is a number", { items: 5 }, "items"],
    ["another dialect", { $schema: "http://json-schema.org/draft-07/schema#" }, "$schema"],
    [
      "a dialect inside",
      { items: { $schema: "https://json-schema.org/draft/2020-12/schema" } },
      "items/$schema",
    ],
    ["a reference to elsewhere", { $ref: "https://example.com/schema.json" }, "$ref"],
    [
      "a reference to a place that is no definition",
      { properties: { a: { $ref: "#/properties/b" } } },
      "properties/a/$ref",
    ],
    ["a name for itself", { $id: "https://example.com/" }, "$id"],
    ["a dynamic reference", { $dynamicRef: "#node" }, "$dynamicRef"],
    ["a reference to nothing", { $ref: "#/$defs/price" }, ""],
    ["a keyword without effect", { then: { type: "string" } }, ""],
    ["a format", { format: "email" }, "format"],
    ["a pattern with look-ahead", { pattern: "(?=a)b" }, "pattern"],
    ["a bad pattern as a property's name", { patternProperties: { "(": {} } }, "patternProperties/("],
    ["a pattern that is too large", { pattern: "a{1001}" }, "pattern"],
    ["a NaN", { minimum: NaN }, "minimum"],
    ["U+0000", { const: "a\0" }, "const"],
    ["half of a surrogate pair", { title: "\ud800" }, "title"],
    ["a property __proto__", { properties: JSON.parse('{"__proto__": {}}') as Json }, "properties"],
  ])("is not %s", (_, schema, pointer) => expect(faultsOf(schema)).toEqual([pointer]));

  it("has at most 16 KiB", () => {
    const of = (bytes: number): Json => ({ title: "x".repeat(bytes - JSON.stringify({ title: "" }).length) });
    isSound(of(SCHEMA_BYTES_MAX));
    expect(faultsOf(of(SCHEMA_BYTES_MAX + 1))).toEqual([""]);
  });

  it("nests at most 32 deep", () => {
    const of = (depth: number): Json => (depth === 1 ? {} : { not: of(depth - 1) });
    isSound(of(SCHEMA_DEPTH_MAX));
    expect(faultsOf(of(SCHEMA_DEPTH_MAX + 1))).toEqual([
      Array.from({ length: SCHEMA_DEPTH_MAX }, () => "not").join("/"),
    ]);
  });

  it("holds at most 200 schemas", () => {
    const of = (count: number): Json => ({
      allOf: Array.from({ length: count - 1 }, () => ({ minimum: 1 })),
    });
    isSound(of(SUB_SCHEMAS_MAX));
    expect(faultsOf(of(SUB_SCHEMAS_MAX + 1))).toEqual([""]);
  });

  it("has at most 20 patterns", () => {
    const of = (count: number): Json => ({
      patternProperties: Object.fromEntries(Array.from({ length: count }, (_, index) => [`^a${index}`, {}])),
    });
    isSound(of(SCHEMA_PATTERNS_MAX));
    expect(faultsOf(of(SCHEMA_PATTERNS_MAX + 1))).toEqual([`patternProperties/^a${SCHEMA_PATTERNS_MAX}`]);
  });

  it("counts a definition once for each reference, so that doubling does not grow without bound", () => {
    const doubling = (levels: number): Json => ({
      $ref: "#/$defs/d0",
      $defs: Object.fromEntries(
        Array.from({ length: levels }, (_, index) => {
          const next = { $ref: `#/$defs/d${index + 1}` };
          return [`d${index}`, index === levels - 1 ? {} : { allOf: [next, next] }];
        }),
      ),
    });
    isSound(doubling(4));
    expect(faultsOf(doubling(40))).toEqual([""]);
  });

  it("does not refer to itself, not even by way of others", () => {
    expect(
      checkValueSchema({ $ref: "#/$defs/a", $defs: { a: { items: { $ref: "#/$defs/a" } } } }),
    ).toMatchObject([{ message: expect.stringContaining("refers to itself") as string }]);
    const two = { a: { items: { $ref: "#/$defs/b" } }, b: { not: { $ref: "#/$defs/a" } } };
    expect(faultsOf({ $ref: "#/$defs/a", $defs: two })).toEqual([""]);
  });

  it("lists every unknown keyword, not the first", () =>
    expect(faultsOf({ a: 1, b: 2 })).toEqual(["a", "b"]));
});

describe("a value against a schema", () => {
  it.each<[string, Json, Json, string | null]>([
    ["fits", { minimum: 3 }, 3, null],
    ["is too small", { minimum: 3 }, 2, "it must be >= 3"],
    [
      "has a member that is too long",
      { properties: { a: { maxLength: 1 } } },
      { a: "xx" },
      "a must NOT have more than 1 characters",
    ],
    ["has a member too many", { additionalProperties: false }, { b: 1 }, 'it must not have the member "b"'],
    [
      "is none of a list",
      { enum: [1, { a: [2] }] },
      2,
      'it must be one of the allowed values: [1,{"a":[2]}]',
    ],
    ["is one of a list, whatever the order of members", { enum: [{ a: 1, b: 2 }] }, { b: 2, a: 1 }, null],
    [
      "repeats an item",
      { uniqueItems: true },
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      "it must not hold the same item twice",
    ],
    ["does not repeat an item", { uniqueItems: true }, [1, "1", [1]], null],
    ["may repeat an item", { uniqueItems: false }, [1, 1], null],
    ["does not match a pattern", { pattern: "^a+$" }, "ab", 'it must match pattern "^a+$"'],
    ["matches a pattern in any part", { pattern: "b" }, "abc", null],
    ["has cents, whatever binary fractions say", { multipleOf: 0.01 }, 0.07, null],
    ["has less than cents", { multipleOf: 0.01 }, 0.075, "it must be multiple of 0.01"],
    [
      "has no member that every object inherits",
      { required: ["constructor"] },
      {},
      "it must have required property 'constructor'",
    ],
    [
      "is not judged by what every object inherits",
      { properties: { constructor: { type: "number" } } },
      {},
      null,
    ],
  ])("%s", (_, schema, value, fault) => {
    isSound(schema);
    expect(valueSchemaFault(schema, value)).toBe(fault);
  });

  it("uses a definition wherever it is referred to", () => {
    const schema = { items: { $ref: "#/$defs/small" }, $defs: { small: { maximum: 9 } } };
    expect([valueSchemaFault(schema, [1, 9]), valueSchemaFault(schema, [1, 10])]).toEqual([
      null,
      "1 must be <= 9",
    ]);
  });

  it("refuses a text whose patterns would cost too much, and takes a shorter one", () => {
    const schema = { pattern: "[ab]*a[ab]{400}[cd]$" };
    isSound(schema);
    const text = (length: number) => "ab".repeat(length / 2);
    expect(valueSchemaFault(schema, text(60_000))).toContain("too long for the schema's patterns");
    expect(valueSchemaFault(schema, text(1_000))).toContain("must match pattern");
    expect(valueSchemaFault(schema, "a".repeat(401) + "c")).toBeNull();
  });

  it("refuses a value with more parts than so large a schema can check in time", () => {
    const schema = { items: { allOf: Array.from({ length: 198 }, () => ({ maximum: 5 })) } };
    isSound(schema);
    const list = (parts: number): Json => Array.from({ length: parts - 1 }, () => 1);
    const partsMax = CHECK_STEPS_MAX / 200;
    expect(valueSchemaFault(schema, list(partsMax))).toBeNull();
    expect(valueSchemaFault(schema, list(partsMax + 1))).toContain("too many members and items");
  });

  it("is told by checkValue", () =>
    expect(checkValue({ type: "INTEGER", valueSchema: { maximum: 4 } }, 5)).toEqual({
      message: "does not fit the key's schema: it must be <= 4",
    }));
});
