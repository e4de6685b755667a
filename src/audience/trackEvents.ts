import { isWithoutPartition, makePartitions } from "./eventPartitions";
import { createGroupedWrites, type GroupedWrites, type Wish } from "./groupedWrites";
import { tellingOf } from "./heldUsers";
import { EARLY_MINUTES_MAX, eachOnce, idReused, LATE_DAYS_MAX, type IndexedEvent } from "./track.policy";
import type { Place } from "./userKey";
import { invariant } from "../lib/invariant";
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

type Parts = Readonly<{ database: Database; now: () => Date }>;
/** What one request wants to be stored. */
type Sent = Readonly<{ events: readonly IndexedEvent[]; isPartial: boolean }>;
type Groups = GroupedWrites<Wish & Sent, Tracked>;

/** Requests of more events have a transaction of their own. */
export const GROUPED_EVENTS_MAX = 50;

/**
 * Stores events, each once. Those whose id stands for something else are refused: they alone with `isPartial`, else all of
 * the batch. When it resolves, what is accepted is durable. Small requests that come at once are stored together.
 */
export async function trackEvents(
  parts: Parts,
  place: Place,
  events: readonly IndexedEvent[],
  isPartial: boolean,
): Promise<Tracked> {
  if (events.length === 0) return { counts: { accepted: 0, duplicates: 0 }, refusals: [], keys: [] };
  const sent = { events, isPartial };
  if (events.length <= GROUPED_EVENTS_MAX) {
    const names = events.map(({ event }) => `${event.userId}\0${event.id}`);
    return groupsOf(parts, place).add({ ...sent, size: events.length, names });
  }
  const [tracked] = await storeAll(parts, place, [sent]);
  invariant(tracked, "each request has a result");
  return tracked;
}

const groups = new WeakMap<Database, Map<string, Groups>>();

function groupsOf(parts: Parts, place: Place): Groups {
  const ofDatabase = groups.get(parts.database) ?? new Map<string, Groups>();
  groups.set(parts.database, ofDatabase);
  const name = `${place.app}\0${place.environment}`;
  const known = ofDatabase.get(name);
  if (known) return known;
  const created: Groups = createGroupedWrites((wishes) => storeAll(parts, place, wishes));
  ofDatabase.set(name, created);
  return created;
}

/** @throws {BatchRefused} or {Entangled} where several cannot be stored together. */
async function storeAll(
  { database, now }: Parts,
  place: Place,
  all: readonly Sent[],
): Promise<readonly Tracked[]> {
  const ids = [...new Set(all.flatMap(({ events }) => events.map(({ event }) => event.userId)))];
  const store = () =>
    tellingOf(database, place, ids, (connection, keyOf) => storeIn(connection, { keyOf, now: now() }, all));
  try {
    return await store().catch(async (error: unknown) => {
      if (!isWithoutPartition(error)) throw error;
      await makePartitions(database, now());
      return store();
    });
  } catch (error) {
    if (!(error instanceof BatchRefused) || all.length > 1) throw error;
    return [{ counts: null, refusals: error.refusals, keys: [] }];
  }
}

async function storeIn(
  connection: Queryable,
  { keyOf, now }: Readonly<{ keyOf: (id: string) => string; now: Date }>,
  all: readonly Sent[],
): Promise<readonly Tracked[]> {
  const batches = all.map(({ events, isPartial }) => {
    // Two ids of a batch may be those of one user.
    const once = eachOnce(events, ({ userId }) => keyOf(userId));
    return { ...once, isPartial, keys: once.events.map(({ event }) => keyOf(event.userId)) };
  });
  const events = batches.flatMap((batch) => batch.events);
  const keys = batches.flatMap((batch) => batch.keys);
  if (new Set(events.map(({ event }, index) => `${event.id}\0${keys[index]}`)).size < events.length) {
    throw new Entangled();
  }
  const known = await insertUnknown(connection, keys, events, now);
  const isSame = new Map(known.map(({ number, is_same }) => [events[number - 1], is_same]));
  return batches.map((batch) => trackedOf(batch, (event) => isSame.get(event)));
}

type Batch = ReturnType<typeof eachOnce> & Readonly<{ isPartial: boolean; keys: readonly string[] }>;

/** @throws {BatchRefused} */
function trackedOf(
  { events, repeats, refusals: reused, isPartial, keys }: Batch,
  /** Whether what is known by an event's id is the same; undefined if nothing is. */
  isSame: (event: IndexedEvent) => boolean | undefined,
): Tracked {
  const known = events.filter((event) => isSame(event) !== undefined);
  const others = known.filter((event) => isSame(event) === false).map(({ index }) => idReused(index));
  const refusals = [...reused, ...others];
  if (refusals.length > 0 && !isPartial) throw new BatchRefused(refusals);
  const duplicates = repeats + known.length - others.length;
  return { counts: { accepted: events.length - known.length, duplicates }, refusals, keys };
}

/** Undoes a group: two of its requests tell of one event, by two ids of its user. Each alone finds that of the one before. */
class Entangled extends Error {}

/** Undoes the transaction. */
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
