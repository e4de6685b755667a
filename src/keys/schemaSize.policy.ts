import { KEYWORDS } from "./schemaKeywords.policy";
import { isJsonObject, ownProperty, type Json, type JsonObject } from "../lib/json";

/**
 * How many schemas a value is checked against at the most: all that stand in the schema, and what a `$ref` names once for
 * each `$ref`, so that definitions which double each other cannot grow without bound. "recursive" if one names itself.
 */
export function schemaSize(schema: JsonObject): number | "recursive" {
  const definitions = ownProperty(schema, "$defs");
  const sizes = definitionSizes(isJsonObject(definitions) ? definitions : {});
  return sizes === "recursive" ? sizes : sizeOf(schema, (name) => sizes.get(name) ?? 0);
}

type Sizes = ReadonlyMap<string, number>;

function definitionSizes(definitions: JsonObject): Sizes | "recursive" {
  const sizes = new Map<string, number>();
  const open = new Set<string>();
  let isRecursive = false;
  const sizeOfNamed = (name: string): number => {
    const definition = ownProperty(definitions, name);
    if (definition === undefined) return 0;
    const known = sizes.get(name);
    if (known !== undefined) return known;
    if (open.has(name)) {
      isRecursive = true;
      return 0;
    }
    open.add(name);
    const size = sizeOf(definition, sizeOfNamed);
    open.delete(name);
    sizes.set(name, size);
    return size;
  };
  Object.keys(definitions).forEach(sizeOfNamed);
  return isRecursive ? "recursive" : sizes;
}

/** `sizeOfNamed` gives the size of a definition. Each entry of `dependentRequired` costs as much as a schema does. */
function sizeOf(schema: Json, sizeOfNamed: (name: string) => number): number {
  if (!isJsonObject(schema)) return 1;
  const parts = Object.entries(schema).map(([keyword, operand]) => {
    const members = typeof operand === "object" && operand !== null ? (Object.values(operand) as Json[]) : [];
    if (keyword === "dependentRequired") return members.length;
    switch (KEYWORDS.get(keyword)) {
      case "schema":
        return sizeOf(operand, sizeOfNamed);
      case "schemas":
      case "schemasByName":
        return sum(members.map((member) => sizeOf(member, sizeOfNamed)));
      case "reference":
        return typeof operand === "string" ? sizeOfNamed(operand.slice("#/$defs/".length)) : 0;
      default:
        return 0;
    }
  });
  return 1 + sum(parts);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
