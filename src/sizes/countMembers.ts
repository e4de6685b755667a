import { memberCounter, type SegmentsSource } from "./memberCounter";
import { userSlices } from "../audience/userSlices";
import { segmentNeeds } from "../evaluation/needs";
import type { Queryable } from "../postgres/database";

/** Among how many users so many members of a segment were found, up to a key. */
export type Counted = Readonly<{ afterKey: string; looked: number; members: number }>;

export type CountRequest = Readonly<{
  source: SegmentsSource;
  segmentId: string;
  nowMs: number;
  /** Where to go on. */
  counted: Counted;
  sliceUsers?: number;
}>;

/** In memory at a time: two slices, the one that is worked on and the next. */
const SLICE_USERS = 5_000;

/**
 * Counts the members of a segment among all users, in the order of their keys. Tells after each slice how far it came; who rejects ends
 * it. Each user is looked at once, as they are then; the clock is that of the request.
 */
export async function countMembers(
  database: Queryable,
  { source, segmentId, nowMs, counted, sliceUsers = SLICE_USERS }: CountRequest,
  report: (counted: Counted) => Promise<void>,
): Promise<Counted> {
  const counter = memberCounter(source, [segmentId], nowMs);
  const slices = userSlices(database, source, {
    ...{ needs: segmentNeeds(source, [segmentId]), nowMs },
    ...{ afterKey: counted.afterKey, sliceUsers },
  });
  let now = counted;
  for await (const { users, lastKey } of slices) {
    await counter.add(users);
    const [members = 0] = counter.counts();
    now = { afterKey: lastKey, looked: now.looked + users.length, members: counted.members + members };
    await report(now);
  }
  return now;
}
