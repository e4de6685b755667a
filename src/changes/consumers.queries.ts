import {
  CONSUMERS_PER_APP_MAX,
  consumerTaken,
  cursorBehind,
  leaseLost,
  leaseNeeded,
} from "./consumers.policy";
import { noSuchConsumer, tooManyConsumers } from "./consumers.policy";
import type { ConsumerLease } from "./lease";
import type { Refusal } from "../lib/refusal";
import type { Database, Queryable } from "../postgres/database";

/** A server that dies holds its partitions for so long. */
export const CONSUMER_LEASE_MS = 5_000;

export type ConsumerRow = Readonly<{
  app: string;
  name: string;
  created_at: string;
  /** A backup was restored since it was last placed. */
  is_of_other_log: boolean;
  partitions: readonly PartitionRow[];
}>;
export type PartitionRow = Readonly<{
  number: number;
  revision: number;
  acknowledged_at: string | null;
  holder: string | null;
  leased_until: string | null;
  /** Changes of the app behind the cursor, and how long the first of them has been waiting. */
  lag: number;
  lag_seconds: number;
}>;
export type ConsumerName = Readonly<{ app: string; name: string }>;

/** Makes a consumer that has acknowledged everything up to a revision. Null when it is done. */
export async function insertConsumer(
  database: Database,
  { app, name, partitions, revision }: ConsumerName & Readonly<{ partitions: number; revision: number }>,
): Promise<Refusal | null> {
  return database.transaction(async (connection) => {
    // One at a time for an app, so that two cannot both be the last one allowed.
    await connection.query("select pg_advisory_xact_lock(hashtext($1))", [`consumers of ${app}`]);
    const others = await connection.query<{ name: string }>(
      "select consumers.name from server.consumers where consumers.app = $1",
      [app],
    );
    if (others.some((other) => other.name === name)) return consumerTaken(name);
    if (others.length >= CONSUMERS_PER_APP_MAX) return tooManyConsumers;
    await connection.query(`insert into server.consumers (app, name, partitions) values ($1, $2, $3)`, [
      ...[app, name, partitions],
    ]);
    await connection.query(
      `insert into server.consumer_partitions (app, name, number, revision)
       select $1, $2, number, $4 from generate_series(0, $3::integer - 1) as number`,
      [app, name, partitions, revision],
    );
    return null;
  });
}

export type Taken = ConsumerLease & Readonly<{ partitions: number; revision: number }>;
type Found = Omit<Taken, "partition"> & Readonly<{ partition: number | null; is_of_other_log: boolean }>;

/** Takes a partition that nobody holds, or says why there is none to take. */
export async function takePartition(
  database: Queryable,
  { app, name, holder }: ConsumerName & Readonly<{ holder: string }>,
): Promise<Taken | "ALL_HELD" | "OF_OTHER_LOG" | "UNKNOWN"> {
  const [row] = await database.query<Found>(
    `with free as (
       select partition.number
         from server.consumer_partitions as partition
         join server.consumers using (app, name)
        where not consumers.is_of_other_log
          and partition.app = $1 and partition.name = $2
          and (partition.leased_until is null or partition.leased_until <= clock_timestamp())
        order by partition.number
        limit 1
          for update of partition skip locked),
     taken as (
       update server.consumer_partitions as partition
          set fence = partition.fence + 1, holder = $3,
              leased_until = clock_timestamp() + $4 * interval '1 millisecond'
         from free
        where partition.app = $1 and partition.name = $2 and partition.number = free.number
       returning partition.number as partition, partition.fence, partition.revision)
     select consumers.partitions, consumers.is_of_other_log, taken.*
       from server.consumers left join taken on true
      where consumers.app = $1 and consumers.name = $2`,
    [app, name, holder, CONSUMER_LEASE_MS],
    "consumers.takePartition",
  );
  if (!row) return "UNKNOWN";
  const { partition, is_of_other_log, ...taken } = row;
  if (is_of_other_log) return "OF_OTHER_LOG";
  return partition === null ? "ALL_HELD" : { ...taken, partition };
}

/** Whether it is still held, and then for a while longer. One that has run out and that nobody else took is still one's own. */
export async function renewPartition(
  database: Queryable,
  { app, name, partition, fence }: ConsumerName & ConsumerLease,
): Promise<boolean> {
  const renewed = await database.query(
    `update server.consumer_partitions as partition
        set leased_until = clock_timestamp() + $5 * interval '1 millisecond'
      where partition.app = $1 and partition.name = $2 and partition.number = $3 and partition.fence = $4
     returning partition.number`,
    [app, name, partition, fence, CONSUMER_LEASE_MS],
    "consumers.renewPartition",
  );
  return renewed.length > 0;
}

/** Gives it up, so that another instance can have it at once; what was held until now can be acknowledged no more. */
export async function releasePartition(
  database: Queryable,
  { app, name, partition, fence }: ConsumerName & ConsumerLease,
): Promise<void> {
  await database.query(
    `update server.consumer_partitions as partition
        set leased_until = null, holder = null, fence = partition.fence + 1
      where partition.app = $1 and partition.name = $2 and partition.number = $3 and partition.fence = $4`,
    [app, name, partition, fence],
    "consumers.releasePartition",
  );
}

