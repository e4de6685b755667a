import fc from "fast-check";
import type { AgainstControl, Aggregates, GoalData, VariationSums } from "../../src/statistics/result";
import { resultsOf } from "../../src/statistics/results";
import { DEFAULT_SETTINGS, settingsFault, type Settings } from "../../src/statistics/settings";
import { rateSums } from "../../src/statistics/sums";

const goal = (
  kind: GoalData["kind"],
  variations: readonly VariationSums[],
  more: Partial<GoalData> = {},
): GoalData => {
  return { goalId: "goal_1", kind, wanted: "MORE", guardrail: null, variations, ...more };
};
const rates = (...each: readonly (readonly [users: number, converted: number])[]) =>
  each.map(([users, converted]) => rateSums(users, converted));

const NAMES = ["control", "green", "blue", "red"];

function aggregates(...goals: readonly GoalData[]): Aggregates {
  const users = goals[0]?.variations.map((each) => each.users) ?? [];
  return {
    variations: users.map((each, index) => ({ name: NAMES[index] ?? "", users: each, weight: 1 })),
    goals,
  };
}

const results = (goals: readonly GoalData[], settings: Partial<Settings> = {}) =>
  resultsOf(aggregates(...goals), { ...DEFAULT_SETTINGS, ...settings }).goals;

/** What is said of a variation of the first goal; the first after the control unless told. */
function said(goals: readonly GoalData[], settings: Partial<Settings> = {}, index = 1): AgainstControl {
  const against = results(goals, settings)[0]?.variations[index]?.againstControl;
  if (!against) throw new Error("Nothing is said of this variation.");
  return against;
}
const FIXED = { method: "FIXED_HORIZON" } as const;

describe("the results of a rate", () => {
  const clear = [goal("RATE", rates([10_000, 1000], [10_000, 1200]))];

  it("are the rates, the lift, both methods' claims, and a verdict", () => {
    const [result] = results(clear);
    expect(result?.variations.map(({ name, users, sum, mean }) => [name, users, sum, mean])).toEqual([
      ["control", 10_000, 1000, 0.1],
      ["green", 10_000, 1200, 0.12],
    ]);
    expect(result?.variations[0]?.againstControl).toBeNull();
    const { lift, fixedHorizon, alwaysValid, verdict, chanceToBeatControl } = said(clear);
    expect(lift).toBeCloseTo(0.2, 12);
    expect(fixedHorizon?.pValue).toBeCloseTo(6.188e-6, 9);
    expect(alwaysValid?.isSignificant).toBe(true);
    expect(verdict).toBe("BETTER");
    expect(chanceToBeatControl).toBeGreaterThan(0.9999);
  });

  it("have the lift's interval by the delta method", () => {
    const error = Math.sqrt((0.12 * 0.88) / 1e4 / 0.01 + (0.0144 * 0.09) / 1e4 / 1e-4);
    const { low, high } = said(clear).fixedHorizon?.liftInterval ?? { low: 0, high: 0 };
    expect([low, high]).toEqual([
      expect.closeTo(0.2 - 1.959963984540054 * error, 10),
      expect.closeTo(0.2 + 1.959963984540054 * error, 10),
    ]);
  });

  it("claim less when one may look at any time than when one looks once", () => {
    const { fixedHorizon, alwaysValid } = said(clear);
    expect(alwaysValid?.pValue).toBeGreaterThan(fixedHorizon?.pValue ?? 1);
    expect(alwaysValid?.interval.low).toBeLessThan(fixedHorizon?.interval.low ?? 0);
  });

  it("are worse where less is wanted", () => {
    const less = said([goal("RATE", rates([10_000, 1000], [10_000, 1200]), { wanted: "LESS" })]);
    expect(less.verdict).toBe("WORSE");
    expect(less.chanceToBeatControl).toBeLessThan(1e-4);
    expect(less.expectedLoss).toBeCloseTo(0.02, 3);
  });
});

