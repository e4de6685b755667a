import { checkEventConditions } from "./checkCondition";
import { EVENT_NAME_LENGTH_MAX, WITHIN_LAST_DAYS_MAX } from "./conditionLimits";
import { hasCome, isAtMostAgo, type Clock } from "./clock";
import { conditionTest, elementScope } from "./conditionTest";
import type { Performances } from "./performed";
import { follow, pathOf } from "./property";
import { propertyPathFault } from "./propertyPath";
import { showValue } from "./showValue";
import { canonicalJson } from "../lib/canonicalJson";
import { isJsonObject, ownProperty, type Json, type JsonObject } from "../lib/json";

/** Of the values that a recommendation gives, and of its fallback. */
export const RECOMMENDED_MAX = 100;

/** The value of a key of type RECOMMENDATION: the most frequent values of a property of an event. */
export type RecommendationSpec = Readonly<{
  event: string;
  property: string;
  /** How many at the most. */
  top: number;
  withinDays: number;
  where?: JsonObject;
  /** What is given where there is none. */
  fallback: readonly Json[];
}>;

const MEMBERS = ["event", "property", "top", "withinDays", "where", "fallback"];
const EXAMPLE = `{ "event": "Viewed", "property": "category", "top": 3, "withinDays": 30, "fallback": ["shoes"] }`;

/** What is wrong with a value that should be a specification, in words that follow "The value"; null if nothing is. */
export function recommendationFault(value: Json): string | null {
  if (!isJsonObject(value)) return `must be an object, as ${EXAMPLE}`;
  const unknown = Object.keys(value).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) return `has no member "${unknown.slice(0, 100)}"; it has ${MEMBERS.join(", ")}`;
  return (
    eventFault(ownProperty(value, "event")) ??
    propertyFault(ownProperty(value, "property")) ??
    numberFault("top", ownProperty(value, "top"), RECOMMENDED_MAX) ??
    numberFault("withinDays", ownProperty(value, "withinDays"), WITHIN_LAST_DAYS_MAX) ??
    whereFault(ownProperty(value, "where")) ??
    fallbackFault(ownProperty(value, "fallback"))
  );
}

function eventFault(event: Json | undefined): string | null {
  const isName = typeof event === "string" && event.length >= 1 && event.length <= EVENT_NAME_LENGTH_MAX;
  return isName ? null : `must name an event of 1 to ${EVENT_NAME_LENGTH_MAX} characters, as ${EXAMPLE}`;
}

function propertyFault(property: Json | undefined): string | null {
  const isPath = typeof property === "string" && property !== "" && propertyPathFault(property) === null;
  return isPath ? null : `must name a property of the event, as ${EXAMPLE}`;
}

function numberFault(name: string, count: Json | undefined, most: number): string | null {
  const isCount = Number.isSafeInteger(count) && Number(count) >= 1 && Number(count) <= most;
  return isCount ? null : `must have "${name}", a whole number from 1 to ${most}`;
}

function whereFault(where: Json | undefined): string | null {
  if (where === undefined) return null;
  const [fault] = checkEventConditions([where]);
  return fault ? `has a "where" that is no condition: ${fault.message}` : null;
}

function fallbackFault(fallback: Json | undefined): string | null {
  const isList = Array.isArray(fallback) && fallback.length <= RECOMMENDED_MAX && fallback.every(isScalar);
  return isList
    ? null
    : `must have a "fallback" for users who did nothing of it: a list of at most ${RECOMMENDED_MAX} texts, numbers or booleans`;
}

const isScalar = (value: Json): boolean => ["string", "number", "boolean"].includes(typeof value);

/** A value with how often it was there, and when last. */
export type Counted = Readonly<{ value: Json; count: number; lastMs: number }>;

/** The values of the property, the most frequent first; of as frequent ones the most recent, and then by their JSON text. */
export function countedValues(
  spec: RecommendationSpec,
  performances: Performances,
  clock: Clock,
): readonly Counted[] {
  const { event, property, withinDays, where } = spec;
  const path = pathOf(property);
  const isWanted = where === undefined ? null : conditionTest(where, elementScope({ clock }));
  const counted = new Map<string, Counted>();
  for (const { atMs, properties } of performances.get(event) ?? []) {
    if (!hasCome(atMs, clock) || !isAtMostAgo(atMs, withinDays * DAY_MS, clock)) continue;
    const value = follow(properties, path, 0);
    if (!isScalar(value) || (isWanted !== null && !isWanted(properties))) continue;
    const name = canonicalJson(value);
    const count = (counted.get(name)?.count ?? 0) + 1;
    counted.set(name, { value, count, lastMs: Math.max(atMs, counted.get(name)?.lastMs ?? 0) });
  }
  return [...counted]
    .sort(([a, one], [b, other]) => other.count - one.count || other.lastMs - one.lastMs || (a < b ? -1 : 1))
    .map(([, each]) => each);
}

/** What a user is recommended. */
export function recommended(
  spec: RecommendationSpec,
  performances: Performances,
  clock: Clock,
): readonly Json[] {
  const counted = countedValues(spec, performances, clock);
  if (counted.length === 0) return spec.fallback;
  return counted.slice(0, spec.top).map(({ value }) => value);
}

/** How often each value was there, in words; those that are recommended and a few more. */
export function recommendationWords(
  { property, event, withinDays, top }: RecommendationSpec,
  counted: readonly Counted[],
): string {
  const where = `${property} of "${event}" in the last ${withinDays} ${withinDays === 1 ? "day" : "days"}`;
  if (counted.length === 0) return `${where} has no value, so the fallback is given`;
  const shown = counted.slice(0, Math.min(top, SHOWN_MAX) + 1);
  const counts = shown.map(
    ({ value, count }) => `${showValue(value)} ${count} ${count === 1 ? "time" : "times"}`,
  );
  const more = counted.length > shown.length ? `, and ${counted.length - shown.length} more values` : "";
  return `${where}: ${counts.join(", ")}${more}`;
}

const SHOWN_MAX = 10;

/** A stored value of a key of type RECOMMENDATION. */
export const specOf = (value: Json): RecommendationSpec => value as unknown as RecommendationSpec;

const DAY_MS = 86_400_000;
