import {
  FAILING_MS_MAX,
  RETRY_FIRST_MS,
  RETRY_JITTER,
  RETRY_MS_MAX,
  retryAfter,
  type Failing,
} from "../../src/webhooks/retry.policy";

const START = Date.UTC(2026, 0, 1);
const at = (ms: number) => new Date(START + ms).toISOString();
const waitOf = (failing: Failing | null, random: number) =>
  Date.parse(retryAfter(failing, at(0), random).nextAt) - START;

describe("a failing webhook", () => {
  it("is tried again soon, then ever more seldom, up to a bound", () => {
    expect(waitOf(null, 0.5)).toBe(RETRY_FIRST_MS);
    const waits = Array.from({ length: 20 }, (_, failures) => waitOf({ failures, since: at(0) }, 0.5));
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.at(-1)).toBe(RETRY_MS_MAX);
  });

  it("waits a little shorter or longer than others that failed with it", () => {
    expect(waitOf(null, 0)).toBe(RETRY_FIRST_MS * (1 - RETRY_JITTER));
    expect(waitOf(null, 1)).toBe(RETRY_FIRST_MS * (1 + RETRY_JITTER));
  });

  it("remembers since when it fails, and is given up after three days, not before", () => {
    const since = at(-FAILING_MS_MAX);
    expect(retryAfter({ failures: 9, since }, at(0), 0.5)).toMatchObject({
      failing: { failures: 10, since },
      isOver: true,
    });
    expect(retryAfter({ failures: 9, since: at(1 - FAILING_MS_MAX) }, at(0), 0.5).isOver).toBe(false);
    expect(retryAfter(null, at(0), 0.5).failing).toEqual({ failures: 1, since: at(0) });
  });

  it("gets at least twenty attempts in its three days, however the waits fall", () => {
    for (const random of [0, 0.5, 1]) {
      let failing: Failing | null = null;
      let nowMs = 0;
      for (let isOver = false; !isOver;) {
        const retry: ReturnType<typeof retryAfter> = retryAfter(failing, at(nowMs), random);
        ({ failing, isOver } = retry);
        nowMs = Date.parse(retry.nextAt) - START;
      }
      expect(failing?.failures).toBeGreaterThanOrEqual(20);
    }
  });
});
