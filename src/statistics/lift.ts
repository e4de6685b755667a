import { around, found, missing, type Interval, type Outcome } from "./comparison";
import { normalUpperQuantile, studentUpperQuantile } from "./distributions";

/** A mean and the square of its standard error. */
export type Estimate = Readonly<{ users: number; mean: number; squaredError: number }>;

/** How much more (or less) a variation has than the control, as a share of the control's: 0.1 is 10 % more. */
export type Lift = Readonly<{ lift: number; squaredError: number }>;

/**
 * The lift by the delta method: the error of a quotient, near the two means. That is good as long as the control's mean is well away from
 * zero, measured by its own error.
 */
export function liftOf(control: Estimate, variation: Estimate): Outcome<Lift> {
  if (control.mean === 0) return missing("CONTROL_IS_ZERO");
  const { mean } = control;
  if (Math.abs(mean) < ERRORS_FROM_ZERO * Math.sqrt(control.squaredError)) {
    return missing("CONTROL_IS_UNCERTAIN");
  }
  const ratio = variation.mean / mean;
  const squaredError =
    variation.squaredError / mean / mean + ratio * ratio * (control.squaredError / mean / mean);
  if (!Number.isFinite(squaredError)) return missing("OUT_OF_RANGE");
  // Where the control's mean is negative, more is still more: the share is of its size.
  return found({ lift: (variation.mean - mean) / Math.abs(mean), squaredError });
}

/** How many of its standard errors the control's mean must be away from zero for a lift to be told. */
export const ERRORS_FROM_ZERO = 3;

/** By Student's distribution if there are degrees of freedom, else by the normal one. */
export function liftInterval(
  { lift, squaredError }: Lift,
  degreesOfFreedom: number | null,
  alpha: number,
): Interval {
  const quantile =
    degreesOfFreedom === null
      ? normalUpperQuantile(alpha / 2)
      : studentUpperQuantile(alpha / 2, degreesOfFreedom);
  return around(lift, quantile * Math.sqrt(squaredError));
}
