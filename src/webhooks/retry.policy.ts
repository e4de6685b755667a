/** How long a webhook may go on failing before it is disabled. */
export const FAILING_MS_MAX = 3 * 24 * 60 * 60 * 1_000;
export const RETRY_FIRST_MS = 5_000;
export const RETRY_FACTOR = 3;
export const RETRY_MS_MAX = 4 * 60 * 60 * 1_000;
/** Waits are up to this share shorter or longer, so that what failed together does not come back together. */
export const RETRY_JITTER = 0.2;

export type Failing = Readonly<{ failures: number; since: string }>;

/** What to do after one more failure. */
export type Retry = Readonly<{ failing: Failing; nextAt: string; isOver: boolean }>;

/** The attempt that failed now: what its answer said in `Retry-After`, and a number from 0 to 1. */
export type Failure = Readonly<{ at: string; retryAfter: string | null; random: number }>;

/** The wait grows with every failure, and is never shorter than the receiver asks; after three days it is over. */
export function retryOf(before: Failing | null, { at, retryAfter, random }: Failure): Retry {
  const failing = { failures: (before?.failures ?? 0) + 1, since: before?.since ?? at };
  const grown = Math.min(RETRY_FIRST_MS * RETRY_FACTOR ** (failing.failures - 1), RETRY_MS_MAX);
  const own = grown * (1 + RETRY_JITTER * (2 * random - 1));
  const nowMs = Date.parse(at);
  // Never before the moment that was asked for, so what was asked to wait together comes back spread behind it.
  const asked = Math.min(askedMs(retryAfter, nowMs) * (1 + RETRY_JITTER * random), RETRY_MS_MAX);
  return {
    failing,
    nextAt: new Date(nowMs + Math.round(Math.max(own, asked))).toISOString(),
    isOver: nowMs - Date.parse(failing.since) >= FAILING_MS_MAX,
  };
}

const SECONDS = /^\d+$/;
/** As HTTP writes a date, today and once. Its oldest form names no time zone, and is not sent by anybody. */
const HTTP_DATE =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, \d{2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d{2}:\d{2}:\d{2} GMT$/;

/** How long a receiver asks to be left alone: 0 where it does not, where the moment is over, and where it makes no sense. */
function askedMs(retryAfter: string | null, nowMs: number): number {
  const text = retryAfter?.trim() ?? "";
  if (SECONDS.test(text)) return Number(text) * 1_000;
  const untilMs = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(untilMs) ? 0 : Math.max(0, untilMs - nowMs);
}
