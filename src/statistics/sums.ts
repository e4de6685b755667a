/**
 * What one pass over the users of one variation gives: a user counts once, with the value that they have for the goal. For
 * a rate that is 1 of those who converted and 0 of the others, so both sums are the number of the converted.
 */
export type Sums = Readonly<{ users: number; sum: number; sumOfSquares: number }>;

/** How many users, their mean, and the variance of one user's value; null where there are too few users for it. */
export type Moments = Readonly<{ users: number; mean: number | null; variance: number | null }>;

export const rateSums = (users: number, converted: number): Sums => {
  return { users, sum: converted, sumOfSquares: converted };
};

/** The variance is the sample's, with n - 1. */
export function momentsOf({ users, sum, sumOfSquares }: Sums): Moments {
  if (users < 1) return { users, mean: null, variance: null };
  const mean = sum / users;
  if (users < 2) return { users, mean, variance: null };
  return inRange({ users, mean, variance: spread(sumOfSquares, sum * mean) / (users - 1) });
}

/**
 * Values so large or small that their squares are no doubles any more give no variance, and perhaps no mean, rather than
 * numbers that are none.
 */
export function inRange({ users, mean, variance }: Moments): Moments {
  const isSound = variance === null || variance === 0 || (variance > VARIANCE_MIN && variance < VARIANCE_MAX);
  return {
    users,
    mean: mean !== null && Math.abs(mean) < MEAN_MAX ? mean : null,
    variance: isSound ? variance : null,
  };
}

const MEAN_MAX = 1e100;
const VARIANCE_MIN = 1e-200;
const VARIANCE_MAX = 1e200;

/**
 * The sum of squared distances from the mean: `squares` less what the mean alone accounts for. Sums of doubles are off in their last
 * digits; what is left is that, and no variance, if it is this small beside what it was subtracted from.
 */
export function spread(squares: number, ofMean: number): number {
  const left = squares - ofMean;
  return left <= ROUNDING * squares ? 0 : left;
}

const ROUNDING = 1e-11;
