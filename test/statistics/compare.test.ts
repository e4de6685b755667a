import fc from "fast-check";
import { compareMeans } from "../../src/statistics/compareMeans";
import { compareRates, isRough, rateInterval } from "../../src/statistics/compareRates";
import { corrected, CORRECTIONS, type Correction } from "../../src/statistics/corrections";
import { alphaOfInterval, DEFAULT_SETTINGS } from "../../src/statistics/settings";
import { momentsOf, rateSums } from "../../src/statistics/sums";

const rate = (users: number, converted: number) => ({ users, converted });
const values = (...each: number[]) =>
  momentsOf({
    users: each.length,
    sum: each.reduce((total, value) => total + value, 0),
    sumOfSquares: each.reduce((total, value) => total + value * value, 0),
  });

describe("comparing rates", () => {
  it("says why there is nothing to compare", () => {
    expect(compareRates(rate(0, 0), rate(10, 3), 0.05)).toEqual({ value: null, missing: "NO_USERS" });
    expect(compareRates(rate(10, 0), rate(12, 0), 0.05)).toEqual({ value: null, missing: "NO_VARIANCE" });
    expect(compareRates(rate(10, 10), rate(1, 1), 0.05)).toEqual({ value: null, missing: "NO_VARIANCE" });
  });

  it("does not claim certainty where nobody of the one and all of the other converted", () => {
    const { value } = compareRates(rate(10, 0), rate(10, 10), 0.05);
    expect(value?.difference).toBe(1);
    expect(value?.interval.low).toBeLessThan(0.6);
    expect(value?.interval.high).toBe(1);
  });

  it("is rough below five expected conversions or non-conversions in either group, as R warns", () => {
    expect(isRough(rate(100, 5), rate(100, 5))).toBe(false);
    expect(isRough(rate(100, 5), rate(100, 4))).toBe(true);
    expect(isRough(rate(100, 95), rate(100, 96))).toBe(true);
    expect(isRough(rate(1000, 500), rate(4, 2))).toBe(true);
  });

  it("has no interval for the rate of nobody", () => {
    expect(rateInterval(rate(0, 0), 0.05)).toBeNull();
  });

  it("is finite, or a reason, for every count", () => {
    const counts = fc
      .integer({ min: 0, max: 1e9 })
      .chain((users) =>
        fc.record({ users: fc.constant(users), converted: fc.integer({ min: 0, max: users }) }),
      );
    fc.assert(
      fc.property(counts, counts, (control, variation) => {
        const { value, missing } = compareRates(control, variation, 0.05);
        if (value === null) return missing !== null;
        const { interval, degreesOfFreedom, ...numbers } = value;
        return (
          degreesOfFreedom === null &&
          [...Object.values(numbers), ...Object.values(interval)].every(Number.isFinite)
        );
      }),
    );
  });
});

describe("comparing means", () => {
  it("says why there is nothing to compare", () => {
    expect(compareMeans(values(), values(1, 2), 0.05)).toEqual({ value: null, missing: "NO_USERS" });
    expect(compareMeans(values(4), values(1, 2), 0.05)).toEqual({ value: null, missing: "ONE_USER" });
    expect(compareMeans(values(4, 4), values(7, 7, 7), 0.05)).toEqual({
      value: null,
      missing: "NO_VARIANCE",
    });
  });

  it("takes the rounding of equal values for no variance", () => {
    const alike = Array.from({ length: 1000 }, () => 0.1);
    expect(values(...alike).variance).toBe(0);
  });

  it("compares a group that varies with one that does not", () => {
    const { value } = compareMeans(values(5, 5, 5, 5), values(4, 6, 8), 0.05);
    expect(value).toMatchObject({ difference: 1, degreesOfFreedom: 2 });
  });

  it("of ones and noughts nears the comparison of rates as users grow", () => {
    const asMeans = compareMeans(momentsOf(rateSums(1e6, 50_000)), momentsOf(rateSums(1e6, 50_700)), 0.05);
    const asRates = compareRates(rate(1e6, 50_000), rate(1e6, 50_700), 0.05);
    expect(asMeans.value?.pValue).toBeCloseTo(asRates.value?.pValue ?? Number.NaN, 5);
  });
});

describe("correcting p-values", () => {
  const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

  it("never makes one smaller, nor more than 1, and keeps their order", () => {
    fc.assert(
      fc.property(pValues, fc.constantFrom(...CORRECTIONS), (given, correction) => {
        const adjusted = corrected(given, correction);
        const pairs = given.map((pValue, index) => [pValue, adjusted[index] ?? Number.NaN] as const);
        return pairs.every(
          ([own, now]) =>
            now >= own && now <= 1 && pairs.every(([other, then]) => own > other || now <= then),
        );
      }),
    );
  });

  it("never corrects more by Benjamini and Hochberg than by Holm, nor by Holm than by Bonferroni", () => {
    fc.assert(
      fc.property(pValues, (given) => {
        const [bonferroni, holm, hochberg] = (["BONFERRONI", "HOLM", "BENJAMINI_HOCHBERG"] as const).map(
          (each) => corrected(given, each),
        );
        return given.every((_, index) => {
          const [most = 0, less = 0, least = 0] = [bonferroni?.[index], holm?.[index], hochberg?.[index]];
          return least <= less * (1 + 1e-12) && less <= most;
        });
      }),
    );
  });
});

describe("the level of an interval", () => {
  const level = (correction: Correction, variations: number) =>
    100 * (1 - alphaOfInterval({ ...DEFAULT_SETTINGS, correction }, variations));

  it("is 100 - 5 / (n - 1) % by Bonferroni with n variations", () => {
    expect([2, 3, 6].map((variations) => level("BONFERRONI", variations))).toEqual([95, 97.5, 99]);
  });

  it("is what was asked for with a correction that steps through p-values", () => {
    expect(level("HOLM", 6)).toBe(95);
  });
});
