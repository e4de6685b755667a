import { readFileSync } from "node:fs";
import { expectAgreement } from "./closeTo";
import { believeRates, type RatePrior } from "../../src/statistics/belief";
import { fitOf, independenceOf, type ChiSquare } from "../../src/statistics/chiSquare";
import { compareMeans } from "../../src/statistics/compareMeans";
import { compareRates, rateInterval, type Rate } from "../../src/statistics/compareRates";
import type { Comparison, Outcome } from "../../src/statistics/comparison";
import { alwaysValid, type Observed } from "../../src/statistics/confidenceSequence";
import { corrected, type Correction } from "../../src/statistics/corrections";
import { adjustedByBefore, type SumsWithBefore } from "../../src/statistics/cuped";
import {
  betaLower,
  betaUpper,
  chiSquareUpper,
  normalTwoSided,
  normalUpper,
  normalUpperQuantile,
  studentTwoSided,
  studentUpperQuantile,
} from "../../src/statistics/distributions";
import { noncentralStudentUpper } from "../../src/statistics/noncentralStudent";
import {
  powerOfMeans,
  powerOfRates,
  smallestDifference,
  smallestRate,
  usersForMeans,
  usersForRates,
  type MeansPlanned,
  type RatesPlanned,
} from "../../src/statistics/power";
import { momentsOf, type Sums } from "../../src/statistics/sums";
import { boundAt, winsorisedSums } from "../../src/statistics/winsorise";

type Numbers = Record<string, number>;
type Case = Readonly<{ name: string; of: string; given: unknown; expected: unknown }>;
type TwoGroups<T> = Readonly<{ control: T; variation: T; alpha: number }>;

const { cases } = JSON.parse(readFileSync(`${__dirname}/../vectors/statistics/r.json`, "utf8")) as Readonly<{
  cases: readonly Case[];
}>;

const METHODS: Readonly<Record<string, Correction>> = {
  bonferroni: "BONFERRONI",
  holm: "HOLM",
  BH: "BENJAMINI_HOCHBERG",
};

/** What we say of each kind of case; what is given is as make.R writes it. */
const ours: Readonly<Record<string, (given: never) => Numbers>> = {
  normal: ({ z }: { z: number }) => ({ upper: normalUpper(z), twoSided: normalTwoSided(z) }),
  student: ({ t, df }: { t: number; df: number }) => ({ twoSided: studentTwoSided(t, df) }),
  chiSquare: ({ x, df }: { x: number; df: number }) => ({ upper: chiSquareUpper(x, df) }),
  normalQuantile: ({ tail }: { tail: number }) => ({ z: normalUpperQuantile(tail) }),
  studentQuantile: ({ tail, df }: { tail: number; df: number }) => ({ t: studentUpperQuantile(tail, df) }),
  beta: ({ x, alpha, beta }: { x: number; alpha: number; beta: number }) => {
    return { lower: betaLower(x, alpha, beta), upper: betaUpper(x, alpha, beta) };
  },
  welch: ({ control, variation, alpha }: TwoGroups<Sums>) =>
    numbersOf(compareMeans(momentsOf(control), momentsOf(variation), alpha)),
  rates: ({ control, variation, alpha }: TwoGroups<Rate>) =>
    numbersOf(compareRates(control, variation, alpha)),
  rateInterval: ({ alpha, ...rate }: Rate & { alpha: number }) =>
    ({ ...rateInterval(rate, alpha) }) as Numbers,
  fit: ({ counts, shares }: { counts: number[]; shares: number[] }) =>
    chiSquareNumbers(fitOf(counts, shares)),
  independence: ({ first, second }: { first: number[]; second: number[] }) =>
    chiSquareNumbers(independenceOf([first, second])),
  cuped: ({ control, variation }: { control: SumsWithBefore; variation: SumsWithBefore }) => {
    const { moments, varianceReduction } = adjustedByBefore([control, variation]);
    const [ofControl, ofVariation] = moments;
    if (!ofControl || !ofVariation) return {};
    const compared = numbersOf(compareMeans(ofControl, ofVariation, 0.05));
    return {
      ...compared,
      ofModel: compared["difference"] ?? Number.NaN,
      control: ofControl.mean ?? Number.NaN,
      varianceReduction,
    };
  },
  winsorised: ({ values, percentile }: { values: number[]; percentile: number }) => {
    const histogram = values.map((value) => ({ value, users: 1 }));
    const bound = boundAt([histogram], percentile);
    return { bound: bound ?? Number.NaN, ...winsorisedSums(histogram, bound) };
  },
  belief: ({ control, variation, prior }: { control: Rate; variation: Rate; prior: RatePrior }) => ({
    ...believeRates(control, variation, prior).value,
  }),
  sequence: ({ alpha, tunedFor, ...observed }: Observed & { alpha: number; tunedFor: number }) => ({
    ...alwaysValid(observed, alpha, tunedFor).interval,
  }),
  noncentral: ({ t, df, noncentrality }: { t: number; df: number; noncentrality: number }) => ({
    upper: noncentralStudentUpper(t, df, noncentrality),
  }),
  powerOfRates: (given: RatesPlanned) => ({ power: powerOfRates(given) }),
  powerOfMeans: (given: MeansPlanned) => ({ power: powerOfMeans(given) }),
  usersForRates: (given: RatesPlanned & { power: number }) => ({ users: usersForRates(given) }),
  usersForMeans: (given: MeansPlanned & { power: number }) => ({ users: usersForMeans(given) }),
  smallestRate: (given: RatesPlanned & { power: number }) => ({ rate: smallestRate(given) ?? Number.NaN }),
  smallestDifference: (given: MeansPlanned & { power: number }) => ({
    difference: smallestDifference(given) ?? Number.NaN,
  }),
  adjust: ({ pValues, method }: { pValues: number[]; method: string }) =>
    numbered(corrected(pValues, METHODS[method] ?? "NONE")),
};

