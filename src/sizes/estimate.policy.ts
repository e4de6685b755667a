/** Of 20 estimates, 19 are as near as their errors say. */
const Z = 1.96;

/** What was found among users who are as good as drawn by lot. */
export type Sampled = Readonly<{
  looked: number;
  members: number;
  /** Which part of all keys the users' keys are spread over, above 0 and up to 1. */
  share: number;
  /** Whether that was everybody. */
  isAll: boolean;
}>;

/** How large a segment is, as far as a sample tells. Errors are at 95 %; they are 0 where everybody was looked at. */
export type Estimate = Readonly<{
  users: number;
  usersError: number;
  /** Of the users in the environment, 0 to 100; 0 if there is nobody. */
  percentage: number;
  /** In percentage points. */
  error: number;
  usersInEnvironment: number;
  sampled: number;
  isExact: boolean;
}>;

export function estimateOf({ looked, members, share, isAll }: Sampled): Estimate {
  const part = looked === 0 ? 0 : members / looked;
  if (isAll) {
    const found = { users: members, percentage: part * 100, usersInEnvironment: looked };
    return { ...found, usersError: 0, error: 0, sampled: looked, isExact: true };
  }
  // As many users fall into each part of the keys of the same width, so those in one part tell how many there are in all.
  const total = Math.max(looked, (looked - 1) / share);
  return {
    users: Math.round(part * total),
    usersError: Math.ceil((total / looked) * countError(members)),
    percentage: part * 100,
    error: shareError(members, looked) * 100,
    usersInEnvironment: Math.round(total),
    sampled: looked,
    isExact: false,
  };
}

/** How far the true share may be from that of a sample, on its farther side: Wilson's interval, which holds near 0 and 1 too. */
function shareError(members: number, looked: number): number {
  const part = members / looked;
  const square = Z * Z;
  const middle = (part + square / (2 * looked)) / (1 + square / looked);
  const half =
    (Z / (1 + square / looked)) * Math.sqrt((part * (1 - part)) / looked + square / (4 * looked * looked));
  return Math.max(part - (middle - half), middle + half - part);
}

/** How far the count that is to be expected may be from one that was found, on its farther side. */
const countError = (count: number): number => (Z * Z) / 2 + Z * Math.sqrt(count + (Z * Z) / 4);
