import type { RulesetSource, User } from "../../src/evaluation/model";
import type { Json, JsonObject } from "../../src/lib/json";

/** Whether an event's properties pass a condition; the oracle's own. */
type Holds = (condition: Json, properties: Json) => boolean;
type Happened = Readonly<{ atMs: number; properties: JsonObject }>;

const MINUTE_MS = 60_000;

/** `$performed`, written from docs/conditions.md: over the raw events, without preparation. */
export function performed(
  operand: JsonObject,
  { user, now, source }: Readonly<{ user: User; now: number; source: Pick<RulesetSource, "timeZone"> }>,
  holds: Holds,
): boolean {
  const all = (name: Json): Happened[] =>
    [...(user.performances?.get(String(name)) ?? [])].filter((e) => e.atMs <= now);
  const counting: Happened[] = [];
  for (const event of all(operand["event"] ?? null)) {
    if (!inWindow(event.atMs, operand, now)) continue;
    if (!atTime(event.atMs, operand, source.timeZone ?? "UTC")) continue;
    if (operand["where"] !== undefined && !holds(operand["where"], event.properties)) continue;
    const after = operand["followedBy"] as JsonObject | undefined;
    if (after && !comesAfter(event, after, all, holds)) continue;
    const notAfter = operand["notFollowedBy"] as JsonObject | undefined;
    if (notAfter && (comesAfter(event, notAfter, all, holds) || event.atMs + spanMs(notAfter) >= now))
      continue;
    counting.push(event);
  }
  const count = operand["count"];
  if (counting.length === 0) return operand["orNever"] === true && count !== undefined && compares(0, count);
  if (count !== undefined && !compares(counting.length, count)) return false;
  for (const measure of ["sum", "average", "minimum", "maximum", "distinct"]) {
    const asked = operand[measure] as JsonObject | undefined;
    if (asked && !measures(measure, asked, counting)) return false;
  }
  const times = counting.map(({ atMs }) => atMs);
  const first = operand["first"] as JsonObject | undefined;
  if (first && !inWindow(Math.min(...times), first, now)) return false;
  const last = operand["last"] as JsonObject | undefined;
  return !last || inWindow(Math.max(...times), last, now);
}

function spanMs(content: JsonObject): number {
  const { withinDays = 0, withinHours = 0, withinMinutes = 0 } = content as Record<string, number>;
  return ((withinDays * 24 + withinHours) * 60 + withinMinutes) * MINUTE_MS;
}

function inWindow(atMs: number, content: JsonObject, now: number): boolean {
  const toMs = (value: Json): number => (typeof value === "number" ? value : Date.parse(String(value)));
  if (content["from"] !== undefined && atMs < toMs(content["from"])) return false;
  if (content["until"] !== undefined && atMs >= toMs(content["until"])) return false;
  return spanMs(content) === 0 || now - atMs <= spanMs(content);
}

/** By the day and the time as a calendar and a clock there show them. */
function atTime(atMs: number, { daysOfWeek, timeOfDay }: JsonObject, timeZone: string): boolean {
  const shown = (options: Intl.DateTimeFormatOptions): string =>
    new Date(atMs).toLocaleString("en-GB", { timeZone, ...options });
  if (daysOfWeek !== undefined) {
    const day = shown({ weekday: "long" }).toUpperCase();
    if (!(daysOfWeek as readonly string[]).includes(day)) return false;
  }
  if (timeOfDay === undefined) return true;
  const { from = "", until = "" } = timeOfDay as Record<string, string>;
  const time = shown({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return from < until ? from <= time && time < until : from <= time || time < until;
}

function comesAfter(
  first: Happened,
  sequel: JsonObject,
  all: (name: Json) => Happened[],
  holds: Holds,
): boolean {
  return all(sequel["event"] ?? null).some(
    ({ atMs, properties }) =>
      atMs > first.atMs &&
      atMs - first.atMs <= spanMs(sequel) &&
      (sequel["where"] === undefined || holds(sequel["where"], properties)),
  );
}

function measures(measure: string, { property, ...is }: JsonObject, events: readonly Happened[]): boolean {
  const values = events
    .map(({ properties }) => valueAt(properties, String(property)))
    .filter((value) => value !== null);
  if (measure === "distinct") {
    const kinds = new Set(values.map((value) => JSON.stringify(ordered(value))));
    return kinds.size > 0 && compares(kinds.size, is);
  }
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length === 0) return false;
  let sum = 0;
  for (const number of numbers) sum += number;
  const made: Record<string, number> = {
    sum,
    average: sum / numbers.length,
    minimum: Math.min(...numbers),
    maximum: Math.max(...numbers),
  };
  return compares(made[measure] ?? NaN, is);
}

function valueAt(properties: Json, path: string): Json {
  return path.split(".").reduce<Json>((at, name) => {
    if (at === null || typeof at !== "object") return null;
    return (Object.getOwnPropertyDescriptor(at, name)?.value as Json | undefined) ?? null;
  }, properties);
}

/** With the names of objects in order. */
function ordered(value: Json): Json {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(ordered);
  const names = Object.keys(value).sort();
  return names.map((name) => [name, ordered((value as JsonObject)[name] ?? null)]);
}

function compares(value: number, is: Json): boolean {
  if (typeof is === "number") return value === is;
  return Object.entries(is as Record<string, number>).every(([name, bound]) => {
    switch (name) {
      case "$eq":
        return value === bound;
      case "$ne":
        return value !== bound;
      case "$lt":
        return value < bound;
      case "$lte":
        return value <= bound;
      case "$gt":
        return value > bound;
      case "$gte":
        return value >= bound;
      default:
        throw new Error(`no comparison ${name}`);
    }
  });
}