function numbersOf({ value }: Outcome<Comparison>): Numbers {
  if (value === null) return {};
  const { difference, standardError, statistic, degreesOfFreedom, pValue, interval } = value;
  const df = degreesOfFreedom ?? Number.NaN;
  return { difference, standardError, statistic, squaredStatistic: statistic ** 2, df, pValue, ...interval };
}

const numbered = (numbers: readonly number[]): Numbers => Object.fromEntries(numbers.entries());

const chiSquareNumbers = ({ statistic, degreesOfFreedom, pValue }: ChiSquare): Numbers => {
  return { statistic, df: degreesOfFreedom, pValue };
};

describe("what R says, to six digits", () => {
  it("is at least sixty cases", () => {
    expect(cases.length).toBeGreaterThanOrEqual(60);
  });

  it.each(cases.map((each) => [`${each.of}: ${each.name}`, each] as const))(
    "%s",
    (_, { of, given, expected }) => {
      const say = ours[of];
      const wanted = of === "adjust" ? numbered((expected as { adjusted: number[] }).adjusted) : expected;
      expectAgreement(say?.(given as never) ?? {}, wanted as Numbers);
    },
  );
});

describe("the numbers that everybody knows", () => {
  const named = (name: string) => cases.find((each) => each.name === name)?.expected as Numbers;

  it("Welch on the data of sleep", () => {
    const { statistic = 0, df = 0, pValue = 0 } = named("sleep: group 1 against 2");
    expect([statistic.toFixed(6), df.toFixed(3), pValue.toFixed(7)]).toEqual([
      "-1.860813",
      "17.776",
      "0.0793941",
    ]);
  });

  it("the four groups of smokers", () => {
    const { statistic = 0, pValue = 0 } = named("prop.test of the help page's four groups");
    expect([statistic.toFixed(4), pValue.toFixed(6)]).toEqual(["12.6004", "0.005585"]);
  });

  it("the power of twenty users each, a standard deviation apart", () => {
    expect(named("means, n = 20, 1 of 1")["power"]?.toFixed(7)).toBe("0.8689528");
  });

  it("the users that tell 50 % from 75 % in nine of ten tests", () => {
    expect(named("rates, 0.5 and 0.75, power 0.9")["users"]?.toFixed(5)).toBe("76.70693");
  });
});
