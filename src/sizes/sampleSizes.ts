import { estimateOf, type Estimate } from "./estimate.policy";
import { FIRST_KEY, userSlices } from "../audience/userSlices";
import type { RulesetSource, User } from "../evaluation/model";
import { segmentNeeds } from "../evaluation/needs";
import { newUserScope } from "../evaluation/userScope";
import type { Queryable } from "../postgres/database";

/** With so many users, a share is known to a percentage point at 95 %, however many there are in all. */
export const SAMPLE_USERS = 10_000;
/** Evaluated without a pause, so that whoever else is served waits for some milliseconds at the most. */
const SLICE_USERS = 2_500;
const TESTS_AT_ONCE = 5_000;

export type SampleRequest = Readonly<{ segmentIds: readonly string[]; nowMs: number; sampleUsers?: number }>;

/**
 * How large segments of a ruleset are, by the users with the first keys. It is always the same users, so sizes can be compared, and
 * what is read of them stays in the database's memory.
 */
export async function sampleSizes(
  database: Queryable,
  source: RulesetSource,
  { segmentIds, nowMs, sampleUsers = SAMPLE_USERS }: SampleRequest,
): Promise<ReadonlyMap<string, Estimate>> {
  const count = memberCounter(source, segmentIds, nowMs);
  const slices = userSlices(database, source, {
    ...{ needs: segmentNeeds(source, segmentIds), nowMs, afterKey: FIRST_KEY },
    ...{ sliceUsers: SLICE_USERS, usersMax: sampleUsers },
  });
  let looked = 0;
  let share = 1;
  let isAll = true;
  for await (const { users, lastKey, isLast } of slices) {
    await count.add(users);
    looked += users.length;
    share = shareUpTo(lastKey);
    isAll = isLast;
  }
  const sampled = { looked, share, isAll };
  return new Map(segmentIds.map((id, index) => [id, estimateOf({ ...sampled, members: count.of(index) })]));
}

/** Counts the members of segments, in a scope of its own: what the values of users are made with serves one user at a time. */
function memberCounter(source: RulesetSource, segmentIds: readonly string[], nowMs: number) {
  const scope = newUserScope(source);
  const tests = segmentIds.map((id) => scope.segment(id));
  const counts = tests.map(() => 0);
  const usersAtOnce = Math.max(1, Math.floor(TESTS_AT_ONCE / Math.max(1, tests.length)));
  return {
    async add(users: readonly User[]): Promise<void> {
      for (const [index, user] of users.entries()) {
        scope.subject.begin(user, nowMs);
        tests.forEach((isMember, at) => {
          if (isMember(null)) counts[at] = (counts[at] ?? 0) + 1;
        });
        if ((index + 1) % usersAtOnce === 0) await othersServed();
      }
    },
    of: (index: number): number => counts[index] ?? 0,
  };
}

const othersServed = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Which part of all keys comes before one. */
export function shareUpTo(key: string): number {
  return parseInt(key.replaceAll("-", "").slice(0, KEY_DIGITS), 16) / 16 ** KEY_DIGITS;
}

const KEY_DIGITS = 12;
