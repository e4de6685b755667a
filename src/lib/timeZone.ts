/** Longer than any name there is. */
export const TIME_ZONE_LENGTH_MAX = 64;

/** Without offsets, as "+01:00", which know no days of other lengths. */
const NAME = /^[A-Za-z][A-Za-z0-9_+/-]*$/;

/** What is wrong with the name of a time zone, in words; null if nothing is. */
export function timeZoneFault(name: string): string | null {
  if (name.length > TIME_ZONE_LENGTH_MAX) {
    return `The name of a time zone has at most ${TIME_ZONE_LENGTH_MAX} characters; this one has ${name.length}.`;
  }
  if (NAME.test(name) && isKnown(name)) return null;
  return `There is no time zone ${JSON.stringify(name)}; name one of the IANA data base, as "Europe/Berlin" or "UTC".`;
}

function isKnown(name: string): boolean {
  try {
    return clockOf(name) !== null;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const clockOf = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat("en-US", {
    ...{ timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric" },
    ...{ hour: "numeric", minute: "numeric", second: "numeric" },
  });

const DAY_MS = 86_400_000;

/**
 * When the days begin that a time touches in a time zone, and at the end when the next one would, in milliseconds: from
 * `fromMs` up to before `toMs`. Days in which clocks are changed are as long as they are there; one that was left out is.
 */
export function daysBetween(fromMs: number, toMs: number, timeZone: string): readonly number[] {
  const clock = clockOf(timeZone);
  const firstDay = dayOf(clock, fromMs);
  const endDay = dayOf(clock, toMs - 1) + DAY_MS;
  const starts: number[] = [];
  for (let day = firstDay; day <= endDay; day += DAY_MS) {
    const startMs = startOf(clock, day);
    if (startMs !== starts.at(-1)) starts.push(startMs);
  }
  return starts;
}

/** When the months begin, in the same way. */
export function monthsBetween(fromMs: number, toMs: number, timeZone: string): readonly number[] {
  const clock = clockOf(timeZone);
  const first = new Date(dayOf(clock, fromMs));
  const last = new Date(dayOf(clock, toMs - 1));
  const months =
    12 * (last.getUTCFullYear() - first.getUTCFullYear()) + last.getUTCMonth() - first.getUTCMonth();
  return Array.from({ length: months + 2 }, (_, index) =>
    startOf(clock, Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + index, 1)),
  );
}

/** What clocks show at an instant, as if it was UTC: in whole seconds. */
function shownAt(clock: Intl.DateTimeFormat, atMs: number): number {
  const shown = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of clock.formatToParts(atMs)) {
    if (type in shown) shown[type as keyof typeof shown] = Number(value);
  }
  return Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute, shown.second);
}

/** The day that calendars show there, as "2026-01-31". */
export function dayAt(atMs: number, timeZone: string): string {
  return new Date(shownAt(clockOf(timeZone), atMs)).toISOString().slice(0, 10);
}

const QUARTER_MS = 900_000;
const QUARTERS_REMEMBERED_MAX = 10_000;

/** Tells what clocks show in a time zone at an instant, as if it was UTC. Clocks are changed at quarters of an hour only. */
export function shownIn(timeZone: string): (atMs: number) => number {
  const clock = clockOf(timeZone);
  const offsets = new Map<number, number>();
  return (atMs) => {
    const quarter = Math.floor(atMs / QUARTER_MS);
    const known = offsets.get(quarter);
    if (known !== undefined) return atMs + known;
    if (offsets.size === QUARTERS_REMEMBERED_MAX) offsets.clear();
    const offsetMs = shownAt(clock, quarter * QUARTER_MS) - quarter * QUARTER_MS;
    offsets.set(quarter, offsetMs);
    return atMs + offsetMs;
  };
}

const dayOf = (clock: Intl.DateTimeFormat, atMs: number): number =>
  Math.floor(shownAt(clock, atMs) / DAY_MS) * DAY_MS;

/** The first instant at which clocks show the day, or a later one if it is left out. */
function startOf(clock: Intl.DateTimeFormat, day: number): number {
  let [before, after] = [day - DAY_MS, day + DAY_MS];
  const offsetMs = shownAt(clock, before) - before;
  // Where clocks are not changed about that day.
  if (shownAt(clock, after) - after === offsetMs) return day - offsetMs;
  while (after - before > 1_000) {
    const middle = before + Math.floor((after - before) / 2_000) * 1_000;
    if (dayOf(clock, middle) >= day) after = middle;
    else before = middle;
  }
  return after;
}
