import betainc from "@stdlib/math-base-special-betainc";
import betaincinv from "@stdlib/math-base-special-betaincinv";
import erfc from "@stdlib/math-base-special-erfc";
import erfcinv from "@stdlib/math-base-special-erfcinv";
import gammainc from "@stdlib/math-base-special-gammainc";

/*
 * Every function asks for the tail that it is used for. A tail made as 1 minus the other one has no correct digit below 1e-16.
 * How exact these are is measured in docs/decisions/010-distribution-functions.md.
 */

/** P(Z > z) of the standard normal distribution. */
export const normalUpper = (z: number): number => erfc(z / Math.SQRT2) / 2;

/** P(|Z| > |z|). */
export const normalTwoSided = (z: number): number => erfc(Math.abs(z) / Math.SQRT2);

/** The z with P(Z > z) = `tail`. */
export const normalUpperQuantile = (tail: number): number => Math.SQRT2 * erfcinv(2 * tail);

export const normalDensity = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** P(|T| > |t|) of Student's distribution. Degrees of freedom need not be whole. */
export const studentTwoSided = (t: number, degreesOfFreedom: number): number =>
  betainc(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);

/** The t with P(T > t) = `tail`, for tails of up to a half. */
export function studentUpperQuantile(tail: number, degreesOfFreedom: number): number {
  const share = betaincinv(2 * tail, 0.5, degreesOfFreedom / 2, true);
  return Math.sqrt((degreesOfFreedom * share) / (1 - share));
}

/** P(X > x) of the chi-square distribution. */
export const chiSquareUpper = (x: number, degreesOfFreedom: number): number =>
  gammainc(x / 2, degreesOfFreedom / 2, true, true);

/** P(X <= x) of the beta distribution. */
export const betaLower = (x: number, alpha: number, beta: number): number => betainc(x, alpha, beta);

/** P(X > x) of the beta distribution. */
export const betaUpper = (x: number, alpha: number, beta: number): number =>
  betainc(x, alpha, beta, true, true);

/** The x with P(X <= x) = `probability` of the beta distribution. */
export const betaQuantile = (probability: number, alpha: number, beta: number): number =>
  betaincinv(probability, alpha, beta);
