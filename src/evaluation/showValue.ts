import { isJsonObject, type Json } from "../lib/json";

const SHOWN_LENGTH_MAX = 80;
const SHOWN_ITEMS_MAX = 5;
const SENTENCE_LENGTH_MAX = 1_000;

/** A value as JSON, cut to a length that fits into a sentence. */
export function showValue(value: Json): string {
  if (typeof value === "string" && value.length > SHOWN_LENGTH_MAX) {
    return `${JSON.stringify(value.slice(0, SHOWN_LENGTH_MAX))}…`;
  }
  if (typeof value === "object" && value !== null) return cut(showNested(value, 0));
  return JSON.stringify(value);
}

/** Values as a list in a sentence, with the number of those left out. */
export function showList(values: readonly Json[]): string {
  const shown = values.slice(0, SHOWN_ITEMS_MAX).map(showValue).join(", ");
  const others = values.length - SHOWN_ITEMS_MAX;
  return others > 0 ? `${shown} and ${others} more` : shown;
}

const SHOWN_DEPTH_MAX = 8;

// By hand, for what users send may nest deeper than JSON.stringify can go.
function showNested(value: Json, depth: number): string {
  if (typeof value !== "object" || value === null) return showValue(value);
  if (depth === SHOWN_DEPTH_MAX) return "…";
  if (Array.isArray(value)) {
    const items = value.slice(0, SHOWN_LENGTH_MAX).map((item: Json) => showNested(item, depth + 1));
    return `[${items.join(",")}]`;
  }
  const members = Object.entries(value).slice(0, SHOWN_LENGTH_MAX);
  return `{${members.map(([name, member]) => `${showValue(name)}:${showNested(member, depth + 1)}`).join(",")}}`;
}

const cut = (text: string): string =>
  text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;

/** How long a list of user ids is, which may stand as a reference. */
export function listLength(operand: Json): string {
  const count = isJsonObject(operand) ? operand["count"] : Array.isArray(operand) ? operand.length : 0;
  return count === 1 ? "1 id" : `${String(count)} ids`;
}

/** A whole sentence, cut to what people read. */
export function shorten(sentence: string): string {
  return sentence.length > SENTENCE_LENGTH_MAX ? `${sentence.slice(0, SENTENCE_LENGTH_MAX)}…` : sentence;
}
