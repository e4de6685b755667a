import { startsOf, type Bucket, type Span } from "./buckets.policy";
import type { Reason } from "../evaluation/model";
import type { Json } from "../lib/json";
import type { Queryable } from "../postgres/database";

/** How many different values of a key are told apart, those delivered most often; the rest are told together. */
export const VALUES_TOLD_MAX = 20;
/** How many versions are told of, the latest ones. */
export const VERSIONS_TOLD_MAX = 100;

/** What was delivered of a config or flag. Counts are whole numbers. */
export type Statistics = Readonly<{
  total: number;
  /** All of the span, also those in which there was nothing. */
  buckets: readonly Readonly<{ at: string; count: number }>[];
  byValue: readonly Readonly<{ key: string; value: Json; isOther: boolean; count: number }>[];
  byReason: readonly Readonly<{ reason: Reason; count: number }>[];
  byVersion: readonly Readonly<{ version: number; count: number }>[];
}>;

export type StatisticsRequest = Span &
  Readonly<{
    /** The id of the config or flag. */
    source: string;
    environment: string;
    bucket: Bucket;
    timeZone: string;
    /** Null: all, and those who are in none. */
    segmentId: string | null;
  }>;

type Row = Readonly<{
  at_ms: number | null;
  key: string | null;
  value: string | null;
  reason: Reason | null;
  version: number | null;
  count: number;
}>;

/** Reads what was delivered in every bucket that the span touches. */
export async function findStatistics(database: Queryable, asked: StatisticsRequest): Promise<Statistics> {
  const starts = startsOf(asked, asked.bucket, asked.timeZone);
  const rows = await findCounted(database, asked, starts);
  const countAt = new Map(
    rows.flatMap(({ at_ms, count }) => (at_ms === null ? [] : [[at_ms, count] as const])),
  );
  const buckets = starts.slice(0, -1).map((atMs) => {
    return { at: new Date(atMs).toISOString(), count: countAt.get(atMs) ?? 0 };
  });
  return {
    total: buckets.reduce((sum, { count }) => sum + count, 0),
    buckets,
    byValue: rows.flatMap(({ key, value, count }) => {
      if (key === null) return [];
      return [{ key, value: value === null ? null : parsed(value), isOther: value === null, count }];
    }),
    byReason: rows.flatMap(({ reason, count }) => (reason === null ? [] : [{ reason, count }])),
    byVersion: rows.flatMap(({ version, count }) => (version === null ? [] : [{ version, count }])),
  };
}

// We have written it.
const parsed = (text: string): Json => JSON.parse(text) as Json;

/** The counts by bucket, by value, by reason and by version: of each row, what it is by is not null. */
function findCounted(
  database: Queryable,
  { source, environment, segmentId }: StatisticsRequest,
  starts: readonly number[],
): Promise<Row[]> {
  const instants = starts.map((atMs) => new Date(atMs).toISOString());
  return database.query<Row>(
    COUNTED,
    [source, environment, instants, segmentId, VALUES_TOLD_MAX, VERSIONS_TOLD_MAX],
    "delivery.findCounted",
  );
}

const COUNTED = `with counted as materialized (
   select outcomes.key, outcomes.value, outcomes.reason, outcomes.version, bucketed.at, sum(counts.count) as count
     from delivery.outcomes
     join delivery.counts on counts.outcome = outcomes.id
    cross join lateral (
      select ($3::timestamptz[])[width_bucket(counts.hour, $3::timestamptz[])] as at) as bucketed
    where outcomes.source = $1 and outcomes.environment = $2
      and ($4::text is null or outcomes.segment = $4)
      and counts.hour >= ($3::timestamptz[])[1]
      and counts.hour < ($3::timestamptz[])[cardinality($3::timestamptz[])]
    group by outcomes.key, outcomes.value, outcomes.reason, outcomes.version, bucketed.at),
 ranked as (
   select counted.key, counted.value, sum(counted.count) as count,
          row_number() over (
            partition by counted.key order by counted.value is null, sum(counted.count) desc, counted.value) as rank
     from counted group by counted.key, counted.value),
 told as (
   select ranked.key, case when ranked.rank <= $5 then ranked.value end as value, sum(ranked.count) as count
     from ranked group by 1, 2),
 versions as (
   select counted.version, sum(counted.count) as count
     from counted where counted.version is not null group by counted.version order by counted.version desc limit $6)
 select (extract(epoch from counted.at) * 1000)::float8 as at_ms, null as key, null as value, null as reason,
        null::integer as version, sum(counted.count)::bigint as count
   from counted group by counted.at
 union all
 select * from (
   select null::float8, told.key, told.value, null, null::integer, told.count::bigint
     from told order by told.key, told.value is null, told.count desc, told.value) as values
 union all
 select * from (
   select null::float8, null, null, counted.reason, null::integer, sum(counted.count)::bigint
     from counted group by counted.reason order by 6 desc, 4) as reasons
 union all
 select null::float8, null, null, null, versions.version, versions.count::bigint from versions`;