describe("the honest nulls", () => {
  it.each([
    ["nobody in the control", rates([0, 0], [10, 2]), "NO_USERS"],
    ["nobody in the variation", rates([10, 2], [0, 0]), "NO_USERS"],
    ["nobody converted", rates([10, 0], [12, 0]), "NO_VARIANCE"],
    ["all converted", rates([10, 10], [12, 12]), "NO_VARIANCE"],
  ] as const)("a rate where %s", (_, variations, missing) => {
    expect(said([goal("RATE", variations)])).toMatchObject({
      missing,
      fixedHorizon: null,
      verdict: "NO_NUMBERS",
    });
  });

  it.each([
    ["one user", { users: 1, sum: 5, sumOfSquares: 25 }, "ONE_USER"],
    ["nobody", { users: 0, sum: 0, sumOfSquares: 0 }, "NO_USERS"],
  ] as const)("a value with %s", (_, sums, missing) => {
    const other = { users: 3, sum: 9, sumOfSquares: 35 };
    expect(said([goal("VALUE", [other, sums])])).toMatchObject({ missing, difference: null, lift: null });
  });

  it("values whose squares are no doubles any more", () => {
    const huge = { users: 2, sum: 1e200, sumOfSquares: Number.MAX_VALUE };
    expect(said([goal("VALUE", [huge, huge])])).toMatchObject({
      missing: "OUT_OF_RANGE",
      verdict: "NO_NUMBERS",
    });
  });

  it("a share of nothing is no lift, but there is a difference", () => {
    const { lift, liftMissing, fixedHorizon } = said([goal("RATE", rates([1000, 0], [1000, 50]))]);
    expect([lift, liftMissing]).toEqual([null, "CONTROL_IS_ZERO"]);
    expect(fixedHorizon?.interval.low).toBeGreaterThan(0);
    expect(fixedHorizon?.liftInterval).toBeNull();
  });

  it("nor is a share of next to nothing: below nine conversions of the control", () => {
    expect(said([goal("RATE", rates([1e5, 8], [1e5, 20]))]).liftMissing).toBe("CONTROL_IS_UNCERTAIN");
    expect(said([goal("RATE", rates([1e5, 10], [1e5, 20]))]).liftMissing).toBeNull();
  });

  it("no number is ever NaN or infinite, whatever the sums", () => {
    const group = fc
      .array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true })), {
        maxLength: 6,
      })
      .map((values): VariationSums => ({
        users: values.length,
        sum: values.reduce((total, value) => total + value, 0),
        sumOfSquares: values.reduce((total, value) => total + value * value, 0),
      }));
    const rate = fc
      .integer({ min: 0, max: 40 })
      .chain((users) => fc.integer({ min: 0, max: users }).map((converted) => rateSums(users, converted)));
    const withBefore = fc.tuple(group, group).map(([since, { sum, sumOfSquares }]): VariationSums => {
      return {
        ...since,
        before: { sum, sumOfSquares, sumOfProducts: Math.sqrt(sumOfSquares * since.sumOfSquares) },
      };
    });
    const goals = fc.oneof(
      fc.tuple(withBefore, withBefore).map((variations) => goal("COUNT", variations)),
      fc.tuple(group, group, group).map((variations) => goal("VALUE", variations)),
      fc.tuple(rate, rate, rate).map((variations) => goal("RATE", variations)),
    );
    fc.assert(
      fc.property(goals, fc.constantFrom("MORE", "LESS"), (given, wanted) => {
        const found = resultsOf(aggregates({ ...given, wanted }), DEFAULT_SETTINGS);
        return numbersIn(found).every(Number.isFinite);
      }),
      { numRuns: 150 },
    );
  });
});

function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

describe("several comparisons", () => {
  const three = rates([5000, 500], [5000, 560], [5000, 570], [5000, 500]);

  it("are corrected by Bonferroni within a goal: of four variations at 98.33 %", () => {
    const { fixedHorizon } = said([goal("RATE", three)], FIXED);
    expect(fixedHorizon?.correctedPValue).toBeCloseTo(3 * (fixedHorizon?.pValue ?? 0), 12);
    const width = (fixedHorizon?.interval.high ?? 0) - (fixedHorizon?.interval.low ?? 0);
    const single = said([goal("RATE", three)], { ...FIXED, correction: "NONE" }).fixedHorizon?.interval;
    expect(width / ((single?.high ?? 0) - (single?.low ?? 0))).toBeCloseTo(2.39398 / 1.959964, 4);
  });

  it("are corrected by Holm, and by Benjamini and Hochberg, over all goals", () => {
    const goals = [
      goal("RATE", rates([5000, 500], [5000, 560])),
      goal("RATE", rates([5000, 500], [5000, 570])),
    ];
    const of = (correction: Settings["correction"]) =>
      results(goals, { ...FIXED, correction }).map((each) => {
        const claim = each.variations[1]?.againstControl?.fixedHorizon;
        return Math.round((claim?.correctedPValue ?? 0) / (claim?.pValue ?? 1));
      });
    expect(of("HOLM")).toEqual([1, 2]);
    expect(of("BENJAMINI_HOCHBERG")).toEqual([1, 2]);
    expect(of("NONE")).toEqual([1, 1]);
    expect(of("BONFERRONI")).toEqual([1, 1]);
  });

  it("never correct a guardrail", () => {
    const guardrail = { toleratedHarm: 0.01 };
    const { fixedHorizon } = said([goal("RATE", three, { guardrail })], FIXED);
    expect(fixedHorizon?.correctedPValue).toBe(fixedHorizon?.pValue);
  });
});

