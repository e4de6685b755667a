import type { Json } from "../lib/json";

export { pointerTo } from "../lib/pointer";

/** `pointer` is a JSON pointer into the condition: `/$and/0/age/$gt`. */
export type ConditionFault = Readonly<{ pointer: string; message: string }>;

/** What a message calls the kind of a JSON value. */
export function kindOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
