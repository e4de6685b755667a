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

/** `random` is from 0 to 1. The wait grows with every failure; after three days it is over. */
export function retryAfter(before: Failing | null, at: string, random: number): Retry {
  const failing = { failures: (before?.failures ?? 0) + 1, since: before?.since ?? at };
  const grown = Math.min(RETRY_FIRST_MS * RETRY_FACTOR ** (failing.failures - 1), RETRY_MS_MAX);
  const waitMs = Math.round(grown * (1 + RETRY_JITTER * (2 * random - 1)));
  const nowMs = Date.parse(at);
  return {
    failing,
    nextAt: new Date(nowMs + waitMs).toISOString(),
    isOver: nowMs - Date.parse(failing.since) >= FAILING_MS_MAX,
  };
}
