import { countConversions, type Count } from "./conversionCount";
import { FIRST_KEY, shareUpTo, userSlices } from "../audience/userSlices";
import type { Place } from "../audience/userKey";
import type { TrackedEvent } from "../goals/goal.events";
import type { Queryable } from "../postgres/database";
import { estimateOf } from "../sizes/estimate.policy";

/** Of one answer. */
export const CONVERSION_DAYS_MAX = 92;
/** Users who are looked at: where there are more, these are a sample. */
export const CONVERSION_USERS_MAX = 10_000;
/** Events that are looked at, unless so many are of one slice: then fewer users are the sample. */
export const CONVERSION_EVENTS_MAX = 500_000;
const SLICE_USERS = 500;

/** Conversions, as far as the users tell who were looked at. Errors are at 95 %; they are 0 where that was everybody. */
export type Conversions = Readonly<{
  conversions: number;
  conversionsError: number;
  users: number;
  usersError: number;
  days: readonly (Readonly<{ at: string }> & Count)[];
  usersInEnvironment: number;
  sampled: number;
  isExact: boolean;
}>;

export type ConversionsAsked = Place &
  Readonly<{
    events: readonly TrackedEvent[];
    /** When the days begin, and at the end when the next one would. */
    starts: readonly number[];
    nowMs: number;
    usersMax?: number;
    eventsMax?: number;
  }>;

/** How often and by whom the events of a goal were performed. */
export async function findConversions(
  database: Queryable,
  { events, starts, nowMs, ...asked }: ConversionsAsked,
): Promise<Conversions> {
  const { usersMax = CONVERSION_USERS_MAX, eventsMax = CONVERSION_EVENTS_MAX } = asked;
  const [fromMs, toMs] = [starts[0] ?? 0, starts.at(-1) ?? 0];
  const names = [...new Set(events.map(({ name }) => name))].sort();
  const slices = userSlices(database, asked, {
    // Both ends count there; what happened at the last instant is of no day here.
    ...{ needs: { properties: [], events: names, horizonMs: toMs - fromMs }, nowMs: toMs },
    ...{ afterKey: FIRST_KEY, sliceUsers: Math.min(SLICE_USERS, usersMax), usersMax },
  });
  const count = countConversions(events, starts, nowMs);
  let [looked, seen, share, isAll] = [0, 0, 1, true];
  for await (const { users, lastKey, isLast } of slices) {
    for (const user of users) {
      count.add(user);
      for (const performed of user.performances?.values() ?? []) seen += performed.length;
    }
    looked += users.length;
    share = shareUpTo(lastKey);
    isAll = isLast;
    if (seen >= eventsMax) break;
  }
  return conversionsOf(count, { looked, share, isAll }, starts);
}

function conversionsOf(
  count: ReturnType<typeof countConversions>,
  sampled: Readonly<{ looked: number; share: number; isAll: boolean }>,
  starts: readonly number[],
): Conversions {
  const { conversions, users: members } = count.all();
  const estimate = estimateOf({ ...sampled, members });
  const { looked } = sampled;
  const factor = looked === 0 ? 0 : estimate.usersInEnvironment / looked;
  const scaled = (found: number) => Math.round(found * factor);
  return {
    conversions: scaled(conversions),
    conversionsError: estimate.isExact ? 0 : Math.ceil(factor * sumError(count.squares())),
    users: estimate.users,
    usersError: estimate.usersError,
    days: count.days().map((day, index) => ({
      at: new Date(starts[index] ?? 0).toISOString(),
      conversions: scaled(day.conversions),
      users: scaled(day.users),
    })),
    usersInEnvironment: estimate.usersInEnvironment,
    sampled: looked,
    isExact: estimate.isExact,
  };
}

/** How far the sum that is to be expected may be from the one that was found, by the squares of what was summed up. */
const sumError = (squares: number): number => (Z * Z) / 2 + Z * Math.sqrt(squares + (Z * Z) / 4);
const Z = 1.96;
