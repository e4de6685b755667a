import { isJsonObject, type Json } from "./json";
import { textFault, utf8Length } from "./text";

export type JsonBounds = Readonly<{
  /** Of lists and objects inside each other: a scalar is 0 deep, `[]` is 1. */
  depthMax: number;
  /** Of the JSON text in UTF-8. */
  bytesMax: number;
}>;

/** What is wrong at which place of a value; `pointer` names the members that lead there. */
export type JsonFault = Readonly<{ pointer: readonly string[]; message: string }>;

/**
 * The first thing that forbids to store a JSON value: too deep, too large, a number that JSON cannot write, text that
 * is no Unicode, a member named `__proto__`. The message has no subject. Never recurses deeper than `depthMax`.
 */
export function jsonBoundsFault(value: Json, { depthMax, bytesMax }: JsonBounds): JsonFault | null {
  const fault = faultAt(value, depthMax);
  if (fault) return fault;
  const bytes = utf8Length(JSON.stringify(value));
  return bytes > bytesMax
    ? { pointer: [], message: `must have at most ${bytesMax} bytes as JSON; this has ${bytes}` }
    : null;
}

function faultAt(value: Json, depthLeft: number): JsonFault | null {
  const fault = scalarFault(value);
  if (fault !== null) return { pointer: [], message: fault };
  if (typeof value !== "object" || value === null) return null;
  if (depthLeft === 0) return { pointer: [], message: "nests lists and objects too deep; make it flatter" };
  const isObject = isJsonObject(value);
  for (const [name, member] of Object.entries(value) as [string, Json][]) {
    const badName = isObject ? nameFault(name) : null;
    if (badName) return badName;
    const found = faultAt(member, depthLeft - 1);
    // The pointer grows on the way back, since most values have no fault.
    if (found) return { pointer: [name, ...found.pointer], message: found.message };
  }
  return null;
}

function scalarFault(value: Json): string | null {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? null : "must not hold a number that is not finite";
    case "string":
      return textFault(value);
    case "boolean":
    case "object":
      return null;
    default:
      return "must be JSON";
  }
}

function nameFault(name: string): JsonFault | null {
  if (name === "__proto__")
    return { pointer: [], message: 'must not have a member named "__proto__"; rename it' };
  const fault = textFault(name);
  return fault === null ? null : { pointer: [], message: `has a member whose name ${fault}` };
}
