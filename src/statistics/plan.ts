import type { Correction } from "./corrections";
import {
  powerOfMeans,
  powerOfRates,
  smallestDifference,
  smallestRate,
  usersForMeans,
  usersForRates,
} from "./power";

/** What is known of the goal before the test: its rate, or the mean and standard deviation of a user's value. */
export type Baseline =
  | Readonly<{ kind: "RATE"; rate: number }>
  | Readonly<{ kind: "VALUE"; mean: number; standardDeviation: number }>;

export type PlanAsked = Readonly<{
  baseline: Baseline;
  /** The smallest lift worth finding, as a share of the baseline: 0.1 is 10 % more. */
  minimumLift: number;
  power: number;
  alpha: number;
  correction: Correction;
  variations: number;
  /** How many goals are corrected together. */
  goals: number;
}>;

/** The users of one variation; all have as many. */
export function usersNeeded(asked: PlanAsked): number {
  const { baseline, minimumLift, power } = asked;
  const alpha = alphaPlanned(asked);
  return Math.ceil(
    baseline.kind === "RATE"
      ? usersForRates({ control: baseline.rate, variation: baseline.rate * (1 + minimumLift), alpha, power })
      : usersForMeans({ ...baseline, difference: baseline.mean * minimumLift, alpha, power }),
  );
}

/** How many whole days it takes until every variation has its users. */
export const daysNeeded = (users: number, usersPerDay: number, traffic: number): number =>
  Math.ceil(users / ((usersPerDay * traffic) / 100));

/** How often so many users of each variation find the minimum lift, and which lift they find as often as is asked. */
export function reachOf(
  asked: PlanAsked,
  users: number,
): Readonly<{ power: number; smallestLift: number | null }> {
  const { baseline, minimumLift, power } = asked;
  const alpha = alphaPlanned(asked);
  if (baseline.kind === "RATE") {
    const control = baseline.rate;
    const rate = smallestRate({ users, control, alpha, power });
    const variation = control * (1 + minimumLift);
    return {
      power: powerOfRates({ users, control, variation, alpha }),
      smallestLift: rate === null ? null : rate / control - 1,
    };
  }
  const { mean, standardDeviation } = baseline;
  const difference = smallestDifference({ users, standardDeviation, alpha, power });
  return {
    power: users < 2 ? 0 : powerOfMeans({ users, standardDeviation, difference: mean * minimumLift, alpha }),
    smallestLift: difference === null ? null : difference / Math.abs(mean),
  };
}

/**
 * The alpha that the first of all claims must pass. Holm's, and Benjamini and Hochberg's, first step may be as strict as Bonferroni's over all
 * comparisons of all goals; who plans for it is safe.
 */
export function alphaPlanned({ alpha, correction, variations, goals }: Omit<PlanAsked, "baseline">): number {
  switch (correction) {
    case "NONE":
      return alpha;
    case "BONFERRONI":
      return alpha / (variations - 1);
    case "HOLM":
    case "BENJAMINI_HOCHBERG":
      return alpha / ((variations - 1) * goals);
  }
}
