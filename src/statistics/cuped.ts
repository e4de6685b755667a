import { inRange, spread, type Moments, type Sums } from "./sums";

/** The same users' values of the days before their first exposure; products are of the value before with the value since. */
export type Before = Readonly<{ sum: number; sumOfSquares: number; sumOfProducts: number }>;

export type SumsWithBefore = Sums & Readonly<{ before: Before }>;

export type Adjusted = Readonly<{
  moments: readonly Moments[];
  /** Which share of the variance was known beforehand: 0.3 is as if there were 1 / 0.7 times as many users. */
  varianceReduction: number;
}>;

/**
 * CUPED: takes from each mean what the values before exposure foretold of it. Exposure cannot have changed those, so the difference
 * stays right and gets less noisy. The slope is one for all variations, from the spread within them, as in an analysis of covariance.
 */
export function adjustedByBefore(groups: readonly SumsWithBefore[]): Adjusted {
  const spreads = groups.map(spreadsOf);
  const ofBefore = total(spreads.map((each) => each.before));
  const slope = ofBefore === 0 ? 0 : total(spreads.map((each) => each.products)) / ofBefore;
  const users = total(groups.map((each) => each.users));
  const meanBefore = users === 0 ? 0 : total(groups.map(({ before }) => before.sum)) / users;
  const left = spreads.map(({ since, before, products }) =>
    spread(since + slope ** 2 * before, 2 * slope * products),
  );
  const moments = groups.map((group, index): Moments => {
    if (group.users < 1) return { users: group.users, mean: null, variance: null };
    const mean = group.sum / group.users - slope * (group.before.sum / group.users - meanBefore);
    return inRange({ users: group.users, mean, variance: varianceOf(left[index] ?? 0, group.users) });
  });
  const ofSince = total(spreads.map((each) => each.since));
  const reduction = 1 - total(left) / ofSince;
  return { moments, varianceReduction: Number.isFinite(reduction) ? reduction : 0 };
}

function spreadsOf({ users, sum, sumOfSquares, before }: SumsWithBefore) {
  if (users < 1) return { since: 0, before: 0, products: 0 };
  return {
    since: spread(sumOfSquares, sum ** 2 / users),
    before: spread(before.sumOfSquares, before.sum ** 2 / users),
    products: before.sumOfProducts - (before.sum * sum) / users,
  };
}

const varianceOf = (ofGroup: number, users: number): number | null =>
  users < 2 ? null : ofGroup / (users - 1);

const total = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);