describe("a guardrail", () => {
  const verdict = (converted: number, toleratedHarm: number, wanted: GoalData["wanted"] = "MORE") =>
    said(
      [
        goal("RATE", rates([100_000, 10_000], [100_000, converted]), {
          guardrail: { toleratedHarm },
          wanted,
        }),
      ],
      FIXED,
    ).verdict;

  it("is harmed where harm is beyond chance and may be more than is tolerated", () => {
    expect(verdict(9500, 0.05)).toBe("HARMED");
    expect(verdict(10_500, 0.05, "LESS")).toBe("HARMED");
  });

  it("is safe where more harm than is tolerated can be ruled out, also if there is some", () => {
    expect(verdict(10_000, 0.05)).toBe("SAFE");
    expect(verdict(9700, 0.06)).toBe("SAFE");
    expect(verdict(10_000, 0.05, "LESS")).toBe("SAFE");
  });

  it("is undecided where neither is known", () => {
    expect(verdict(9900, 0.01)).toBe("UNDECIDED");
  });
});

describe("what users did before", () => {
  const before = { sum: 5000, sumOfSquares: 30_000, sumOfProducts: 29_000 };
  const sums = { users: 1000, sum: 5000, sumOfSquares: 30_000 };

  it("makes the interval narrower by what it explains", () => {
    const adjusted = results([
      goal("VALUE", [
        { ...sums, before },
        { ...sums, before },
      ]),
    ])[0];
    expect(adjusted?.varianceReduction).toBeCloseTo(0.64, 12);
    const width = (goals: readonly GoalData[]) => said(goals).fixedHorizon?.interval.high ?? 0;
    const plain = width([goal("VALUE", [sums, sums])]);
    expect(
      width([
        goal("VALUE", [
          { ...sums, before },
          { ...sums, before },
        ]),
      ]) / plain,
    ).toBeCloseTo(0.6, 3);
  });

  it("counts only if it is known of all variations", () => {
    expect(results([goal("VALUE", [{ ...sums, before }, sums])])[0]?.varianceReduction).toBeNull();
  });

  it("explains nothing if nobody did anything", () => {
    const nothing = { sum: 0, sumOfSquares: 0, sumOfProducts: 0 };
    const result = results([
      goal("VALUE", [
        { ...sums, before: nothing },
        { ...sums, before: nothing },
      ]),
    ])[0];
    expect(result?.varianceReduction).toBe(0);
  });
});

describe("parts that disagree with the whole", () => {
  const warning = (whole: readonly VariationSums[], parts: readonly (readonly VariationSums[])[]) =>
    said([
      goal("RATE", whole, { parts: parts.map((variations, index) => ({ name: String(index), variations })) }),
    ]).partsWarning;

  it("are Simpson's paradox: kidney stones, where the worse treatment got the easier cases", () => {
    const small = rates([270, 234], [87, 81]);
    const large = rates([80, 55], [263, 192]);
    expect(warning(rates([350, 289], [350, 273]), [small, large])).toBeNull();
    const more = (sums: readonly VariationSums[]) =>
      sums.map((each) => rateSums(each.users * 10, each.sum * 10));
    expect(warning(more(rates([350, 289], [350, 273])), [more(small), more(large)])).toBe("REVERSED");
  });

  it("or opposed, where one part is better and another worse", () => {
    const parts = [rates([5000, 500], [5000, 700]), rates([5000, 700], [5000, 500])];
    expect(warning(rates([10_000, 1200], [10_000, 1200]), parts)).toBe("OPPOSED");
  });

  it("say nothing where they agree, or are one", () => {
    const part = rates([5000, 500], [5000, 600]);
    expect(warning(rates([10_000, 1000], [10_000, 1200]), [part, part])).toBeNull();
    expect(warning(rates([10_000, 1000], [10_000, 1200]), [part])).toBeNull();
  });
});

