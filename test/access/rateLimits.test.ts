import fc from "fast-check";
import {
  COUNTED_MAX,
  createRateLimits,
  LIMITED,
  RateLimited,
  type Limited,
} from "../../src/access/rateLimits";

let atMs = 0;
beforeEach(() => void (atMs = 0));

const limits = (perMinute: number) =>
  createRateLimits(
    { mutations: perMinute, evaluations: 0, subscriptions: perMinute, ingests: 0 },
    () => atMs,
  );

/** How long it says to wait; 0 if there was one left. */
function waitFor(take: ReturnType<typeof limits>, actor = "a", kind: Limited = "mutations"): number {
  try {
    take(actor, kind);
    return 0;
  } catch (error) {
    if (error instanceof RateLimited) return error.retryAfterSeconds;
    throw error;
  }
}
const waits = (take: ReturnType<typeof limits>, count: number): number[] =>
  Array.from({ length: count }, () => waitFor(take));

it("lets a minute's worth come at once, and then says how long to wait", () =>
  expect(waits(limits(3), 5)).toEqual([0, 0, 0, 20, 20]));

it("gives back steadily, and never more than a minute's worth", () => {
  const take = limits(3);
  waits(take, 3);
  atMs = 19_999;
  expect(waitFor(take)).toBe(1);
  atMs = 20_000;
  expect(waits(take, 2)).toEqual([0, 20]);
  atMs = 3_600_000;
  expect(waits(take, 4)).toEqual([0, 0, 0, 20]);
});

it("takes nothing for what it refuses", () => {
  const take = limits(1);
  expect(waits(take, 10)).toEqual([0, ...Array<number>(9).fill(60)]);
  atMs = 60_000;
  expect(waitFor(take)).toBe(0);
});

it("takes several at once, of which a minute's worth lets any number in", () => {
  const take = limits(3);
  take("a", "mutations", 2);
  expect(() => take("a", "mutations", 2)).toThrow("Send it again in 20 s.");
  take("a", "mutations", 1);
  atMs = 60_000;
  take("a", "mutations", 1_000);
  expect(waitFor(take)).toBe(20);
});

it("counts each actor and each kind apart", () => {
  const take = limits(1);
  expect(LIMITED.map((kind) => [waitFor(take, "a", kind), waitFor(take, "a", kind)])).toEqual([
    [0, 60],
    [0, 0],
    [0, 60],
    [0, 0],
  ]);
  expect(waitFor(take, "b")).toBe(0);
});

it("is no limit if it is 0", () => expect(waits(limits(0), 1_000).every((wait) => wait === 0)).toBe(true));

it("says what is allowed, and when to come again", () => {
  const take = limits(1);
  take("a", "mutations");
  expect(() => take("a", "mutations")).toThrow(
    "This token may ask for 1 mutations a minute on this server, and has. Send it again in 60 s.",
  );
});

it("remembers only so many, those that asked last", () => {
  const take = limits(1);
  take("first", "mutations");
  for (let index = 1; index < COUNTED_MAX; index += 1) take(`other ${index}`, "mutations");
  expect(waitFor(take, "first")).toBe(60);
  for (let index = 0; index < COUNTED_MAX; index += 1) take(`another ${index}`, "mutations");
  expect(waitFor(take, "first")).toBe(0);
});

it("lets in what is allowed in any stretch of time, whoever asks how often, and who waits as told gets in", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 200 }),
      (perMinute, pauses) => {
        atMs = 0;
        const take = limits(perMinute);
        const accepted: number[] = [];
        for (const pause of pauses) {
          atMs += pause;
          const wait = waitFor(take);
          if (wait === 0) accepted.push(atMs);
          else {
            atMs += wait * 1_000;
            expect(waitFor(take)).toBe(0);
            accepted.push(atMs);
          }
        }
        accepted.forEach((from, first) =>
          accepted.slice(first).forEach((to, more) => {
            expect(more + 1).toBeLessThanOrEqual(perMinute * (1 + (to - from) / 60_000) + 1e-6);
          }),
        );
      },
    ),
    { numRuns: 100 },
  );
});
