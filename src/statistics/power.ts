import { normalUpper, normalUpperQuantile, studentUpperQuantile } from "./distributions";
import { noncentralStudentUpper } from "./noncentralStudent";

/** Users are those of each of two groups of one size; alpha is of a two-sided test. */
export type RatesPlanned = Readonly<{ users: number; control: number; variation: number; alpha: number }>;
export type MeansPlanned = Readonly<{
  users: number;
  difference: number;
  standardDeviation: number;
  alpha: number;
}>;

/** How often a test of two rates finds their difference; as R's power.prop.test. */
export function powerOfRates({ users, control, variation, alpha }: RatesPlanned): number {
  const { ifAlike, ifNot } = errorsOf(control, variation);
  const found = Math.sqrt(users) * Math.abs(variation - control) - normalUpperQuantile(alpha / 2) * ifAlike;
  return normalUpper(-found / ifNot);
}

/** How many users each group needs, not rounded; as R's power.prop.test. */
export function usersForRates({
  control,
  variation,
  alpha,
  power,
}: Omit<RatesPlanned, "users"> & Readonly<{ power: number }>): number {
  const { ifAlike, ifNot } = errorsOf(control, variation);
  const needed = normalUpperQuantile(alpha / 2) * ifAlike + normalUpperQuantile(1 - power) * ifNot;
  return (needed / (variation - control)) ** 2;
}

/** How often Welch's test finds a difference of means where both vary alike; as R's power.t.test. */
export function powerOfMeans({ users, difference, standardDeviation, alpha }: MeansPlanned): number {
  return powerAt(users, (Math.sqrt(users / 2) * Math.abs(difference)) / standardDeviation, alpha);
}

/** How many users each group needs, not rounded; as R's power.t.test. Never less than 2, without which nothing varies. */
export function usersForMeans({
  difference,
  standardDeviation,
  alpha,
  power,
}: Omit<MeansPlanned, "users"> & Readonly<{ power: number }>): number {
  const quantiles = normalUpperQuantile(alpha / 2) + normalUpperQuantile(1 - power);
  const byNormal = 2 * ((quantiles * standardDeviation) / difference) ** 2;
  const isEnough = (users: number) => powerOfMeans({ users, difference, standardDeviation, alpha }) >= power;
  if (isEnough(USERS_MIN)) return USERS_MIN;
  // Student's distribution asks for more than the normal one, and never for much more.
  let most = Math.max(USERS_MIN, byNormal) + 1;
  while (!isEnough(most)) most *= 2;
  return leastWhere(isEnough, Math.max(USERS_MIN, byNormal * 0.9), most);
}

const USERS_MIN = 2;

/** The smallest rate above the control's that is found so often; null if even 1 is not. */
export function smallestRate({
  users,
  control,
  alpha,
  power,
}: Omit<RatesPlanned, "variation"> & Readonly<{ power: number }>) {
  const isFound = (variation: number) => powerOfRates({ users, control, variation, alpha }) >= power;
  return isFound(CERTAIN) ? leastWhere(isFound, control, CERTAIN) : null;
}

/** At a rate of exactly 1 the formula has no variance. */
const CERTAIN = 1 - 1e-9;

/** The smallest difference of means that is found so often; null with fewer than two users each. */
export function smallestDifference({
  users,
  standardDeviation,
  alpha,
  power,
}: Omit<MeansPlanned, "difference"> & Readonly<{ power: number }>): number | null {
  if (users < USERS_MIN) return null;
  const isFound = (noncentrality: number) => powerAt(users, noncentrality, alpha) >= power;
  let most = 4;
  while (!isFound(most)) most *= 2;
  return (leastWhere(isFound, 0, most) * standardDeviation) / Math.sqrt(users / 2);
}

function powerAt(users: number, noncentrality: number, alpha: number): number {
  const degreesOfFreedom = 2 * (users - 1);
  const critical = studentUpperQuantile(alpha / 2, degreesOfFreedom);
  return noncentralStudentUpper(critical, degreesOfFreedom, noncentrality);
}

/** The error of one user's difference: if both groups are alike, and if they are as is said. */
function errorsOf(control: number, variation: number) {
  const both = control + variation;
  return {
    ifAlike: Math.sqrt(both * (1 - both / 2)),
    ifNot: Math.sqrt(control * (1 - control) + variation * (1 - variation)),
  };
}

/** Where what is false of `no` and true of `yes` begins to be true, to twelve digits. */
function leastWhere(holds: (value: number) => boolean, no: number, yes: number): number {
  let [low, high] = [no, yes];
  while (high - low > 1e-12 * high) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
