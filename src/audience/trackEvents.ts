import { isWithoutPartition, makePartitions } from "./eventPartitions";
import { tellingOf } from "./heldUsers";
import { EARLY_MINUTES_MAX, eachOnce, idReused, LATE_DAYS_MAX, type IndexedEvent } from "./track.policy";
import type { Place } from "./userKey";
import type { Refusal } from "../lib/refusal";
import type { Database, Queryable } from "../postgres/database";

/** For so long, an event that is sent again counts once. */
export const IDEMPOTENT_DAYS = 7;
/** Further apart, events of one user with the same id are others: a late one may be sent again until then. */
export const SAME_ID_DAYS = LATE_DAYS_MAX + IDEMPOTENT_DAYS + 1;

export type Tracked = Readonly<{
  /** Null: nothing was done. */
  counts: Readonly<{ accepted: number; duplicates: number }> | null;
  refusals: readonly Refusal[];
  /** Of the users whose events they are. */
  keys: readonly string[];
}>;

/**
 * Stores events, each once. Those whose id stands for something else are refused: they alone with `isPartial`, else all of
 * the batch. When it resolves, what is accepted is durable.
 */
export async function trackEvents(
  { database, now }: Readonly<{ database: Database; now: () => Date }>,
  place: Place,
  events: readonly IndexedEvent[],
  isPartial: boolean,
): Promise<Tracked> {
  if (events.length === 0) return { counts: { accepted: 0, duplicates: 0 }, refusals: [], keys: [] };
  const ids = [...new Set(events.map(({ event }) => event.userId))];
  const store = () =>
    tellingOf(database, place, ids, (connection, keyOf) =>
      storeIn(connection, { keyOf, now: now(), isPartial }, events),
    );
  try {
    return await store().catch(async (error: unknown) => {
      if (!isWithoutPartition(error)) throw error;
      await makePartitions(database, now());
      return store();
    });
  } catch (error) {
    if (!(error instanceof BatchRefused)) throw error;
    return { counts: null, refusals: error.refusals, keys: [] };
  }
}

async function storeIn(
  connection: Queryable,
  { keyOf, now, isPartial }: Readonly<{ keyOf: (id: string) => string; now: Date; isPartial: boolean }>,
  sent: readonly IndexedEvent[],
): Promise<Tracked> {
  // Two ids of a batch may be those of one user.
  const { events, repeats, refusals: reused } = eachOnce(sent, ({ userId }) => keyOf(userId));
  const keys = events.map(({ event }) => keyOf(event.userId));
  const known = await insertUnknown(connection, keys, events, now);
  const others = known
    .filter(({ is_same }) => !is_same)
    .map(({ number }) => idReused(events[number - 1]?.index ?? 0));
  const refusals = [...reused, ...others];
  if (refusals.length > 0 && !isPartial) throw new BatchRefused(refusals);
  const duplicates = repeats + known.length - others.length;
  return { counts: { accepted: events.length - known.length, duplicates }, refusals, keys };
}

/** Undoes the batch. */
class BatchRefused extends Error {
  constructor(readonly refusals: readonly Refusal[]) {
    super("ids of events stand for others");
  }
}

/** Inserts those whose ids are not known, and tells of the others whether they say the same as what is. */
function insertUnknown(
  connection: Queryable,
  keys: readonly string[],
  events: readonly IndexedEvent[],
  now: Date,
): Promise<{ number: number; is_same: boolean }[]> {
  const all = events.map(({ event }) => event);
  return connection.query(
    `with given as (
       select * from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::boolean[], $6::text[])
                with ordinality as given (user_key, id, name, at, is_timed, properties, number)),
     known as (
       select given.number,
              events.name = given.name and events.properties = given.properties
              and (events.at = given.at or not given.is_timed) as is_same
         from given
         join audience.events as events on events.user_key = given.user_key and events.id = given.id
        where events.at > $7::timestamptz - $8 * interval '1 day'
          and events.at < $7::timestamptz + $9 * interval '1 minute'),
     added as (
       insert into audience.events (user_key, id, name, at, properties)
       select given.user_key, given.id, given.name, given.at, given.properties
         from given
        where not exists (select from known where known.number = given.number))
     select known.number, known.is_same from known order by known.number`,
    [
      keys,
      all.map(({ id }) => id),
      all.map(({ name }) => name),
      all.map(({ at }) => at),
      all.map(({ isTimed }) => isTimed),
      all.map(({ properties }) => properties),
      now,
      SAME_ID_DAYS,
      2 * EARLY_MINUTES_MAX,
    ],
    "audience.trackEvents",
  );
}
