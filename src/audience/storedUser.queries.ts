import { userKeyOf, type Place } from "./userKey";
import type { Needs } from "../evaluation/needs";
import type { PerformedEvent, Performances } from "../evaluation/performed";
import type { JsonObject } from "../lib/json";
import type { Queryable } from "../postgres/database";

export type StoredUser = Readonly<{
  id: string;
  aliases: readonly string[];
  properties: JsonObject;
  created_at: string;
  updated_at: string;
}>;

/** What is known of a user by any of their ids; null if nothing is. */
export async function findUser(database: Queryable, place: Place, id: string): Promise<StoredUser | null> {
  const row = await findRow(database, userKeyOf(place, id));
  return row === null || row.alias_of === null ? row : findRow(database, row.alias_of);
}

type UserRow = StoredUser & Readonly<{ alias_of: string | null }>;

async function findRow(database: Queryable, key: string): Promise<UserRow | null> {
  const [row] = await database.query<UserRow>(
    `select users.id, users.alias_of, users.aliases, users.properties, users.created_at, users.updated_at
       from audience.users where users.user_key = $1`,
    [key],
    "audience.findUser",
  );
  return row ?? null;
}

/** What is stored of a user, as conditions look at it. */
export type Stored = Readonly<{ properties: JsonObject; performances: Performances }>;
/** Or whose they are now: the key of the known user whom this one became. */
export type StoredOrAlias = Stored | Readonly<{ aliasOf: string }>;

/** Whether anything is known of anybody there. */
export async function hasUsers(database: Queryable, { app, environment }: Place): Promise<boolean> {
  const [row] = await database.query<{ found: boolean }>(
    "select exists (select from audience.users where users.app = $1 and users.environment = $2) as found",
    [app, environment],
    "audience.hasUsers",
  );
  return row?.found ?? false;
}

/** Those of a user's properties that are needed, and the needed events from an instant on. */
export async function findStored(
  database: Queryable,
  userKey: string,
  { properties, events, fromMs }: Pick<Needs, "properties" | "events"> & Readonly<{ fromMs: number }>,
): Promise<StoredOrAlias | null> {
  const [row] = await database.query<StoredRow>(
    `select (select coalesce(jsonb_object_agg(needed.name, users.properties -> needed.name), '{}')
               from unnest($4::text[]) as needed (name)
              where users.properties ? needed.name) as properties,
            users.alias_of, did.names, did.times, did.details
       from audience.users
       left join lateral (
         select array_agg(events.name order by events.at, events.id) as names,
                array_agg((extract(epoch from events.at) * 1000)::bigint order by events.at, events.id) as times,
                array_agg(events.properties order by events.at, events.id) as details
           from audience.events
          where events.user_key = users.user_key and events.name = any($2) and events.at >= $3) as did on true
      where users.user_key = $1`,
    [userKey, events, fromMs === -Infinity ? "-infinity" : new Date(fromMs), properties],
    "audience.findStored",
  );
  if (!row) return null;
  const { alias_of: aliasOf, properties: found } = row;
  return aliasOf === null ? { properties: found, performances: performancesIn(row) } : { aliasOf };
}

type StoredRow = Readonly<{
  alias_of: string | null;
  properties: JsonObject;
  names: readonly string[] | null;
  times: readonly number[];
  details: readonly string[];
}>;

function performancesIn({ names, times, details }: StoredRow): Performances {
  const performances = new Map<string, PerformedEvent[]>();
  names?.forEach((name, index) => {
    const properties = JSON.parse(details[index] ?? "{}") as JsonObject;
    const event = { atMs: times[index] ?? 0, properties };
    const others = performances.get(name);
    if (others) others.push(event);
    else performances.set(name, [event]);
  });
  return performances;
}

export type StoredEvent = Readonly<{ id: string; name: string; at: string; properties: string }>;

/** What a user did, the latest first: a page behind an event. */
export async function findEvents(
  database: Queryable,
  place: Place,
  userId: string,
  { limit, behind }: Readonly<{ limit: number; behind: Readonly<{ at: string; id: string }> | null }>,
): Promise<readonly StoredEvent[]> {
  return database.query<StoredEvent>(
    `select events.id, events.name, events.at, events.properties
       from audience.events
      where events.user_key = $1 and ($2::timestamptz is null or (events.at, events.id) < ($2, $3))
      order by events.at desc, events.id desc
      limit $4`,
    [userKeyOf(place, userId), behind?.at ?? null, behind?.id ?? null, limit],
    "audience.findEvents",
  );
}

export async function countEvents(database: Queryable, place: Place, userId: string): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    "select count(*) as count from audience.events where events.user_key = $1",
    [userKeyOf(place, userId)],
    "audience.countEvents",
  );
  return row?.count ?? 0;
}
