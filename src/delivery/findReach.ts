import type { Span } from "./buckets.policy";
import { eachReached } from "./reach.queries";
import { addSketch, newSketch, usersIn, type Sketch } from "./sketch";
import { VERSIONS_TOLD_MAX } from "./statistics.queries";
import { dayAt, daysBetween } from "../lib/timeZone";
import type { Queryable } from "../postgres/database";

/** Of one answer. */
export const REACH_DAYS_MAX = 400;

/** About how many different users there were: on all days, on each, by key and by version. */
export type Reached = Readonly<{
  users: number;
  days: readonly Readonly<{ at: string; users: number }>[];
  byKey: readonly Readonly<{ key: string; users: number }>[];
  byVersion: readonly Readonly<{ version: number; users: number }>[];
}>;

export type ReachAsked = Span & Readonly<{ source: string; environment: string; timeZone: string }>;

/** Who was reached on the days that a span touches. */
export async function findReach(
  database: Queryable,
  { source, environment, from, to, timeZone }: ReachAsked,
): Promise<Reached> {
  const starts = daysBetween(Date.parse(from), Date.parse(to), timeZone).slice(0, -1);
  const days = starts.map((startMs) => dayAt(startMs, timeZone));
  const all = newSketch();
  const [byDay, byKey, byVersion] = [sketches<string>(), sketches<string>(), sketches<number>()];
  const request = { source, environment, from: days[0] ?? "", to: days.at(-1) ?? "" };
  await eachReached(database, request, ({ day, key, version, sketch }) => {
    for (const part of [all, byDay.of(day), byKey.of(key), byVersion.of(version)]) addSketch(part, sketch);
  });
  const versions = byVersion.all().filter(([version]) => version > 0);
  return {
    users: usersIn(all),
    days: days.map((day, index) => ({
      at: new Date(starts[index] ?? 0).toISOString(),
      users: usersIn(byDay.of(day)),
    })),
    byKey: byKey
      .all()
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, sketch]) => ({ key, users: usersIn(sketch) })),
    byVersion: versions
      .sort(([a], [b]) => b - a)
      .slice(0, VERSIONS_TOLD_MAX)
      .map(([version, sketch]) => ({ version, users: usersIn(sketch) })),
  };
}

/** A sketch of each part, made when it is asked for. */
function sketches<Name>() {
  const made = new Map<Name, Sketch>();
  return {
    of(name: Name): Sketch {
      const sketch = made.get(name) ?? newSketch();
      made.set(name, sketch);
      return sketch;
    },
    all: (): [Name, Sketch][] => [...made],
  };
}
