import { around, type Interval } from "./comparison";

/** An estimate from all users of two variations so far. */
export type Observed = Readonly<{ estimate: number; squaredError: number; users: number }>;

/**
 * What holds however often one looks and whenever one stops: the asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha,
 * Kennedy and Ramdas ("Time-uniform central limit theory and asymptotic confidence sequences", theorem 2.2), two-sided. The price is a
 * wider interval, about half as wide again as one of a fixed horizon where it is narrowest: at `tunedFor` users of both variations.
 * Being asymptotic it promises 1 - alpha as users grow; how well it holds with few of them is simulated (npm run simulate).
 */
export function alwaysValid(
  { estimate, squaredError, users }: Observed,
  alpha: number,
  tunedFor: number,
): Readonly<{ interval: Interval; pValue: number }> {
  // In the words of the paper t is `users`, sigma squared is squaredError * users, and rho makes it narrowest at tunedFor.
  const grown = users * rhoSquared(alpha, tunedFor);
  const widening = (grown + 1) / grown;
  const margin = Math.sqrt(squaredError * widening * (Math.log(grown + 1) - 2 * Math.log(alpha)));
  // The alpha at which the interval would just reach zero.
  const exponent = Math.log(grown + 1) / 2 - estimate ** 2 / (2 * squaredError * widening);
  return { interval: around(estimate, margin), pValue: Math.exp(Math.min(0, exponent)) };
}

function rhoSquared(alpha: number, tunedFor: number): number {
  const ofAlpha = -2 * Math.log(alpha);
  return (ofAlpha + Math.log(ofAlpha + 1)) / tunedFor;
}
