import { found, missing, type Outcome } from "./comparison";
import type { Rate } from "./compareRates";
import { betaLower, betaUpper, normalDensity, normalUpper } from "./distributions";
import { integrate } from "./integrate";

/** What was believed of a rate before anything was seen: beta(1, 1) is every rate alike. */
export type RatePrior = Readonly<{ alpha: number; beta: number }>;
/** What was believed of the lift of a mean, as a share: it has no unit, so one does for all goals. Null is nothing at all. */
export type LiftPrior = Readonly<{ mean: number; standardDeviation: number }> | null;

/** Below a half (Jeffreys' prior) a belief has a peak at 0 or 1 that no integral here follows. */
export const RATE_PRIOR_MIN = 0.5;

export type Belief = Readonly<{
  /** How likely it is, given the prior and the data, that the variation's is higher. */
  chanceToBeatControl: number;
  /** How much is lost on average, in the goal's own unit, if the variation is chosen and the control was better. */
  expectedLoss: number;
}>;

/**
 * By beta distributions, and exactly: with A the control and B the variation, P(B > A) is the integral of B's density times A's lower tail,
 * and E[max(A - B, 0)] that of B's lower tail times A's upper one. To swap the two is to ask which is lower.
 */
export function believeRates(control: Rate, variation: Rate, prior: RatePrior): Outcome<Belief> {
  if (control.users < 1 || variation.users < 1) return missing("NO_USERS");
  const [a, b] = [betaAfter(control, prior), betaAfter(variation, prior)];
  // By the angle whose squared sine is the rate, every beta distribution is about as wide as a normal one, also near 0 and 1.
  const points = [...pointsOf(a), ...pointsOf(b)];
  const over = (height: (angle: number, rate: number) => number) =>
    integrate((angle) => height(angle, Math.sin(angle) ** 2), points);
  const density = densityOf(b);
  const whole = over(density);
  const above = over((angle, rate) => density(angle) * betaLower(rate, a.alpha, a.beta));
  const loss = over((angle, rate) => {
    const bothSides = betaLower(rate, b.alpha, b.beta) * betaUpper(rate, a.alpha, a.beta);
    return bothSides * 2 * Math.sin(angle) * Math.cos(angle);
  });
  return found({ chanceToBeatControl: Math.min(1, above / whole), expectedLoss: loss });
}

/** By normal distributions: of a difference, or of a lift of which something was believed. */
export function believeNormal(estimate: number, squaredError: number, prior: LiftPrior): Outcome<Belief> {
  if (squaredError === 0) return missing("NO_VARIANCE");
  const { mean, variance } = prior
    ? normalAfter(estimate, squaredError, prior)
    : { mean: estimate, variance: squaredError };
  const deviation = Math.sqrt(variance);
  const z = mean / deviation;
  const loss = deviation * (normalDensity(z) - z * normalUpper(z));
  return found({ chanceToBeatControl: normalUpper(-z), expectedLoss: Math.max(0, loss) });
}

type Beta = RatePrior;

const betaAfter = ({ users, converted }: Rate, { alpha, beta }: RatePrior): Beta => {
  return { alpha: alpha + converted, beta: beta + users - converted };
};

function normalAfter(estimate: number, squaredError: number, prior: NonNullable<LiftPrior>) {
  const [ofData, ofPrior] = [1 / squaredError, 1 / prior.standardDeviation ** 2];
  const variance = 1 / (ofData + ofPrior);
  return { mean: variance * (ofData * estimate + ofPrior * prior.mean), variance };
}

/** Where the distribution rises and falls, as angles, with both ends. */
function pointsOf({ alpha, beta }: Beta): readonly number[] {
  const centre = Math.asin(Math.sqrt(alpha / (alpha + beta)));
  const width = 0.5 / Math.sqrt(alpha + beta);
  const steps = WIDTHS.map((step) => centre + step * width);
  return [0, ...steps.filter((angle) => angle > 0 && angle < Math.PI / 2), Math.PI / 2];
}

const WIDTHS = [-8, -4, -2, 0, 2, 4, 8];

/** Up to a factor, which the division by the whole takes out. */
function densityOf({ alpha, beta }: Beta): (angle: number) => number {
  const height = (angle: number) =>
    exponentOf(2 * alpha - 1, Math.sin(angle)) + exponentOf(2 * beta - 1, Math.cos(angle));
  const highest = height(Math.asin(Math.sqrt((2 * alpha - 1) / Math.max(1e-9, 2 * alpha + 2 * beta - 2))));
  return (angle) => Math.exp(height(angle) - (Number.isFinite(highest) ? highest : 0));
}

const exponentOf = (power: number, base: number): number => (power === 0 ? 0 : power * Math.log(base));
