import type { Outcome } from "./outcome.policy";
import { saveReach, type ReachRow } from "./reach.queries";
import { addSketch, newSketch, type Sketch } from "./sketch";
import type { Database } from "../postgres/database";
import { dayAt } from "../lib/timeZone";

/** Sketches that are kept until they are written, 2 KiB each. Of more is nothing known, which is reported. */
export const SKETCHES_MAX = 10_000;

/** Who was reached, since it was last written. Losing some of it, or writing it twice, is no more than not having seen somebody. */
export interface Reach {
  /** Where to add the users who get an outcome in the hour that begins then. */
  sketchOf(outcome: Outcome, hourMs: number): Sketch;
  /** All sketches that were handed out, which are forgotten here. */
  take(): readonly Reached[];
  /** @throws if the database is away; then they are here again. */
  save(reached: readonly Reached[]): Promise<void>;
}

type Reached = Readonly<{ place: Place; hourMs: number; sketch: Sketch }>;
type Place = Pick<Outcome, "app" | "environment" | "key" | "version"> & Readonly<{ source: string }>;

export type ReachOptions = Readonly<{
  database: Pick<Database, "transaction">;
  timeZoneOf: (app: string) => Promise<string>;
  /** Told of what is lost. */
  report: (error: unknown) => void;
  sketchesMax?: number;
}>;

export function createReach({
  database,
  timeZoneOf,
  report,
  sketchesMax = SKETCHES_MAX,
}: ReachOptions): Reach {
  let kept = new Map<string, Reached>();
  /** Where those go whom nobody asks for. */
  const scrap = newSketch();
  let isFull = false;

  /** The sketch of a place in an hour: the one that is kept, or else a new one. */
  function sketchAt(place: Place, hourMs: number): Sketch {
    const name = JSON.stringify([place.source, place.environment, place.key, place.version, hourMs]);
    const known = kept.get(name);
    if (known) return known.sketch;
    if (kept.size >= sketchesMax) {
      if (!isFull) report(new Error(`Who is reached by more than ${sketchesMax} versions is not known.`));
      isFull = true;
      return scrap;
    }
    const sketch = newSketch();
    kept.set(name, { place, hourMs, sketch });
    return sketch;
  }

  return {
    sketchOf({ app, environment, key, version, source }, hourMs) {
      // Nobody can ask for what is published in nothing.
      if (source === null) return scrap;
      return sketchAt({ app, environment, key, version, source }, hourMs);
    },
    take() {
      const taken = [...kept.values()];
      kept = new Map();
      isFull = false;
      return taken;
    },
    async save(reached) {
      try {
        await saveReach(database, await rowsOf(reached, timeZoneOf));
      } catch (error) {
        for (const { place, hourMs, sketch } of reached) addSketch(sketchAt(place, hourMs), sketch);
        throw error;
      }
    },
  };
}

/** By the days of each app's time zone. */
async function rowsOf(
  reached: readonly Reached[],
  timeZoneOf: ReachOptions["timeZoneOf"],
): Promise<readonly ReachRow[]> {
  const apps = [...new Set(reached.map(({ place }) => place.app))];
  const zones = new Map(await Promise.all(apps.map(async (app) => [app, await timeZoneOf(app)] as const)));
  const days = new Map<string, string>();
  const rows = new Map<string, ReachRow>();
  for (const { place, hourMs, sketch } of reached) {
    const zone = zones.get(place.app) ?? "UTC";
    const day = days.get(`${zone} ${hourMs}`) ?? dayAt(hourMs, zone);
    days.set(`${zone} ${hourMs}`, day);
    const { source, environment, key, version } = place;
    const name = JSON.stringify([source, environment, day, key, version]);
    const known = rows.get(name);
    if (known) addSketch(known.sketch, sketch);
    // A copy, since what is given back has to stay what it was.
    else rows.set(name, { source, environment, day, key, version: version ?? 0, sketch: sketch.slice() });
  }
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
