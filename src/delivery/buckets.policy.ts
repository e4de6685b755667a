import { daysBetween } from "../lib/timeZone";

export const BUCKETS = ["HOUR", "DAY"] as const;
export type Bucket = (typeof BUCKETS)[number];

/** How many buckets one answer has at most: 83 days by the hour, more than 5 years by the day. */
export const BUCKETS_MAX = 2_000;

const HOUR_MS = 3_600_000;
const LENGTHS_MS: { readonly [Name in Bucket]: number } = { HOUR: HOUR_MS, DAY: 24 * HOUR_MS };

/** A span of time: from an instant (included) to another (excluded), ISO 8601. */
export type Span = Readonly<{ from: string; to: string }>;

/** What is wrong with a span, in words; null if nothing is. */
export function spanFault({ from, to }: Span, bucket: Bucket, bucketsMax = BUCKETS_MAX): string | null {
  const lengthMs = Date.parse(to) - Date.parse(from);
  if (lengthMs <= 0)
    return `From ${from} to ${to} is no time at all; give a \`to\` that is later than \`from\`.`;
  const buckets = Math.ceil(lengthMs / LENGTHS_MS[bucket]);
  if (buckets <= bucketsMax) return null;
  const inWords = bucket === "HOUR" ? "hours" : "days";
  const advice = bucket === "HOUR" ? "ask for less time, or by the day" : "ask for less time";
  return `From ${from} to ${to} are ${buckets} ${inWords}; at most ${bucketsMax} are answered: ${advice}.`;
}

/** When the buckets begin that a span touches, and at the end when the next one would. In milliseconds. */
export function startsOf(span: Span, bucket: Bucket, timeZone: string): readonly number[] {
  return bucket === "HOUR"
    ? hoursOf(span)
    : daysBetween(Date.parse(span.from), Date.parse(span.to), timeZone);
}

/** When the hours begin that a span touches, and at the end when the next one would. In milliseconds. */
function hoursOf({ from, to }: Span): readonly number[] {
  const first = Math.floor(Date.parse(from) / HOUR_MS);
  const end = Math.ceil(Date.parse(to) / HOUR_MS);
  return Array.from({ length: end - first + 1 }, (_, index) => (first + index) * HOUR_MS);
}
