import type { Place } from "./userKey";
import type { User } from "../evaluation/model";
import type { Needs } from "../evaluation/needs";
import type { PerformedEvent } from "../evaluation/performed";
import type { Json, JsonObject } from "../lib/json";
import type { Queryable } from "../postgres/database";

/** Before all users. */
export const FIRST_KEY = "00000000-0000-0000-0000-000000000000";

/** Which part of all keys comes before one, from 0 to 1: as large a part of all users do. */
export function shareUpTo(key: string): number {
  return parseInt(key.replaceAll("-", "").slice(0, KEY_DIGITS), 16) / 16 ** KEY_DIGITS;
}

const KEY_DIGITS = 12;

/** More properties than these are not picked out of what is known of a user: all of it is read. */
const PICKED_MAX = 8;

/** Users beside each other by their keys, with what is needed of them. */
export type UserSlice = Readonly<{
  users: readonly User[];
  /** The key of the last one; that which it was read after, if there is none. */
  lastKey: string;
  /** Whether there is nobody behind them. */
  isLast: boolean;
}>;

export type SlicesRequest = Readonly<{
  needs: Needs;
  /** What happened afterwards is left out. */
  nowMs: number;
  /** Users of later keys. */
  afterKey: string;
  /** In each slice but the last one. */
  sliceUsers: number;
  /** In all of them; absent: everybody. */
  usersMax?: number;
}>;

/**
 * The users after a key, in the order of their keys: since those are hashes, whoever is first is as good as drawn by lot. While what a
 * slice's users did is read, and while it is worked on, the next one is on its way.
 */
export async function* userSlices(
  database: Queryable,
  place: Place,
  { needs, nowMs, afterKey, sliceUsers, usersMax = Infinity }: SlicesRequest,
): AsyncGenerator<UserSlice, void> {
  let asked = 0;
  let read = 0;
  const readAfter = (key: string): Promise<readonly UserRow[]> => {
    const limit = Math.min(sliceUsers, usersMax - asked);
    asked += limit;
    const rows = readUsers(database, place, { needs, afterKey: key, limit });
    // Whoever waits for it hears of its failure.
    rows.catch(() => undefined);
    return rows;
  };
  let lastKey = afterKey;
  let next: Promise<readonly UserRow[]> | null = readAfter(afterKey);
  try {
    while (next) {
      const rows: readonly UserRow[] = await next;
      lastKey = rows.at(-1)?.[0] ?? lastKey;
      read += rows.length;
      const isLast = read < asked;
      next = isLast || asked >= usersMax ? null : readAfter(lastKey);
      const events = await readEvents(database, rows, { needs, nowMs });
      yield { users: withEvents(rows, needs, events), lastKey, isLast };
    }
  } finally {
    await next?.catch(() => undefined);
  }
}

function withEvents(rows: readonly UserRow[], needs: Needs, events: readonly EventRow[]): readonly User[] {
  const performances = new Map<string, Map<string, PerformedEvent[]>>();
  const users = rows.map(([key, id, properties]): User => {
    const ofUser = new Map<string, PerformedEvent[]>();
    if (events.length > 0) performances.set(key, ofUser);
    return { id, properties: propertiesOf(properties, needs), performances: ofUser };
  });
  for (const [key, name, atMs, properties] of events) {
    const ofUser = performances.get(key);
    const event = { atMs, properties };
    const others = ofUser?.get(name);
    if (others) others.push(event);
    else ofUser?.set(name, [event]);
  }
  return users;
}

type UserRow = readonly [key: string, id: string, properties: JsonObject | readonly Json[]];

/** A property that a user does not have is null here, which is the same to every condition. */
function propertiesOf(properties: UserRow[2], { properties: names }: Needs): JsonObject {
  if (!isList(properties)) return properties;
  return Object.fromEntries(names.map((name, index) => [name, properties[index] ?? null]));
}

const isList = (properties: UserRow[2]): properties is readonly Json[] => Array.isArray(properties);

/** As one JSON text for all, which is read much faster than as many rows. */
async function readUsers(
  database: Queryable,
  { app, environment }: Place,
  {
    needs: { properties: names },
    afterKey,
    limit,
  }: Readonly<{ needs: Needs; afterKey: string; limit: number }>,
): Promise<readonly UserRow[]> {
  const isPicked = names.length <= PICKED_MAX;
  const picked = Array.from({ length: PICKED_MAX }, (_, index) => (isPicked ? (names[index] ?? null) : null));
  const [row] = await database.query<{ users: readonly UserRow[] | null }>(
    isPicked ? PICKED : WHOLE,
    [app, environment, afterKey, limit, ...(isPicked ? picked : [])],
    isPicked ? "audience.sliceOfPicked" : "audience.sliceOfUsers",
  );
  return row?.users ?? [];
}

const PICKED = `
  select json_agg(json_build_array(slice.user_key, slice.id, slice.properties)) as users
    from (select users.user_key, users.id,
                 jsonb_build_array(users.properties -> $5, users.properties -> $6, users.properties -> $7,
                                   users.properties -> $8, users.properties -> $9, users.properties -> $10,
                                   users.properties -> $11, users.properties -> $12) as properties
            from audience.users
           where users.app = $1 and users.environment = $2 and users.user_key > $3 and users.alias_of is null
           order by users.user_key limit $4) as slice`;

const WHOLE = `
  select json_agg(json_build_array(slice.user_key, slice.id, slice.properties)) as users
    from (select users.user_key, users.id, users.properties
            from audience.users
           where users.app = $1 and users.environment = $2 and users.user_key > $3 and users.alias_of is null
           order by users.user_key limit $4) as slice`;

type EventRow = readonly [key: string, name: string, atMs: number, properties: JsonObject];

/** In the order of their times, and of ids where those are the same. */
async function readEvents(
  database: Queryable,
  users: readonly UserRow[],
  { needs: { events, horizonMs }, nowMs }: Readonly<{ needs: Needs; nowMs: number }>,
): Promise<readonly EventRow[]> {
  if (events.length === 0 || users.length === 0) return [];
  const [row] = await database.query<{ events: readonly EventRow[] | null }>(
    // Not prepared: a plan for any number of keys is far from the best for many.
    `select json_agg(json_build_array(events.user_key, events.name,
                                      (extract(epoch from events.at) * 1000)::bigint, events.properties::json)
                     order by events.at, events.id) as events
       from audience.events
      where events.user_key = any($1::uuid[]) and events.name = any($2)
        and events.at >= $3 and events.at <= $4`,
    [
      users.map(([key]) => key),
      events,
      horizonMs === null ? "-infinity" : new Date(nowMs - horizonMs),
      new Date(nowMs),
    ],
  );
  return row?.events ?? [];
}
