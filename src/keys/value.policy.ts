import type { KeyType } from "./key.events";
import { valueSchemaFault } from "./valueSchema.policy";
import { recommendationFault } from "../evaluation/recommendation";
import { isJsonObject, type Json } from "../lib/json";
import { jsonBoundsFault } from "../lib/jsonBounds";

/** Of one value as JSON text in UTF-8. */
export const VALUE_BYTES_MAX = 64 * 1024;
/** Of lists and objects inside each other. */
export const VALUE_DEPTH_MAX = 20;

export type CheckedValue = Readonly<{ value: Json }> | Readonly<{ message: string }>;

/**
 * Whether a value may be given to a key: the value as it is stored (a FLOAT is rounded to single precision), or what is
 * wrong with it, without a subject and a full stop: `must be a whole number`.
 */
export function checkValue(key: Readonly<{ type: KeyType; valueSchema: Json }>, value: Json): CheckedValue {
  const bounds = jsonBoundsFault(value, { depthMax: VALUE_DEPTH_MAX, bytesMax: VALUE_BYTES_MAX });
  if (bounds) return { message: withPlace(bounds.pointer, bounds.message) };
  const typed = checkType(key.type, value);
  if ("message" in typed || key.valueSchema === null) return typed;
  const fault = valueSchemaFault(key.valueSchema, typed.value);
  return fault === null ? typed : { message: `does not fit the key's schema: ${fault}` };
}

function checkType(type: KeyType, value: Json): CheckedValue {
  switch (type) {
    case "STRING":
      return typeof value === "string" ? { value } : wrongType("a string", value);
    case "BOOLEAN":
      return typeof value === "boolean" ? { value } : wrongType("true or false", value);
    case "ARRAY":
      return Array.isArray(value) ? { value } : wrongType("a list", value);
    case "MAP":
      return isJsonObject(value) ? { value } : wrongType("an object", value);
    case "INTEGER":
      return Number.isSafeInteger(value) ? { value } : wrongType(SAFE_INTEGER, value);
    case "DOUBLE":
      return typeof value === "number" ? { value } : wrongType("a number", value);
    case "FLOAT":
      return typeof value === "number" ? checkFloat(value) : wrongType("a number", value);
    case "RECOMMENDATION":
      return checkRecommendation(value);
  }
}

const SAFE_INTEGER = `a whole number from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}`;

/** Rounding is no fault, for few decimal fractions are exact in single precision; only what becomes infinite is. */
function checkFloat(value: number): CheckedValue {
  const rounded = Math.fround(value);
  return Number.isFinite(rounded)
    ? { value: rounded }
    : { message: `must fit single precision (at most about 3.4e38), and ${value} does not` };
}

function checkRecommendation(value: Json): CheckedValue {
  const message = recommendationFault(value);
  return message === null ? { value } : { message };
}

function wrongType(wanted: string, value: Json): CheckedValue {
  return { message: `must be ${wanted}, and not ${inWords(value)}` };
}

function inWords(value: Json): string {
  if (value === null) return "null";
  if (typeof value === "number") return `the number ${value}`;
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Members may have names of any length. */
const PLACE_LENGTH_MAX = 200;

function withPlace(pointer: readonly string[], message: string): string {
  return pointer.length === 0 ? message : `${message} (at ${pointer.join("/").slice(0, PLACE_LENGTH_MAX)})`;
}
