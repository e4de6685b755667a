import { memberTest } from "./memberCounter";
import { SAMPLE_USERS } from "./sampleSizes";
import { FIRST_KEY, userSlices } from "../audience/userSlices";
import type { Ruleset } from "../evaluation/compile";
import { explainMembership } from "../evaluation/explain";
import { segmentNeeds } from "../evaluation/needs";
import type { Queryable } from "../postgres/database";

export const MEMBERS_SHOWN_MAX = 100;
const SLICE_USERS = 1_000;

export type Member = Readonly<{ id: string; because: string }>;

/** The first members of a segment, by their keys, that are found among as many users as an estimate looks at. */
export async function sampleMembers(
  database: Queryable,
  ruleset: Ruleset,
  { segmentId, nowMs, first }: Readonly<{ segmentId: string; nowMs: number; first: number }>,
): Promise<readonly Member[]> {
  const { source } = ruleset;
  const isMember = memberTest(source, segmentId, nowMs);
  const members: Member[] = [];
  const slices = userSlices(database, source, {
    ...{ needs: segmentNeeds(source, [segmentId]), nowMs, afterKey: FIRST_KEY },
    ...{ sliceUsers: SLICE_USERS, usersMax: SAMPLE_USERS },
  });
  for await (const { users } of slices) {
    for (const user of users) {
      if (members.length === first) return members;
      if (!isMember(user)) continue;
      const { because } = explainMembership(ruleset, segmentId, user, nowMs);
      members.push({ id: user.id, because });
    }
  }
  return members;
}
