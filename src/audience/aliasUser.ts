import { aliasRefusal, joinedTooMuch, type Aliased, type Standing } from "./alias.policy";
import { holdingUsers, lockUsers } from "./heldUsers";
import { USER_PROPERTIES_MAX } from "./identify.policy";
import { PROPERTIES_BYTES_MAX } from "./properties.policy";
import { SAME_ID_DAYS } from "./trackEvents";
import { userKeyOf, type Place } from "./userKey";
import { invariant } from "../lib/invariant";
import type { JsonObject } from "../lib/json";
import type { Refusal } from "../lib/refusal";
import type { Database, Queryable } from "../postgres/database";

/** Events that are carried over by one statement. */
const PAGE_EVENTS = 5_000;

/** What came of it: events that are the user's now, and those left out since the user has others of their ids. */
export type Joined = Readonly<{ joined: number; dropped: number }>;
export type Aliasing = Joined | Readonly<{ refusal: Refusal }>;

/**
 * Lets who was anonymous become a known user: what is known of both is of the user from now on, and so is what is told of either
 * id later. All of it, or with a refusal nothing; a repeat changes nothing.
 */
export async function aliasUser(
  database: Database,
  place: Place,
  { anonymousId, userId }: Aliased,
): Promise<Aliasing> {
  const [from, to] = [userKeyOf(place, anonymousId), userKeyOf(place, userId)];
  try {
    return await holdingUsers(database, async (connection, hold) => {
      const both = [anonymousId, userId].map((id) => ({ ...place, id }));
      await lockUsers(connection, both, hold);
      const anonymous = await standingOf(connection, from);
      const refusal = aliasRefusal(anonymous, await standingOf(connection, to));
      if (refusal) throw new Refused(refusal);
      if (anonymous.alias_of !== null) return { joined: 0, dropped: 0 };
      await joinProperties(connection, { from, to, anonymousId, anonymous });
      return joinEvents(connection, from, to);
    });
  } catch (error) {
    if (error instanceof Refused) return { refusal: error.refusal };
    throw error;
  }
}

/** Undoes it. */
class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

type StandingRow = Standing & Readonly<{ properties: JsonObject; created_at: string }>;

async function standingOf(connection: Queryable, key: string): Promise<StandingRow> {
  const [row] = await connection.query<StandingRow>(
    `select users.user_key, users.alias_of, users.aliases, users.properties, users.created_at
       from audience.users where users.user_key = $1`,
    [key],
    "audience.standing",
  );
  invariant(row, "a row that is held is there");
  return row;
}

/** What is known of the known user wins. */
async function joinProperties(
  connection: Queryable,
  {
    from,
    to,
    anonymousId,
    anonymous,
  }: Readonly<{ from: string; to: string; anonymousId: string; anonymous: StandingRow }>,
): Promise<void> {
  const [row] = await connection.query<{ is_full: boolean }>(
    `update audience.users as users
        set properties = $2::jsonb || users.properties, aliases = users.aliases || $3::text,
            created_at = least(users.created_at, $4::timestamptz), updated_at = clock_timestamp()
      where users.user_key = $1
     returning octet_length(users.properties::text) > $5
               or (select count(*) from jsonb_object_keys(users.properties)) > $6 as is_full`,
    [
      to,
      JSON.stringify(anonymous.properties),
      anonymousId,
      anonymous.created_at,
      PROPERTIES_BYTES_MAX,
      USER_PROPERTIES_MAX,
    ],
    "audience.joinProperties",
  );
  if (row?.is_full === true) throw new Refused(joinedTooMuch);
  await connection.query(
    "update audience.users as users set properties = '{}', alias_of = $2 where users.user_key = $1",
    [from, to],
    "audience.becomeUser",
  );
}

/** Written under the other key rather than given it, since a row's key says on which machine it stands. */
async function joinEvents(connection: Queryable, from: string, to: string): Promise<Joined> {
  let [joined, dropped] = [0, 0];
  for (let last: EventRow | undefined, isMore = true; isMore;) {
    const page: readonly EventRow[] = await readEvents(connection, from, last);
    const added = page.length === 0 ? 0 : await addEvents(connection, to, page);
    joined += added;
    dropped += page.length - added;
    last = page.at(-1);
    isMore = page.length === PAGE_EVENTS;
  }
  await connection.query(
    "delete from audience.events where events.user_key = $1",
    [from],
    "audience.leaveEvents",
  );
  return { joined, dropped };
}

type EventRow = Readonly<{ id: string; name: string; at: string; properties: string; received_at: string }>;

function readEvents(
  connection: Queryable,
  key: string,
  last: EventRow | undefined,
): Promise<readonly EventRow[]> {
  return connection.query<EventRow>(
    `select events.id, events.name, events.at, events.properties, events.received_at
       from audience.events
      where events.user_key = $1 and ($2::timestamptz is null or (events.at, events.id) > ($2, $3))
      order by events.at, events.id limit $4`,
    [key, last?.at ?? null, last?.id ?? null, PAGE_EVENTS],
    "audience.eventsToJoin",
  );
}

/** How many of them are new to the user. */
async function addEvents(connection: Queryable, key: string, events: readonly EventRow[]): Promise<number> {
  const [row] = await connection.query<{ added: number }>(
    `with added as (
       insert into audience.events (user_key, id, name, at, properties, received_at)
       select $1, given.id, given.name, given.at, given.properties, given.received_at
         from unnest($2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::timestamptz[])
                as given (id, name, at, properties, received_at)
        where not exists (
          select from audience.events
           where events.user_key = $1 and events.id = given.id
             and events.at > given.at - $7 * interval '1 day' and events.at < given.at + $7 * interval '1 day')
       returning 1)
     select count(*) as added from added`,
    [
      key,
      events.map(({ id }) => id),
      events.map(({ name }) => name),
      events.map(({ at }) => at),
      events.map(({ properties }) => properties),
      events.map(({ received_at }) => received_at),
      SAME_ID_DAYS,
    ],
    "audience.joinEvents",
  );
  return row?.added ?? 0;
}
