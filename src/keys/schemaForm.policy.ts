import { schemaSize } from "./schemaSize.policy";
import { KEYWORDS, SCHEMA_DIALECT } from "./schemaKeywords.policy";
import { patternFault } from "../evaluation/pattern";
import { isJsonObject, type Json } from "../lib/json";
import { jsonBoundsFault, type JsonFault } from "../lib/jsonBounds";

/** Of one schema as JSON text in UTF-8. */
export const SCHEMA_BYTES_MAX = 16 * 1024;
/** Of lists and objects inside each other. */
export const SCHEMA_DEPTH_MAX = 32;
/** Schemas in one schema, each `$ref` counted as a copy of what it names: the work per part of a value. */
export const SUB_SCHEMAS_MAX = 200;
/** Compiling one takes up to some milliseconds. */
export const SCHEMA_PATTERNS_MAX = 20;

/**
 * What keeps a JSON value from being a schema that this server takes, as far as can be said without compiling it.
 * Every bound here is one on the work of checking a value.
 */
export function schemaFormFaults(schema: Json): readonly JsonFault[] {
  if (!isJsonObject(schema)) return [{ pointer: [], message: "A JSON Schema is an object." }];
  const bounds = jsonBoundsFault(schema, { depthMax: SCHEMA_DEPTH_MAX, bytesMax: SCHEMA_BYTES_MAX });
  if (bounds) return [{ pointer: bounds.pointer, message: `The schema ${bounds.message}.` }];
  const found: Found = { faults: [], patterns: 0 };
  checkSchema(schema, [], found);
  if (found.faults.length > 0) return found.faults;
  const size = schemaSize(schema);
  if (size === "recursive") return [{ pointer: [], message: RECURSIVE }];
  return size > SUB_SCHEMAS_MAX ? [{ pointer: [], message: TOO_LARGE }] : [];
}

const RECURSIVE = "The schema refers to itself through $ref. Write the levels out that values really have.";
const TOO_LARGE = `A schema holds at most ${SUB_SCHEMAS_MAX} schemas, each $ref counted as a copy. Make it simpler.`;

type Pointer = readonly string[];
type Found = { readonly faults: JsonFault[]; patterns: number };

function checkSchema(schema: Json, pointer: Pointer, found: Found): void {
  // What is neither an object nor a boolean is found against the meta-schema, which says it better.
  if (!isJsonObject(schema)) return;
  for (const [keyword, operand] of Object.entries(schema)) {
    const at = [...pointer, keyword];
    const message = keywordFault(keyword, operand, pointer.length === 0);
    if (message !== null) found.faults.push({ pointer: at, message });
    checkOperand(keyword, operand, at, found);
  }
}

function checkOperand(keyword: string, operand: Json, at: Pointer, found: Found): void {
  switch (KEYWORDS.get(keyword)) {
    case "schema":
      return checkSchema(operand, at, found);
    case "schemas":
      if (Array.isArray(operand)) {
        operand.forEach((member: Json, index) => checkSchema(member, [...at, String(index)], found));
      }
      return;
    case "schemasByName":
      if (!isJsonObject(operand)) return;
      for (const [name, member] of Object.entries(operand)) {
        if (keyword === "patternProperties") addPatternFault(name, [...at, name], found);
        checkSchema(member, [...at, name], found);
      }
      return;
    case "pattern":
      if (typeof operand === "string") addPatternFault(operand, at, found);
      return;
    case "plain":
    case "reference":
    case "dialect":
    case undefined:
      return;
  }
}

function keywordFault(keyword: string, operand: Json, isRoot: boolean): string | null {
  switch (KEYWORDS.get(keyword)) {
    case undefined:
      return `"${keyword.slice(0, 100)}" is not a keyword that this server knows; see docs/keys.md for those it does.`;
    case "reference":
      return typeof operand === "string" && /^#\/\$defs\/[A-Za-z0-9_.-]+$/.test(operand)
        ? null
        : `A $ref names one of the schema's own definitions by letters, digits, "_", "." and "-", as "#/$defs/price".`;
    case "dialect":
      return isRoot && operand === SCHEMA_DIALECT
        ? null
        : `Schemas are written in JSON Schema 2020-12. Leave $schema out, or say "${SCHEMA_DIALECT}" once, on top.`;
    default:
      return null;
  }
}

function addPatternFault(source: string, pointer: Pointer, found: Found): void {
  found.patterns += 1;
  // Compiling many costly patterns would take long itself, so the first fault of this kind ends it.
  if (found.faults.some(({ message }) => message === PATTERN_TOO_LARGE || message === TOO_MANY_PATTERNS))
    return;
  if (found.patterns > SCHEMA_PATTERNS_MAX) {
    found.faults.push({ pointer, message: TOO_MANY_PATTERNS });
    return;
  }
  const fault = patternFault(source);
  if (fault) found.faults.push({ pointer, message: fault.isTooLarge ? PATTERN_TOO_LARGE : fault.message });
}

const PATTERN_TOO_LARGE = "The pattern is too large. Shorten it, or use smaller repeat counts.";
const TOO_MANY_PATTERNS = `A schema has at most ${SCHEMA_PATTERNS_MAX} patterns. Join some by "|".`;
