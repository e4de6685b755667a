import { betaLower, normalUpper } from "./distributions";

/**
 * P(T > t) of Student's noncentral distribution, for t > 0 and a noncentrality of at least 0: how often a test finds an effect of
 * that many standard errors. A sum of incomplete beta functions weighted as Poisson counts are (Lenth, 1989), as in R.
 */
export function noncentralStudentUpper(t: number, degreesOfFreedom: number, noncentrality: number): number {
  if (noncentrality > NONCENTRALITY_MAX) return byNormal(t, degreesOfFreedom, noncentrality);
  const rate = noncentrality ** 2 / 2;
  const share = (t * t) / (t * t + degreesOfFreedom);
  const half = degreesOfFreedom / 2;
  let even = Math.exp(-rate);
  let odd = noncentrality * Math.sqrt(2 / Math.PI) * even;
  let twiceLower = 0;
  const terms = Math.ceil(rate + 10 * Math.sqrt(rate) + 30);
  for (let term = 0; term < terms; term += 1) {
    twiceLower += even * betaLower(share, term + 0.5, half) + odd * betaLower(share, term + 1, half);
    even *= rate / (term + 1);
    odd *= rate / (term + 1.5);
  }
  return Math.min(1, Math.max(0, normalUpper(-noncentrality) - twiceLower / 2));
}

/** Beyond it the first weight is no number any more; R stops there, too. */
const NONCENTRALITY_MAX = 37.62;

function byNormal(t: number, degreesOfFreedom: number, noncentrality: number): number {
  const shrunk = t * (1 - 1 / (4 * degreesOfFreedom));
  return normalUpper((shrunk - noncentrality) / Math.sqrt(1 + (t * t) / (2 * degreesOfFreedom)));
}
