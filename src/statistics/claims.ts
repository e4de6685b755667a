import type { Comparison, Interval, Missing, Outcome } from "./comparison";
import { alwaysValid } from "./confidenceSequence";
import { missing } from "./comparison";
import { liftInterval, liftOf, type Lift } from "./lift";
import { compare, estimateOf, type Measured } from "./measured";

type Variation = Measured["variations"][number];

/** What one method says of a comparison by itself, before it is corrected for the others. */
export type Uncorrected = Readonly<{ pValue: number; interval: Interval; liftInterval: Interval | null }>;

export type Compared = Readonly<{
  difference: number | null;
  missing: Missing | null;
  lift: number | null;
  liftMissing: Missing | null;
  fixedHorizon: Uncorrected | null;
  alwaysValid: Uncorrected | null;
}>;

/** A variation against the control, by both methods. */
export function claimsOf(
  control: Variation,
  variation: Variation,
  alpha: number,
  tunedFor: number,
): Compared {
  const comparison = compare(control, variation, alpha);
  if (comparison.value === null) {
    const why = comparison.missing;
    return {
      difference: null,
      missing: why,
      lift: null,
      liftMissing: why,
      fixedHorizon: null,
      alwaysValid: null,
    };
  }
  const lift = liftBetween(control, variation);
  const users = control.users + variation.users;
  return {
    difference: comparison.value.difference,
    missing: null,
    lift: lift.value?.lift ?? null,
    liftMissing: lift.missing,
    fixedHorizon: atFixedHorizon(comparison.value, lift.value, alpha),
    alwaysValid: atEveryLook(comparison.value, lift.value, { users, alpha, tunedFor }),
  };
}

/** Where neither group varies within itself, a share of the control's mean would look exact, which it is not. */
function liftBetween(control: Variation, variation: Variation): Outcome<Lift> {
  const [a, b] = [estimateOf(control), estimateOf(variation)];
  if (!a || !b) return missing("NO_USERS");
  const lift = liftOf(a, b);
  return lift.value?.squaredError === 0 ? missing("NO_VARIANCE") : lift;
}

function atFixedHorizon(
  { pValue, interval, degreesOfFreedom }: Comparison,
  lift: Lift | null,
  alpha: number,
): Uncorrected {
  return { pValue, interval, liftInterval: lift && liftInterval(lift, degreesOfFreedom, alpha) };
}

function atEveryLook(
  { difference, standardError }: Comparison,
  lift: Lift | null,
  { users, alpha, tunedFor }: Readonly<{ users: number; alpha: number; tunedFor: number }>,
): Uncorrected {
  const observed = { estimate: difference, squaredError: standardError ** 2, users };
  const ofLift = lift && { estimate: lift.lift, squaredError: lift.squaredError, users };
  return {
    ...alwaysValid(observed, alpha, tunedFor),
    liftInterval: ofLift && alwaysValid(ofLift, alpha, tunedFor).interval,
  };
}