/** Acknowledges everything up to a revision, for whoever holds the lease. Null when it is done, also for a repeat. */
export async function acknowledge(
  database: Queryable,
  { app, name, partition, fence, revision }: ConsumerName & ConsumerLease & Readonly<{ revision: number }>,
): Promise<Refusal | null> {
  const [row] = await database.query<{ is_held: boolean | null; is_done: boolean | null }>(
    `with acknowledged as (
       update server.consumer_partitions as partition
          set revision = $5, acknowledged_at = clock_timestamp()
        where partition.app = $1 and partition.name = $2 and partition.number = $3 and partition.fence = $4
          and partition.leased_until > clock_timestamp() and partition.revision <= $5
       returning true as is_done)
     select partition.fence = $4 and partition.leased_until > clock_timestamp() as is_held, acknowledged.is_done
       from server.consumers
       left join server.consumer_partitions as partition
         on partition.app = consumers.app and partition.name = consumers.name and partition.number = $3
       left join acknowledged on true
      where consumers.app = $1 and consumers.name = $2`,
    [app, name, partition, fence, revision],
    "consumers.acknowledge",
  );
  if (!row) return noSuchConsumer(name, "consumer");
  if (row.is_done) return null;
  return row.is_held ? cursorBehind : leaseLost;
}

/**
 * Acknowledges everything up to a revision in all partitions, for whoever works without a lease: only while nobody holds one.
 * An instance whose lease has run out loses it for good. A consumer that was of another log is of this one then. Null when it is done, also for a repeat.
 */
export async function acknowledgeWithoutLease(
  database: Queryable,
  { app, name, revision }: ConsumerName & Readonly<{ revision: number }>,
): Promise<Refusal | null> {
  const [row] = await database.query<{ is_held: boolean | null; is_behind: boolean }>(
    `with locked as (
       select partition.revision > $3 as is_behind,
              coalesce(partition.leased_until > clock_timestamp(), false) as is_held
         from server.consumer_partitions as partition
        where partition.app = $1 and partition.name = $2
        order by partition.number
          for update),
     found as (select bool_or(locked.is_held) as is_held, bool_or(locked.is_behind) as is_behind from locked),
     acknowledged as (
       update server.consumer_partitions as partition
          set revision = $3, acknowledged_at = clock_timestamp(), holder = null, leased_until = null,
              fence = partition.fence + (partition.holder is not null)::integer
         from found
        where partition.app = $1 and partition.name = $2 and not (found.is_held or found.is_behind)),
     placed as (
       update server.consumers set is_of_other_log = false
         from found
        where consumers.app = $1 and consumers.name = $2 and consumers.is_of_other_log
          and not (found.is_held or found.is_behind))
     select found.is_held, found.is_behind from found`,
    [app, name, revision],
    "consumers.acknowledgeWithoutLease",
  );
  if (!row || row.is_held === null) return noSuchConsumer(name, "consumer");
  if (row.is_held) return leaseNeeded;
  return row.is_behind ? cursorBehind : null;
}

/** Sets all partitions to a revision; whoever works on one has lost it. False if there is no such consumer. */
export async function resetPartitions(
  database: Queryable,
  { app, name, revision }: ConsumerName & Readonly<{ revision: number }>,
): Promise<boolean> {
  const reset = await database.query(
    `with placed as (
       update server.consumers set is_of_other_log = false where consumers.app = $1 and consumers.name = $2)
     update server.consumer_partitions as partition
        set revision = $3, acknowledged_at = null, fence = partition.fence + 1, holder = null, leased_until = null
      where partition.app = $1 and partition.name = $2
     returning partition.number`,
    [app, name, revision],
  );
  return reset.length > 0;
}

/** False if there is no such consumer. */
export async function deleteConsumer(database: Queryable, { app, name }: ConsumerName): Promise<boolean> {
  const deleted = await database.query(
    "delete from server.consumers where consumers.app = $1 and consumers.name = $2 returning consumers.name",
    [app, name],
  );
  return deleted.length > 0;
}

/** The consumers of an app by name, or the one of that name, each with where its partitions stand. */
export async function findConsumers(
  database: Queryable,
  ofApp: string,
  named: string | null,
): Promise<readonly ConsumerRow[]> {
  const rows = await database.query<Omit<ConsumerRow, "partitions"> & PartitionRow>(
    `select consumers.app, consumers.name, consumers.created_at, consumers.is_of_other_log, partition.number, partition.revision,
            partition.acknowledged_at, held.holder, held.leased_until,
            greatest(head.revision - partition.revision, 0) as lag,
            coalesce(extract(epoch from clock_timestamp() - next.time), 0)::float8 as lag_seconds
       from server.consumers
       join server.consumer_partitions as partition using (app, name)
      cross join (select max(changes.revision) as revision from models.changes where changes.app = $1) as head
       left join models.changes as next on next.app = $1 and next.revision = partition.revision + 1
       left join lateral (
         select partition.holder, partition.leased_until where partition.leased_until > clock_timestamp()) held
         on true
      where consumers.app = $1 and ($2::text is null or consumers.name = $2)
      order by consumers.name, partition.number`,
    [ofApp, named],
    "consumers.find",
  );
  const found = new Map<string, ConsumerRow & { partitions: PartitionRow[] }>();
  for (const { app, name, created_at, is_of_other_log, ...partition } of rows) {
    const consumer = found.get(name) ?? { app, name, created_at, is_of_other_log, partitions: [] };
    consumer.partitions.push(partition);
    found.set(name, consumer);
  }
  return [...found.values()];
}
