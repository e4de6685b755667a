/** Why there is no number. Each is a fact about the data, for people to read; see docs/experiments-statistics.md. */
export type Missing =
  /** One of the two has no users. */
  | "NO_USERS"
  /** One of the two has a single user, which says nothing of how much users differ. */
  | "ONE_USER"
  /** All users of both have the same value: nobody converted, or everybody. */
  | "NO_VARIANCE"
  /** The control's mean is zero, and nothing is a percentage of that. */
  | "CONTROL_IS_ZERO"
  /** The control's mean is uncertain by more than a third, so a percentage of it would be, too. */
  | "CONTROL_IS_UNCERTAIN"
  /** Values are so large or so small that their squares are no numbers any more. */
  | "OUT_OF_RANGE";

/** Ends may be missing on no side: an interval is a whole one or none. */
export type Interval = Readonly<{ low: number; high: number }>;

/** Two variations compared by the difference of their means: the variation's less the control's. */
export type Comparison = Readonly<{
  difference: number;
  standardError: number;
  /** t, or z where degreesOfFreedom is null. */
  statistic: number;
  degreesOfFreedom: number | null;
  pValue: number;
  interval: Interval;
}>;

export type Outcome<T> = Readonly<{ value: T; missing: null }> | Readonly<{ value: null; missing: Missing }>;

export const found = <T>(value: T): Outcome<T> => ({ value, missing: null });
export const missing = (why: Missing): { value: null; missing: Missing } => ({ value: null, missing: why });

export const around = (centre: number, margin: number): Interval => {
  return { low: centre - margin, high: centre + margin };
};
