import type { Json } from "../lib/json";

/** `pointer` is a JSON pointer into the condition: `/$and/0/age/$gt`. */
export type ConditionFault = Readonly<{ pointer: string; message: string }>;

/** The pointer to a member of what `pointer` points to (RFC 6901). */
export function pointerTo(pointer: string, member: string | number): string {
  return `${pointer}/${String(member).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** What a message calls the kind of a JSON value. */
export function kindOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
