import { RATE_PRIOR_MIN, type LiftPrior, type RatePrior } from "./belief";
import type { Correction } from "./corrections";

/** Which p-value and interval a verdict goes by: those for one look at the planned end, or those that hold at every look. */
export const METHODS = ["FIXED_HORIZON", "ALWAYS_VALID"] as const;
export type Method = (typeof METHODS)[number];

/** How the results of an experiment are to be made. */
export type Settings = Readonly<{
  /** How often a difference may be claimed where there is none: 0.05 is a confidence of 95 %. */
  alpha: number;
  method: Method;
  correction: Correction;
  /** At how many users, of two variations together, the always-valid interval is to be narrowest. */
  tunedFor: number;
  ratePrior: RatePrior;
  liftPrior: LiftPrior;
}>;

export const DEFAULT_SETTINGS: Settings = {
  alpha: 0.05,
  method: "ALWAYS_VALID",
  correction: "BONFERRONI",
  tunedFor: 5000,
  ratePrior: { alpha: 1, beta: 1 },
  liftPrior: null,
};

export const ALPHA_MIN = 0.0001;
export const ALPHA_MAX = 0.5;
export const TUNED_FOR_MAX = 1_000_000_000;
export const PRIOR_MAX = 1_000_000_000;

/** What is wrong with settings, or null; the path is to the field. */
export function settingsFault({ alpha, tunedFor, ratePrior, liftPrior }: Settings) {
  const within = (value: number, least: number, most: number) => value >= least && value <= most;
  if (!within(alpha, ALPHA_MIN, ALPHA_MAX)) {
    return fault(`alpha must be from ${ALPHA_MIN} to ${ALPHA_MAX}; 0.05 is a confidence of 95 %.`, "alpha");
  }
  if (!Number.isInteger(tunedFor) || !within(tunedFor, 1, TUNED_FOR_MAX)) {
    return fault(`tunedFor must be a number of users from 1 to ${TUNED_FOR_MAX}.`, "tunedFor");
  }
  for (const name of ["alpha", "beta"] as const) {
    if (!within(ratePrior[name], RATE_PRIOR_MIN, PRIOR_MAX)) {
      return fault(`${name} of a prior must be from ${RATE_PRIOR_MIN} to ${PRIOR_MAX}.`, "ratePrior", name);
    }
  }
  if (liftPrior && !Number.isFinite(liftPrior.mean)) {
    return fault("The prior's mean must be a finite number.", "liftPrior", "mean");
  }
  if (liftPrior && !(liftPrior.standardDeviation > 0 && Number.isFinite(liftPrior.standardDeviation))) {
    return fault("The prior's standardDeviation must be more than 0.", "liftPrior", "standardDeviation");
  }
  return null;
}

const fault = (message: string, ...path: readonly string[]) => ({ message, path });

/**
 * The alpha of one interval. With Bonferroni's correction an experiment of n variations, which are n - 1 comparisons with the control, has
 * intervals at 100 - 5 / (n - 1) %. The others correct p-values alone: their steps give no interval.
 */
export function alphaOfInterval(
  { alpha, correction }: Pick<Settings, "alpha" | "correction">,
  variations: number,
): number {
  return correction === "BONFERRONI" ? alpha / Math.max(1, variations - 1) : alpha;
}
