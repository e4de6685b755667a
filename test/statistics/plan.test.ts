import { alphaPlanned, daysNeeded, reachOf, usersNeeded, type PlanAsked } from "../../src/statistics/plan";
import { noncentralStudentUpper } from "../../src/statistics/noncentralStudent";

const rate: PlanAsked = {
  baseline: { kind: "RATE", rate: 0.05 },
  minimumLift: 0.1,
  power: 0.8,
  alpha: 0.05,
  correction: "NONE",
  variations: 2,
  goals: 1,
};
const value: PlanAsked = { ...rate, baseline: { kind: "VALUE", mean: 4, standardDeviation: 20 } };

describe("planning", () => {
  it("needs 31,234 users of each variation to see a rate of 5 % become 5.5 %, as R says", () => {
    expect(usersNeeded(rate)).toBe(31_234);
  });

  it.each([
    ["a rate", rate],
    ["a value", value],
  ] as const)(
    "of %s reaches what it was planned for: neither power nor lift are less, and one user less is too few",
    (_, asked) => {
      const users = usersNeeded(asked);
      expect(reachOf(asked, users).power).toBeGreaterThanOrEqual(0.8);
      expect(reachOf(asked, users - 1).power).toBeLessThan(0.8);
      expect(reachOf(asked, users).smallestLift).toBeLessThanOrEqual(0.1);
      expect(reachOf(asked, users - 1).smallestLift).toBeGreaterThan(0.1);
    },
  );

  it("asks for more users with more variations, and with goals that are corrected together", () => {
    const users = (more: Partial<PlanAsked>) => usersNeeded({ ...rate, ...more });
    expect(users({ correction: "BONFERRONI", variations: 2 })).toBe(users({}));
    expect(users({ correction: "BONFERRONI", variations: 4 })).toBe(users({ alpha: 0.05 / 3 }));
    expect(users({ correction: "BONFERRONI", goals: 5 })).toBe(users({}));
    expect(alphaPlanned({ ...rate, correction: "HOLM", variations: 3, goals: 5 })).toBe(0.005);
    expect(alphaPlanned({ ...rate, correction: "BENJAMINI_HOCHBERG", variations: 3, goals: 5 })).toBe(0.005);
  });

  it("finds a fall as well as a rise", () => {
    expect(usersNeeded({ ...value, minimumLift: -0.1 })).toBe(usersNeeded(value));
    expect(usersNeeded({ ...rate, minimumLift: -0.1 })).toBeGreaterThan(10_000);
  });

  it("takes whole days, of the share of users that take part", () => {
    expect(daysNeeded(10_000, 1_000, 100)).toBe(10);
    expect(daysNeeded(10_001, 1_000, 100)).toBe(11);
    expect(daysNeeded(10_000, 1_000, 50)).toBe(20);
  });

  it("says of too few users that no lift is found so often", () => {
    expect(reachOf({ ...rate, baseline: { kind: "RATE", rate: 0.9 } }, 5).smallestLift).toBeNull();
    expect(reachOf(value, 1)).toEqual({ power: 0, smallestLift: null });
  });
});

it("an effect of a hundred standard errors is found always, and the way there has no step", () => {
  const power = (noncentrality: number) => noncentralStudentUpper(30, 40, noncentrality);
  expect(power(100)).toBeCloseTo(1, 12);
  expect(Math.abs(power(37.61) - power(37.63))).toBeLessThan(0.01);
});
