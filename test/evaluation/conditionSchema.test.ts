import Ajv from "ajv";
import fc from "fast-check";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkCondition } from "../../src/evaluation/condition";
import { conditionSchema } from "../../src/evaluation/conditionSchema";
import { CONDITION_OPERATORS, VALUE_OPERATORS } from "../../src/evaluation/operators";
import type { Json } from "../../src/lib/json";
import { condition } from "./arbitraries";

const PUBLISHED = join(__dirname, "../../docs/condition.schema.json");
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(conditionSchema());

describe("the published JSON Schema of conditions", () => {
  it("is what the code says (WRITE_DOCS=1 writes it anew)", () => {
    const expected = `${JSON.stringify(conditionSchema(), null, 2)}\n`;
    if (process.env["WRITE_DOCS"]) writeFileSync(PUBLISHED, expected);
    expect(JSON.parse(readFileSync(PUBLISHED, "utf8"))).toEqual(JSON.parse(expected));
  });

  it("accepts what the check accepts", () => {
    fc.assert(
      fc.property(condition(["segment_1"]), (made) => {
        validate(made);
        expect(validate.errors).toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<[Json]>([
    [[]],
    [{ $and: { a: 1 } }],
    [{ $performed: "bought" }],
    [{ $performed: {} }],
    [{ $performed: { event: "" } }],
    [{ $performed: { event: "a", counts: 1 } }],
    [{ $performed: { event: "a", count: -1 } }],
    [{ $performed: { event: "a", count: { $in: [1] } } }],
    [{ $performed: { event: "a", withinDays: 0 } }],
    [{ $performed: { event: "a", withinDays: 1, withinHours: 1 } }],
    [{ $performed: { event: "a", from: "2026-01-05" } }],
    [{ $performed: { event: "a", timeOfDay: { from: "9:00", until: "10:00" } } }],
    [{ $performed: { event: "a", timeOfDay: { from: "24:00", until: "10:00" } } }],
    [{ $performed: { event: "a", timeOfDay: { from: "09:00" } } }],
    [{ $performed: { event: "a", daysOfWeek: [] } }],
    [{ $performed: { event: "a", daysOfWeek: ["MON"] } }],
    [{ $performed: { event: "a", where: { $userIn: [] } } }],
    [{ $performed: { event: "a", sum: { property: "p" } } }],
    [{ $performed: { event: "a", sum: { $gt: 1 } } }],
    [{ $performed: { event: "a", first: {} } }],
    [{ $performed: { event: "a", orNever: true } }],
    [{ $performed: { event: "a", count: 1, orNever: true, last: { withinDays: 1 } } }],
    [{ $notPerformed: { event: "a", followedBy: { event: "b" } } }],
    [{ a: { $regx: "x" } }],
    [{ a: { $gt: 1, b: 2 } }],
    [{ a: { b: { $gt: 1 } } }],
    [{ "a..b": 1 }],
    [{ a: { $in: "x" } }],
    [{ a: { $lt: true } }],
    [{ a: { $exists: 1 } }],
    [{ a: { $type: "integer" } }],
    [{ a: { $size: 1.5 } }],
    [{ a: { $not: { b: 1 } } }],
    [{ a: { $elemMatch: { x: 1, $userIn: [] } } }],
    [{ a: { $vgt: "latest" } }],
    [{ a: { $before: "2026-01-05" } }],
    [{ a: { $withinLast: { weeks: 1 } } }],
    [{ a: { $withinLast: { days: 1, hours: 1 } } }],
    [{ a: { $near: { latitude: 91, longitude: 0, radiusKm: 1 } } }],
    [{ $segment: [] }],
    [{ $userIn: [""] }],
    [{ $percent: 101 }],
    [{ $percent: { percentage: 1, fallback: "id" } }],
  ])("refuses what the check refuses: %j", (input) => {
    expect(validate(input)).toBe(false);
    expect(checkCondition(input)).not.toEqual([]);
  });

  it("names every operator, and no other", () => {
    const names = JSON.stringify(conditionSchema()).matchAll(/"(\$\w+)":/g);
    const operators = [...new Set([...names].map(([, name]) => name))].filter(
      (name) => name !== "$ref" && name !== "$schema",
    );
    expect(operators.sort()).toEqual([...new Set([...VALUE_OPERATORS, ...CONDITION_OPERATORS])].sort());
  });
});
