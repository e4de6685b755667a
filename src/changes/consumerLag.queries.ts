import type { Queryable } from "../postgres/database";

/** Of all named consumers of all apps together. */
export type ConsumerLag = Readonly<{
  consumers: number;
  /** How many changes the one furthest behind has not acknowledged, and how long the first of them has waited. */
  lag_changes: number;
  lag_seconds: number;
}>;

export async function findConsumerLag(database: Queryable): Promise<ConsumerLag> {
  const [lag] = await database.query<ConsumerLag>(
    `select (select count(*) from server.consumers)::integer as consumers,
            coalesce(max(head.revision - partition.revision), 0)::float8 as lag_changes,
            coalesce(max(extract(epoch from clock_timestamp() - next.time)), 0)::float8 as lag_seconds
       from server.consumer_partitions as partition
       left join lateral (
         select changes.revision from models.changes
          where changes.app = partition.app order by changes.revision desc limit 1) as head on true
       left join models.changes as next on next.app = partition.app and next.revision = partition.revision + 1`,
    [],
    "consumers.findLag",
  );
  return lag ?? NO_CONSUMERS;
}

const NO_CONSUMERS: ConsumerLag = { consumers: 0, lag_changes: 0, lag_seconds: 0 };
