import { daysBetween, monthsBetween } from "../lib/timeZone";

export const BUCKETS = ["HOUR", "DAY", "MONTH"] as const;
export type Bucket = (typeof BUCKETS)[number];

/** How many buckets one answer has at most: 83 days by the hour, more than 5 years by the day, more than 150 by the month. */
export const BUCKETS_MAX = 2_000;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of the shortest ones. */
const LENGTHS_MS: { readonly [Name in Bucket]: number } = { HOUR: HOUR_MS, DAY: DAY_MS, MONTH: 28 * DAY_MS };
const WORDS: { readonly [Name in Bucket]: string } = { HOUR: "hour", DAY: "day", MONTH: "month" };

/** A span of time: from an instant (included) to another (excluded), ISO 8601. */
export type Span = Readonly<{ from: string; to: string }>;

/** What is wrong with a span, in words; null if nothing is. */
export function spanFault({ from, to }: Span, bucket: Bucket, bucketsMax = BUCKETS_MAX): string | null {
  const lengthMs = Date.parse(to) - Date.parse(from);
  if (lengthMs <= 0)
    return `From ${from} to ${to} is no time at all; give a \`to\` that is later than \`from\`.`;
  const buckets = Math.ceil(lengthMs / LENGTHS_MS[bucket]);
  if (buckets <= bucketsMax) return null;
  // Where others are asked for than can be chosen, there is nothing coarser either.
  const coarser = bucketsMax < BUCKETS_MAX ? undefined : coarserFor(lengthMs, bucket);
  const advice =
    coarser === undefined ? "ask for less time" : `ask for less time, or by the ${WORDS[coarser]}`;
  return `From ${from} to ${to} are ${buckets} ${WORDS[bucket]}s; at most ${bucketsMax} are answered: ${advice}.`;
}

/** The finest buckets above these by which so much time is answered. */
function coarserFor(lengthMs: number, bucket: Bucket): Bucket | undefined {
  const above = BUCKETS.slice(BUCKETS.indexOf(bucket) + 1);
  return above.find((each) => Math.ceil(lengthMs / LENGTHS_MS[each]) <= BUCKETS_MAX);
}

/** When the buckets begin that a span touches, and at the end when the next one would. In milliseconds. */
export function startsOf(span: Span, bucket: Bucket, timeZone: string): readonly number[] {
  const [fromMs, toMs] = [Date.parse(span.from), Date.parse(span.to)];
  switch (bucket) {
    case "HOUR":
      return hoursOf(span);
    case "DAY":
      return daysBetween(fromMs, toMs, timeZone);
    case "MONTH":
      return monthsBetween(fromMs, toMs, timeZone);
  }
}

/** When the hours begin that a span touches, and at the end when the next one would. In milliseconds. */
function hoursOf({ from, to }: Span): readonly number[] {
  const first = Math.floor(Date.parse(from) / HOUR_MS);
  const end = Math.ceil(Date.parse(to) / HOUR_MS);
  return Array.from({ length: end - first + 1 }, (_, index) => (first + index) * HOUR_MS);
}
