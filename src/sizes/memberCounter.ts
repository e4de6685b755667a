import type { RulesetSource, User } from "../evaluation/model";
import { newUserScope } from "../evaluation/userScope";

/** Segments, with all that their conditions name, of one environment. */
export type SegmentsSource = Pick<
  RulesetSource,
  "app" | "environment" | "timeZone" | "segments" | "userLists"
>;

/** After so many, others are served. */
const TESTS_AT_ONCE = 5_000;

/** Counts the members of segments, in a scope of its own: that of the values of users serves one user at a time. */
export interface MemberCounter {
  add(users: readonly User[]): Promise<void>;
  /** How many members there were so far of each segment. */
  counts(): readonly number[];
}

export function memberCounter(
  source: SegmentsSource,
  segmentIds: readonly string[],
  nowMs: number,
): MemberCounter {
  const scope = newUserScope({ ...source, keys: [], publications: [], previews: [] });
  const tests = segmentIds.map((id) => scope.segment(id));
  const counts = tests.map(() => 0);
  const usersAtOnce = Math.max(1, Math.floor(TESTS_AT_ONCE / Math.max(1, tests.length)));
  return {
    async add(users) {
      for (const [index, user] of users.entries()) {
        scope.subject.begin(user, nowMs);
        tests.forEach((isMember, at) => {
          if (isMember(null)) counts[at] = (counts[at] ?? 0) + 1;
        });
        if ((index + 1) % usersAtOnce === 0) await othersServed();
      }
    },
    counts: () => [...counts],
  };
}

export const othersServed = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Whether a user is in a segment. */
export function memberTest(
  source: SegmentsSource,
  segmentId: string,
  nowMs: number,
): (user: User) => boolean {
  const scope = newUserScope({ ...source, keys: [], publications: [], previews: [] });
  const isMember = scope.segment(segmentId);
  return (user) => {
    scope.subject.begin(user, nowMs);
    return isMember(null);
  };
}
