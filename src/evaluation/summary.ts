import type { Json } from "../lib/json";

/** What a user did, as far as the values of one ruleset depend on it. */
export type Summary = Readonly<{
  /** A bit for each condition on behaviour, by its number: 32 in each element. */
  truths: readonly number[];
  /** By the number of the recommendation. */
  recommended: readonly (readonly Json[])[];
}>;

/** A summary, and how long it is so if the user does nothing more. */
export type DatedSummary = Summary & Readonly<{ fromMs: number; untilMs: number }>;

export const BITS_OF_WORD = 32;

/** Whether a condition on behaviour holds. */
export const holds = ({ truths }: Summary, number: number): boolean =>
  (((truths[number >>> 5] ?? 0) >>> (number & 31)) & 1) === 1;
