import type { Correction } from "./corrections";

/** How the results of an experiment are to be made. */
export type Settings = Readonly<{
  /** How often a difference may be claimed where there is none: 0.05 is a confidence of 95 %. */
  alpha: number;
  correction: Correction;
}>;

export const DEFAULT_SETTINGS: Settings = { alpha: 0.05, correction: "BONFERRONI" };

/**
 * The alpha of one interval. With Bonferroni's correction an experiment of n variations, which are n - 1 comparisons with the control, has
 * intervals at 100 - 5 / (n - 1) %. The others correct p-values alone: their steps give no interval.
 */
export function alphaOfInterval({ alpha, correction }: Settings, variations: number): number {
  return correction === "BONFERRONI" ? alpha / Math.max(1, variations - 1) : alpha;
}
