import { alikeVariations, claimsUnderLooking, uniformity } from "../support/simulatedExperiments";

/** The short form of `npm run simulate`. Seeds are fixed, so that what holds once holds always. */
const SEED = "suite";

describe.each(["RATE", "VALUE"] as const)("experiments without an effect, with a goal of kind %s", (kind) => {
  it("looked at all the time, mislead the always-valid interval in at most 5 %, and the test for one look far more often", () => {
    const looks = { seed: SEED, kind, experiments: 200, users: 1_500, every: 25 };
    const { alwaysValid, fixedHorizon } = claimsUnderLooking(looks);
    expect(alwaysValid).toBeLessThanOrEqual(0.05 * looks.experiments);
    expect(fixedHorizon).toBeGreaterThan(0.2 * looks.experiments);
  });

  it("from bucket to result, have uniform p-values, and no alarms beyond one in a thousand", () => {
    const { pValues, alarms } = alikeVariations({ seed: SEED, kind, experiments: 400, users: 600 });
    expect(pValues).toHaveLength(400);
    expect(uniformity(pValues)).toBeGreaterThan(0.001);
    // One alarms in 1,000; more than 4 of 400 do once in 16,000 such suites.
    expect(alarms).toBeLessThanOrEqual(4);
  });
});

describe("the test of uniformity", () => {
  const even = Array.from({ length: 1_000 }, (_, index) => (index + 0.5) / 1_000);

  it("takes even numbers for uniform, and bent ones not", () => {
    expect(uniformity(even)).toBeGreaterThan(0.99);
    expect(uniformity(even.map((each) => each ** 1.2))).toBeLessThan(0.001);
  });

  it("knows the point at which one in twenty is further", () => {
    const shifted = even.map((each) => Math.min(1, each + 1.358 / Math.sqrt(1_000) - 0.0005));
    expect(uniformity(shifted)).toBeCloseTo(0.05, 2);
  });
});
