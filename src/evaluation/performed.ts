import { isJsonObject, ownProperty, type Json, type JsonObject } from "../lib/json";
import { invariant } from "../lib/invariant";
import { exactInstantOf } from "./instant";
import { TIME_SPAN_UNITS } from "./timeSpan";

/** Something that a user did, as conditions look at it. */
export type PerformedEvent = Readonly<{ atMs: number; properties: JsonObject }>;

/** What a user did, by the events' names; each list by time, what came at the same time by id. */
export type Performances = ReadonlyMap<string, readonly PerformedEvent[]>;

export const NOTHING_PERFORMED: Performances = new Map();

/** As JavaScript numbers them. */
export const DAYS_OF_WEEK = [
  "SUNDAY",
  "MONDAY",
  "TUESDAY",
  "WEDNESDAY",
  "THURSDAY",
  "FRIDAY",
  "SATURDAY",
] as const;
export type DayOfWeek = (typeof DAYS_OF_WEEK)[number];

/** Members of `$performed` that compare one number, which a property's values make among the events that count. */
export const MEASURES = ["sum", "average", "minimum", "maximum", "distinct"] as const;
export type Measure = (typeof MEASURES)[number];

/** Members that ask when the first and the last of the events that count was. */
export const ENDS = ["first", "last"] as const;
export type End = (typeof ENDS)[number];

/** Members that ask what came after each event. */
export const SEQUELS = ["followedBy", "notFollowedBy"] as const;
export type Sequel = (typeof SEQUELS)[number];

/** Which instants count: from `fromMs` to before `untilMs`, and from `lastMs` ago on, that instant too. Null: any. */
export type Window = Readonly<{ fromMs: number | null; untilMs: number | null; lastMs: number | null }>;

/** The operand of a stored `$performed` or `$notPerformed`, with each member read. */
export type Performed = Readonly<{
  event: string;
  where: JsonObject | null;
  window: Window;
  /** On which days of the week, and from which minute of the day to before which, over midnight if that is earlier. Null: any. */
  daysOfWeek: readonly DayOfWeek[] | null;
  timeOfDay: Readonly<{ from: number; until: number }> | null;
  /** How many there must be; null: any number but none. */
  count: Json;
  /** Whether a count that none would satisfy is satisfied by none. */
  orNever: boolean;
  measures: readonly Readonly<{ measure: Measure; property: string; is: JsonObject }>[];
  ends: readonly Readonly<{ end: End; is: Window }>[];
  sequels: readonly Readonly<{ sequel: Sequel; event: string; where: JsonObject | null; withinMs: number }>[];
}>;

/** Reads a stored operand. */
export function performedOf(operand: Json): Performed {
  const content = objectIn(operand);
  const member = (name: string): Json => ownProperty(content, name) ?? null;
  return {
    event: textIn(content, "event"),
    where: whereIn(content),
    window: windowOf(content),
    daysOfWeek: daysIn(member("daysOfWeek")),
    timeOfDay: timeOfDayIn(member("timeOfDay")),
    count: member("count"),
    orNever: member("orNever") === true,
    measures: MEASURES.flatMap((measure) => {
      const given = member(measure);
      if (given === null) return [];
      const { property, ...is } = objectIn(given);
      return [{ measure, property: String(property), is }];
    }),
    ends: ENDS.flatMap((end) => {
      const given = member(end);
      return given === null ? [] : [{ end, is: windowOf(objectIn(given)) }];
    }),
    sequels: SEQUELS.flatMap((sequel) => {
      const given = member(sequel);
      if (given === null) return [];
      const content = objectIn(given);
      const withinMs = spanIn(content);
      invariant(withinMs !== null, `a stored ${sequel} says not within what`);
      return [{ sequel, event: textIn(content, "event"), where: whereIn(content), withinMs }];
    }),
  };
}

/** Names of the events that it asks for. */
export function eventsOf({ event, sequels }: Performed): readonly string[] {
  return [event, ...sequels.map((sequel) => sequel.event)];
}

function windowOf(content: JsonObject): Window {
  const instant = (name: string): number | null => {
    const value = ownProperty(content, name);
    return value === undefined ? null : exactInstantOf(value);
  };
  return { fromMs: instant("from"), untilMs: instant("until"), lastMs: spanIn(content) };
}

/** `withinDays` and its like, of which there is one at the most. */
export const SPAN_MEMBERS = TIME_SPAN_UNITS.map(({ name, ms, most }) => ({
  ...{ ms, most, unit: name },
  name: `within${name.charAt(0).toUpperCase()}${name.slice(1)}`,
}));

function spanIn(content: JsonObject): number | null {
  for (const { name, ms } of SPAN_MEMBERS) {
    const count = ownProperty(content, name);
    if (typeof count === "number") return count * ms;
  }
  return null;
}

function daysIn(given: Json): readonly DayOfWeek[] | null {
  return Array.isArray(given) ? DAYS_OF_WEEK.filter((day) => given.includes(day)) : null;
}

function timeOfDayIn(given: Json): Performed["timeOfDay"] {
  if (given === null) return null;
  const [from, until] = ["from", "until"].map((name) => minuteOfDay(objectIn(given)[name] ?? null));
  invariant(from !== undefined && until !== undefined, "a stored timeOfDay has two ends");
  invariant(from !== null && until !== null, "a stored timeOfDay has no time");
  return { from, until };
}

/** The minute that "HH:MM" is, up to "24:00"; null if it is none. */
export function minuteOfDay(time: Json): number | null {
  if (typeof time !== "string" || !/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(time)) return null;
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

const textIn = (content: JsonObject, name: string): string => String(ownProperty(content, name));

function whereIn(content: JsonObject): JsonObject | null {
  const where = ownProperty(content, "where");
  return where === undefined ? null : objectIn(where);
}

function objectIn(value: Json): JsonObject {
  invariant(isJsonObject(value), "a stored $performed has a member that is no object where one is due");
  return value;
}
