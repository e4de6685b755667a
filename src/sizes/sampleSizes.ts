import { memberCounter, type SegmentsSource } from "./memberCounter";
import { estimateOf, type Estimate } from "./estimate.policy";
import { FIRST_KEY, shareUpTo, userSlices } from "../audience/userSlices";
import { segmentNeeds } from "../evaluation/needs";
import type { Queryable } from "../postgres/database";

/** With so many users, a share is known to a percentage point at 95 %, however many there are in all. */
export const SAMPLE_USERS = 10_000;
/** Evaluated without a pause, so that whoever else is served waits for some milliseconds at the most. */
const SLICE_USERS = 2_500;

export type SampleRequest = Readonly<{ segmentIds: readonly string[]; nowMs: number; sampleUsers?: number }>;

/**
 * How large segments of a ruleset are, by the users with the first keys. It is always the same users, so sizes can be compared, and
 * what is read of them stays in the database's memory.
 */
export async function sampleSizes(
  database: Queryable,
  source: SegmentsSource,
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
  const counts = count.counts();
  return new Map(
    segmentIds.map((id, index) => [id, estimateOf({ ...sampled, members: counts[index] ?? 0 })]),
  );
}