describe("the summary", () => {
  it("of a clear rate, looked at once", () => {
    expect(said([goal("RATE", rates([10_000, 1000], [10_000, 1200]))], FIXED).summary).toBe(
      '12 % of 10,000 users of "green" converted, 10 % of 10,000 users of "control" converted. ' +
        "That is 20 % more; with 95 % confidence the truth is between 10.5 % more and 29.5 % more. " +
        'That is more than chance explains (p = 0.0000062), and it is what is wanted: "green" is better. ' +
        "This holds if it is looked at once, when the planned number of users is reached.",
    );
  });

  it("of a rate that chance explains", () => {
    expect(said([goal("RATE", rates([1000, 100], [1000, 110]))]).summary).toContain(
      'it is not known whether "green" or "control" is better, nor that they are alike.',
    );
  });

  it("of few, that they are few", () => {
    expect(said([goal("RATE", rates([30, 2], [30, 4]))]).summary).toContain("these numbers are rough");
  });

  it("of nobody, that there is nobody", () => {
    expect(
      said([
        goal("VALUE", [
          { users: 0, sum: 0, sumOfSquares: 0 },
          { users: 1, sum: 3, sumOfSquares: 9 },
        ]),
      ]).summary,
    ).toBe(
      '1 user of "green" had 3 each on average, 0 users of "control". They cannot be compared before both have users.',
    );
  });

  it("of a rate without a lift, the difference in percentage points", () => {
    expect(said([goal("RETENTION", rates([1000, 0], [1000, 50]))]).summary).toContain(
      "5 percentage points more",
    );
  });

  it.each(["MORE", "LESS"] as const)(
    "claims better or worse exactly where the verdict does, if %s is wanted",
    (wanted) => {
      const counts = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }));
      fc.assert(
        fc.property(counts, ([one, other]) => {
          const { summary, verdict } = said(
            [goal("RATE", rates([300, one], [300, other]), { wanted })],
            FIXED,
          );
          const claims = summary.includes("is better.")
            ? "BETTER"
            : summary.includes("is worse.")
              ? "WORSE"
              : null;
          return claims === (verdict === "BETTER" || verdict === "WORSE" ? verdict : null);
        }),
      );
    },
  );
});

describe("settings", () => {
  const fault = (settings: Partial<Settings>) =>
    settingsFault({ ...DEFAULT_SETTINGS, ...settings })?.path ?? null;

  it("are sound as they are, and refused beyond their bounds", () => {
    expect(fault({})).toBeNull();
    expect([fault({ alpha: 0.0001 }), fault({ alpha: 0.00009 })]).toEqual([null, ["alpha"]]);
    expect([fault({ alpha: 0.5 }), fault({ alpha: 0.51 }), fault({ alpha: Number.NaN })]).toEqual([
      null,
      ["alpha"],
      ["alpha"],
    ]);
    expect([fault({ tunedFor: 1 }), fault({ tunedFor: 0 }), fault({ tunedFor: 1.5 })]).toEqual([
      null,
      ["tunedFor"],
      ["tunedFor"],
    ]);
    expect(fault({ tunedFor: 1e9 + 1 })).toEqual(["tunedFor"]);
    expect(fault({ ratePrior: { alpha: 0.5, beta: 0.49 } })).toEqual(["ratePrior", "beta"]);
    expect(fault({ liftPrior: { mean: 0, standardDeviation: 0 } })).toEqual([
      "liftPrior",
      "standardDeviation",
    ]);
    expect(fault({ liftPrior: { mean: Infinity, standardDeviation: 1 } })).toEqual(["liftPrior", "mean"]);
  });

  it("with a prior of small lifts make a surprising lift less believed", () => {
    const values = [
      { users: 50, sum: 500, sumOfSquares: 10_000 },
      { users: 50, sum: 700, sumOfSquares: 15_000 },
    ];
    const chance = (liftPrior: Settings["liftPrior"]) =>
      said([goal("VALUE", values)], { liftPrior }).chanceToBeatControl ?? 0;
    expect(chance({ mean: 0, standardDeviation: 0.05 })).toBeLessThan(chance(null));
    expect(chance({ mean: 0, standardDeviation: 0.05 })).toBeGreaterThan(0.5);
  });
});
