import { canonicalJson } from "../lib/canonicalJson";
import type { Json, JsonObject } from "../lib/json";
import { shownIn } from "../lib/timeZone";
import { invariant } from "../lib/invariant";
import { hasCome, isAtMostAgo, isOver, type Clock } from "./clock";
import { conditionTest, elementScope } from "./conditionTest";
import {
  DAYS_OF_WEEK,
  performedOf,
  type Measure,
  type Performances,
  type Performed,
  type PerformedEvent,
  type Window,
} from "./performed";
import { follow, pathOf } from "./property";
import { wholeTest } from "./valueTest";

/** What the test of a `$performed` needs from around it. */
export type PerformedContext = Readonly<{
  clock: Clock;
  /** Whose clocks tell the time of day. */
  timeZone: string;
  performances: () => Performances;
  /** Of a condition over an event's properties. */
  eventTest: (where: JsonObject) => (properties: Json) => boolean;
  /** Of what a number must pass: a number to equal, or operators. */
  numberTest: (is: Json) => (value: Json) => boolean;
}>;

/** For what was performed, as a clock has it. */
export function performedContextOf(
  clock: Clock,
  timeZone: string,
  performances: () => Performances,
): PerformedContext {
  const events = elementScope({ clock });
  return {
    clock,
    timeZone,
    performances,
    eventTest: (where) => conditionTest(where, events),
    numberTest: (is) => wholeTest(is, { clock, elementTest: () => () => false }),
  };
}

type EventTest = (event: PerformedEvent, performances: Performances) => boolean;

/** Prepares a stored operand: whether the user did that. */
export function performedTest(operand: Json, context: PerformedContext): () => boolean {
  const performed = performedOf(operand);
  const counted = countedTest(performed, context);
  const isEnough = amountTest(performed, context);
  return () => {
    const performances = context.performances();
    const events = performances.get(performed.event) ?? [];
    return isEnough(events.filter((event) => counted(event, performances)));
  };
}

/** How many events count; for words. */
export function countPerformed(operand: Json, context: PerformedContext): number {
  const performed = performedOf(operand);
  const counted = countedTest(performed, context);
  const performances = context.performances();
  const events = performances.get(performed.event) ?? [];
  return events.filter((event) => counted(event, performances)).length;
}

/** Which events count. What is yet to come, as a sender's clock may have it, does not. */
function countedTest(performed: Performed, context: PerformedContext): EventTest {
  const { window, where, sequels } = performed;
  const isWanted = where === null ? null : context.eventTest(where);
  const isAtTime = timeTest(performed, context.timeZone);
  const tests = sequels.map((each) => sequelTest(each, context));
  return (event, performances) =>
    hasCome(event.atMs, context.clock) &&
    isWithin(event.atMs, window, context.clock) &&
    (isAtTime === null || isAtTime(event.atMs)) &&
    (isWanted === null || isWanted(event.properties)) &&
    tests.every((test) => test(event, performances));
}

/** Whether it happened at such a time by the clocks and calendars there; null: it may be any. */
function timeTest(
  { daysOfWeek, timeOfDay }: Performed,
  timeZone: string,
): ((atMs: number) => boolean) | null {
  if (daysOfWeek === null && timeOfDay === null) return null;
  const shown = shownIn(timeZone);
  const days = daysOfWeek && new Set(daysOfWeek.map((day) => DAYS_OF_WEEK.indexOf(day)));
  return (atMs) => {
    const date = new Date(shown(atMs));
    const minute = date.getUTCHours() * 60 + date.getUTCMinutes();
    return (
      (days === null || days.has(date.getUTCDay())) && (timeOfDay === null || isBetween(minute, timeOfDay))
    );
  };
}

function isBetween(minute: number, { from, until }: Readonly<{ from: number; until: number }>): boolean {
  if (from < until) return minute >= from && minute < until;
  return minute >= from || minute < until;
}

function isWithin(atMs: number, { fromMs, untilMs, lastMs }: Window, clock: Clock): boolean {
  return (
    (fromMs === null || atMs >= fromMs) &&
    (untilMs === null || atMs < untilMs) &&
    (lastMs === null || isAtMostAgo(atMs, lastMs, clock))
  );
}

/** What did not come is known once the time for it is over. */
function sequelTest(
  { sequel, event: name, where, withinMs }: Performed["sequels"][number],
  context: PerformedContext,
): EventTest {
  const isWanted = where === null ? null : context.eventTest(where);
  const { clock } = context;
  return ({ atMs }, performances) => {
    const isFollowed = (performances.get(name) ?? []).some(
      (later) =>
        later.atMs > atMs &&
        later.atMs <= atMs + withinMs &&
        hasCome(later.atMs, clock) &&
        (isWanted === null || isWanted(later.properties)),
    );
    return sequel === "followedBy" ? isFollowed : !isFollowed && isOver(atMs + withinMs, clock);
  };
}

/** Whether those that count are as many, and come to as much, as is asked for. */
function amountTest(
  { count, orNever, measures, ends }: Performed,
  { clock, numberTest }: PerformedContext,
): (events: readonly PerformedEvent[]) => boolean {
  const isCount = count === null ? null : numberTest(count);
  const tests = measures.map(({ measure, property, is }) => {
    const path = pathOf(property);
    const isRight = numberTest(is);
    return (events: readonly PerformedEvent[]): boolean => {
      const value = measured(
        measure,
        events.map(({ properties }) => follow(properties, path, 0)),
      );
      return value !== null && isRight(value);
    };
  });
  return (events) => {
    if (events.length === 0) return orNever && isCount !== null && isCount(0);
    return (
      (isCount === null || isCount(events.length)) &&
      tests.every((test) => test(events)) &&
      ends.every(({ end, is }) => {
        const event = end === "first" ? events[0] : events.at(-1);
        invariant(event, "there is a first where there is one");
        return isWithin(event.atMs, is, clock);
      })
    );
  };
}

/** What the values make; null if there is none to measure. An event without the property does not count for it. */
function measured(measure: Measure, values: readonly Json[]): number | null {
  if (measure === "distinct") {
    const different = new Set(values.filter((value) => value !== null).map(canonicalJson)).size;
    return different === 0 ? null : different;
  }
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length === 0) return null;
  switch (measure) {
    case "sum":
      return sumOf(numbers);
    case "average":
      return sumOf(numbers) / numbers.length;
    case "minimum":
      return numbers.reduce((least, each) => (each < least ? each : least));
    case "maximum":
      return numbers.reduce((most, each) => (each > most ? each : most));
  }
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);
