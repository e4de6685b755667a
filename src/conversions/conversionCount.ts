import { clockAt } from "../evaluation/clock";
import { conditionTest, elementScope } from "../evaluation/conditionTest";
import type { User } from "../evaluation/model";
import type { TrackedEvent } from "../goals/goal.events";
import type { JsonObject } from "../lib/json";

/** Of one day, or of all. */
export type Count = Readonly<{ conversions: number; users: number }>;

/** What users did of what a goal tracks. */
export type ConversionCount = Readonly<{
  add: (user: User) => void;
  /** By day, in their order. */
  days: () => readonly Count[];
  all: () => Count;
  /** The sum of the squares of how often each user converted, by which it is known how far a sample may be off. */
  squares: () => number;
}>;

/**
 * Counts the events that fit one of those that are tracked, each once, and who performed them. `starts` are when the days begin,
 * and at the end when the next one would.
 */
export function countConversions(
  tracked: readonly TrackedEvent[],
  starts: readonly number[],
  nowMs: number,
): ConversionCount {
  const isTracked = trackedTest(tracked, nowMs);
  const names = [...new Set(tracked.map(({ name }) => name))];
  const days = starts.slice(0, -1).map(() => ({ conversions: 0, users: 0 }));
  const all = { conversions: 0, users: 0 };
  let squares = 0;
  return {
    add({ performances }) {
      const daysOfUser = new Set<number>();
      let ofUser = 0;
      for (const name of names) {
        for (const { atMs, properties } of performances?.get(name) ?? []) {
          const day = days[dayOf(atMs, starts)];
          if (day === undefined || !isTracked(name, properties)) continue;
          day.conversions += 1;
          ofUser += 1;
          daysOfUser.add(dayOf(atMs, starts));
        }
      }
      for (const index of daysOfUser) (days[index] as { users: number }).users += 1;
      all.conversions += ofUser;
      all.users += ofUser > 0 ? 1 : 0;
      squares += ofUser ** 2;
    },
    days: () => days.map((day) => ({ ...day })),
    all: () => ({ ...all }),
    squares: () => squares,
  };
}

/** Whether an event fits any that is tracked. */
function trackedTest(
  tracked: readonly TrackedEvent[],
  nowMs: number,
): (name: string, properties: JsonObject) => boolean {
  const scope = elementScope({ clock: clockAt(() => nowMs) });
  const testsOf = new Map<string, ((properties: JsonObject) => boolean)[]>();
  for (const { name, where } of tracked) {
    const tests = testsOf.get(name) ?? [];
    tests.push(where === null ? () => true : conditionTest(where, scope));
    testsOf.set(name, tests);
  }
  return (name, properties) => testsOf.get(name)?.some((isMeant) => isMeant(properties)) === true;
}

/** The place of the last start up to an instant; -1 before all, and that of the end behind them. */
function dayOf(atMs: number, starts: readonly number[]): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
