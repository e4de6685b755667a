import { around, found, missing, type Comparison, type Outcome } from "./comparison";
import { studentTwoSided, studentUpperQuantile } from "./distributions";
import type { Moments } from "./sums";

/** Welch's t test: the means of two groups whose variances need not be alike. `alpha` is 1 less the interval's level. */
export function compareMeans(control: Moments, variation: Moments, alpha: number): Outcome<Comparison> {
  const users = Math.min(control.users, variation.users);
  if (users < 2) return missing(users < 1 ? "NO_USERS" : "ONE_USER");
  if (control.mean === null || variation.mean === null) return missing("OUT_OF_RANGE");
  if (control.variance === null || variation.variance === null) return missing("OUT_OF_RANGE");
  const ofControl = control.variance / control.users;
  const ofVariation = variation.variance / variation.users;
  const squaredError = ofControl + ofVariation;
  if (squaredError === 0) return missing("NO_VARIANCE");
  const [one, other] = [ofControl / squaredError, ofVariation / squaredError];
  const degreesOfFreedom = 1 / (one ** 2 / (control.users - 1) + other ** 2 / (variation.users - 1));
  const standardError = Math.sqrt(squaredError);
  const difference = variation.mean - control.mean;
  const statistic = difference / standardError;
  return found({
    difference,
    standardError,
    statistic,
    degreesOfFreedom,
    pValue: studentTwoSided(statistic, degreesOfFreedom),
    interval: around(difference, studentUpperQuantile(alpha / 2, degreesOfFreedom) * standardError),
  });
}
