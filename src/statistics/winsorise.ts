import type { Sums } from "./sums";

/** How many users have which value, in any order. */
export type Histogram = readonly Readonly<{ value: number; users: number }>[];

/**
 * The value that a percentile of the users who have one other than zero do not exceed: one that occurs, as SQL's percentile_disc. It is one
 * for all variations, or it would make a difference of its own. Null if nobody has a value.
 */
export function boundAt(histograms: readonly Histogram[], percentile: number): number | null {
  const sorted = histograms
    .flat()
    .filter(({ value, users }) => value !== 0 && users > 0)
    .sort((one, other) => one.value - other.value);
  const wanted = (percentile / 100) * sorted.reduce((total, { users }) => total + users, 0);
  let seen = 0;
  for (const { value, users } of sorted) {
    seen += users;
    if (seen >= wanted * (1 - 1e-12)) return value;
  }
  return null;
}

/** The sums of one variation when nobody counts with more than the bound: one huge order no longer decides. */
export function winsorisedSums(histogram: Histogram, bound: number | null): Sums {
  const start = { users: 0, sum: 0, sumOfSquares: 0 };
  return histogram.reduce((sums, { value, users }) => {
    const counted = bound === null ? value : Math.min(value, bound);
    return {
      users: sums.users + users,
      sum: sums.sum + counted * users,
      sumOfSquares: sums.sumOfSquares + counted ** 2 * users,
    };
  }, start);
}
