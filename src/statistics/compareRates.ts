import { around, found, missing, type Comparison, type Outcome } from "./comparison";
import { normalTwoSided, normalUpperQuantile } from "./distributions";

export type Rate = Readonly<{ users: number; converted: number }>;

/**
 * The test of two proportions, as R's prop.test without continuity correction: the p-value by the pooled rate, which holds if
 * both are the same; the interval by each rate's own variance, which holds if they are not.
 */
export function compareRates(control: Rate, variation: Rate, alpha: number): Outcome<Comparison> {
  if (control.users < 1 || variation.users < 1) return missing("NO_USERS");
  const users = control.users + variation.users;
  const pooled = (control.converted + variation.converted) / users;
  const pooledError = Math.sqrt(pooled * (1 - pooled) * (1 / control.users + 1 / variation.users));
  if (pooledError === 0) return missing("NO_VARIANCE");
  const difference = rateOf(variation) - rateOf(control);
  // Nobody of the one and all of the other converted: each rate has no variance of its own, and yet neither is certain.
  const standardError = Math.sqrt(squaredErrorOf(control) + squaredErrorOf(variation)) || pooledError;
  const statistic = difference / pooledError;
  return found({
    difference,
    standardError,
    statistic,
    degreesOfFreedom: null,
    pValue: normalTwoSided(statistic),
    interval: clipped(around(difference, normalUpperQuantile(alpha / 2) * standardError)),
  });
}

/** Below this many expected conversions, or users without one, the normal approximation is rough. R warns at the same. */
export const EXPECTED_MIN = 5;

/** Whether too few converted, or did not, for the test of two proportions to be more than rough. */
export function isRough(control: Rate, variation: Rate): boolean {
  const users = control.users + variation.users;
  const converted = control.converted + variation.converted;
  const fewer = Math.min(control.users, variation.users);
  return (Math.min(converted, users - converted) * fewer) / users < EXPECTED_MIN;
}

/**
 * The interval of one rate by Wilson's score, which is right also near 0 and 1 and with few users; R's prop.test without
 * continuity correction has the same. Null without users.
 */
export function rateInterval({ users, converted }: Rate, alpha: number) {
  if (users < 1) return null;
  const z = normalUpperQuantile(alpha / 2);
  const weight = (z * z) / users;
  const rate = converted / users;
  const centre = (rate + weight / 2) / (1 + weight);
  const margin = (z / (1 + weight)) * Math.sqrt((rate * (1 - rate)) / users + weight / (4 * users));
  const { low, high } = around(centre, margin);
  return { low: Math.max(0, low), high: Math.min(1, high) };
}

const rateOf = ({ users, converted }: Rate): number => converted / users;

const squaredErrorOf = (rate: Rate): number => (rateOf(rate) * (1 - rateOf(rate))) / rate.users;

/** Two rates are never further apart than 1. */
const clipped = ({ low, high }: { low: number; high: number }) => {
  return { low: Math.max(-1, low), high: Math.min(1, high) };
};
