import { believeNormal, believeRates, type Belief } from "./belief";
import { compareMeans } from "./compareMeans";
import { compareRates, isRough, rateInterval, type Rate } from "./compareRates";
import { around, type Comparison, type Interval, type Outcome } from "./comparison";
import { adjustedByBefore, type SumsWithBefore } from "./cuped";
import { studentUpperQuantile } from "./distributions";
import { liftOf, type Estimate } from "./lift";
import type { GoalData, GoalKind, VariationSums } from "./result";
import type { Settings } from "./settings";
import { momentsOf, type Moments } from "./sums";
import { invariant } from "../lib/invariant";

/** A goal's variations brought to the form in which they are compared: as rates, or as means with variances. */
export type Measured = Readonly<{
  variations: readonly (Moments & Readonly<{ rate: Rate | null }>)[];
  varianceReduction: number | null;
}>;
type Variation = Measured["variations"][number];

export function measure({ kind, variations }: Pick<GoalData, "kind" | "variations">): Measured {
  if (variations.every(hasBefore) && variations.length > 0) {
    const { moments, varianceReduction } = adjustedByBefore(variations);
    return { variations: moments.map((each) => ({ ...each, rate: null })), varianceReduction };
  }
  return {
    variations: variations.map((sums) =>
      isOfRates(kind) ? rateMoments(sums) : { ...momentsOf(sums), rate: null },
    ),
    varianceReduction: null,
  };
}

export const isOfRates = (kind: GoalKind): boolean => kind === "RATE" || kind === "RETENTION";

const hasBefore = (sums: VariationSums): sums is SumsWithBefore => Boolean(sums.before);

function rateMoments({ users, sum }: VariationSums): Variation {
  invariant(sum >= 0 && sum <= users, "more users converted than there are");
  const rate = { users, converted: sum };
  if (users < 1) return { users, mean: null, variance: null, rate };
  const mean = sum / users;
  return { users, mean, variance: mean * (1 - mean), rate };
}

export function compare(control: Variation, variation: Variation, alpha: number): Outcome<Comparison> {
  return control.rate && variation.rate
    ? compareRates(control.rate, variation.rate, alpha)
    : compareMeans(control, variation, alpha);
}

export const isComparedRoughly = (control: Variation, variation: Variation): boolean =>
  control.rate !== null && variation.rate !== null && isRough(control.rate, variation.rate);

/** How likely the variation is better, in the direction that is wanted, and what choosing it may lose. */
export function believe(
  control: Variation,
  variation: Variation,
  { wanted, ratePrior, liftPrior }: Pick<GoalData, "wanted"> & Pick<Settings, "ratePrior" | "liftPrior">,
): Belief | null {
  const isMore = wanted === "MORE";
  if (control.rate && variation.rate) {
    const [lower, higher] = isMore ? [control.rate, variation.rate] : [variation.rate, control.rate];
    return believeRates(lower, higher, ratePrior).value;
  }
  const [a, b] = [estimateOf(control), estimateOf(variation)];
  if (!a || !b) return null;
  const sign = isMore ? 1 : -1;
  if (liftPrior === null) {
    return believeNormal(sign * (b.mean - a.mean), a.squaredError + b.squaredError, null).value;
  }
  const lift = liftOf(a, b).value;
  if (lift === null) return null;
  const prior = { ...liftPrior, mean: sign * liftPrior.mean };
  const belief = believeNormal(sign * lift.lift, lift.squaredError, prior).value;
  return belief && { ...belief, expectedLoss: belief.expectedLoss * Math.abs(a.mean) };
}

export function estimateOf({ users, mean, variance }: Moments): Estimate | null {
  return mean === null || variance === null ? null : { users, mean, squaredError: variance / users };
}

/** The interval of one variation's rate or mean by itself. */
export function ownInterval(variation: Variation, alpha: number): Interval | null {
  if (variation.rate) return rateInterval(variation.rate, alpha);
  const estimate = estimateOf(variation);
  if (estimate === null || estimate.squaredError === 0) return null;
  const quantile = studentUpperQuantile(alpha / 2, variation.users - 1);
  return around(estimate.mean, quantile * Math.sqrt(estimate.squaredError));
}
