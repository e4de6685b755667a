import {
  FAILING_MS_MAX,
  RETRY_FIRST_MS,
  RETRY_JITTER,
  RETRY_MS_MAX,
  retryOf,
  type Failing,
} from "../../src/webhooks/retry.policy";

const START = Date.UTC(2026, 0, 1);
const at = (ms: number) => new Date(START + ms).toISOString();
/** After a failure at a moment, of which the answer said nothing more. */
const after = (failing: Failing | null, ms: number, random: number) =>
  retryOf(failing, { at: at(ms), retryAfter: null, random });
const waitOf = (failing: Failing | null, random: number) =>
  Date.parse(after(failing, 0, random).nextAt) - START;
/** Where it would be 5 seconds if the answer did not say otherwise. */
const waitAsked = (retryAfter: string, random = 0) =>
  Date.parse(retryOf(null, { at: at(0), retryAfter, random }).nextAt) - START;
const OWN_MS = RETRY_FIRST_MS * (1 - RETRY_JITTER);

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
    expect(after({ failures: 9, since }, 0, 0.5)).toMatchObject({
      failing: { failures: 10, since },
      isOver: true,
    });
    expect(after({ failures: 9, since: at(1 - FAILING_MS_MAX) }, 0, 0.5).isOver).toBe(false);
    expect(after(null, 0, 0.5).failing).toEqual({ failures: 1, since: at(0) });
  });

  it("gets at least twenty attempts in its three days, however the waits fall", () => {
    for (const random of [0, 0.5, 1]) {
      let failing: Failing | null = null;
      let nowMs = 0;
      for (let isOver = false; !isOver;) {
        const retry: ReturnType<typeof retryOf> = after(failing, nowMs, random);
        ({ failing, isOver } = retry);
        nowMs = Date.parse(retry.nextAt) - START;
      }
      expect(failing?.failures).toBeGreaterThanOrEqual(20);
    }
  });
});

describe("a receiver that says when to come back", () => {
  it.each([
    ["120", 120_000],
    [" 120 ", 120_000],
    ["Thu, 01 Jan 2026 00:10:00 GMT", 600_000],
    ["Thursday, 01-Jan-26 00:10:00 GMT", 600_000],
  ])("is left alone until then: %j", (retryAfter, ms) => {
    expect(waitAsked(retryAfter)).toBe(ms);
  });

  it("is come back to a little later by some than by others, and by none before", () => {
    expect(waitAsked("120", 1)).toBe(120_000 * (1 + RETRY_JITTER));
  });

  it.each(["14401", "99999999999", "9".repeat(400), "Fri, 01 Jan 2027 00:00:00 GMT"])(
    "cannot ask for more than the longest wait there is: %s",
    (retryAfter) => {
      expect(waitAsked(retryAfter)).toBe(RETRY_MS_MAX);
      expect(waitAsked(retryAfter, 1)).toBe(RETRY_MS_MAX);
    },
  );

  it.each(["0", "1", "Wed, 31 Dec 2025 23:59:59 GMT"])("cannot hurry it: %s", (retryAfter) => {
    expect(waitAsked(retryAfter)).toBe(OWN_MS);
    const often = { failures: 20, since: at(0) };
    expect(Date.parse(retryOf(often, { at: at(0), retryAfter, random: 0.5 }).nextAt) - START).toBe(
      RETRY_MS_MAX,
    );
  });

  it.each([
    "",
    "soon",
    "-120",
    "1e9",
    "12.5",
    "0x78",
    "120, 240",
    "2026-01-01T00:10:00Z",
    "Thu, 99 Foo 2026 00:10:00 GMT",
  ])("and makes no sense has said nothing: %j", (retryAfter) => {
    expect(waitAsked(retryAfter)).toBe(OWN_MS);
  });

  it("is given up after three days like any other, whatever it asks for", () => {
    const failing = { failures: 9, since: at(-FAILING_MS_MAX) };
    expect(retryOf(failing, { at: at(0), retryAfter: "60", random: 0.5 }).isOver).toBe(true);
  });
});
