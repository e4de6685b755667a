/** Waiting for what another server projects: how soon to look again. */
export const POLL_MS_MIN = 5;
export const POLL_MS_MAX = 50;
/** The net under everything that wakes. */
export const IDLE_MS = 1_000;

/** Polls fast at first and then slower while somebody waits or something was just appended; seldom otherwise. */
export interface Polling {
  /** Something was appended: its rows are due soon. */
  expect(): void;
  /** What was expected has come. */
  satisfied(): void;
  nextMs(hasWaiters: boolean): number;
}

export function createPolling(nowMs: () => number): Polling {
  let intervalMs = POLL_MS_MIN;
  let eagerUntilMs = 0;
  return {
    expect() {
      intervalMs = POLL_MS_MIN;
      eagerUntilMs = nowMs() + IDLE_MS;
    },
    satisfied() {
      eagerUntilMs = 0;
    },
    nextMs(hasWaiters) {
      if (!hasWaiters && nowMs() >= eagerUntilMs) {
        intervalMs = POLL_MS_MIN;
        return IDLE_MS;
      }
      const nextMs = intervalMs;
      intervalMs = Math.min(intervalMs * 1.5, POLL_MS_MAX);
      return nextMs;
    },
  };
}
