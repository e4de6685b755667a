import type { EncodedAppend } from "./encodedAppend";

/**
 * For the connection that appends. Both ways look again after they were given the lock, and a stricter level of
 * isolation would show them what was before. The tables may be empty when it plans, and large when it runs.
 */
export const SETTINGS = `
  select set_config('default_transaction_isolation', 'read committed', false),
         set_config('plan_cache_mode', 'force_generic_plan', false), set_config('enable_seqscan', 'off', false)`;

/**
 * Appends if nothing speaks against it, and otherwise writes nothing and returns no row. It takes the head's lock after
 * it has looked, so a writer that comes in between makes a unique index refuse it: revisions, or ids of appends.
 */
export const APPEND_ONE = `
  with moved as (
         update log.head set position = position + cardinality($6::uuid[])
          where one = 1
            and $3::bigint = coalesce((select max(e.revision) from log.events e where e.stream = $2), -1)
            and not exists (select from log.appends a where a.id = $1)
         returning position as last, position - cardinality($6::uuid[]) as before),
       written as (
         insert into log.events (position, stream, revision, id, type, schema_version, data, meta, recorded_at)
         select moved.before + e.number, $2, $3::bigint + e.number, e.id, e.type, e.schema_version, e.data, $4, $5::timestamptz
           from moved, unnest($6::uuid[], $7::text[], $8::integer[], $9::text[])
                         with ordinality as e (id, type, schema_version, data, number)),
       remembered as (
         insert into log.appends (id, stream, first_revision, last_revision, last_position)
         select $1, $2, $3::bigint + 1, $3::bigint + cardinality($6::uuid[]), moved.last from moved)
  select moved.last as last_position from moved`;

export function oneParameters({
  id,
  stream,
  expectedRevision,
  meta,
  recordedAt,
  events,
}: EncodedAppend): unknown[] {
  return [id, stream, expectedRevision, meta, recordedAt, ...columnsOf(events)];
}

/** Nobody stands in its place as the writer to tell of: who was appended to is told of after the commit. */
export const APPEND_BATCH = `
  select b.outcome, b.last_revision, b.last_position
    from log.append_batch(null, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as b
   order by b.request`;

/** In the order of the function's parameters, `migrations/0015_log_lean_appends.sql`. */
export function batchParameters(batch: readonly EncodedAppend[]): unknown[] {
  const events = batch.flatMap((append) => append.events);
  return [
    batch.map(({ id }) => id),
    batch.map(({ stream }) => stream),
    batch.map(({ expectedRevision }) => expectedRevision),
    batch.map((append) => append.events.length),
    batch.map(({ meta }) => meta),
    batch.map(({ recordedAt }) => recordedAt),
    batch.flatMap((append, index) => append.events.map(() => index + 1)),
    batch.flatMap((append) => append.events.map((_, place) => place)),
    ...columnsOf(events),
  ];
}

function columnsOf(events: EncodedAppend["events"]): unknown[] {
  return [
    events.map(({ id }) => id),
    events.map(({ type }) => type),
    events.map(({ schemaVersion }) => schemaVersion),
    events.map(({ data }) => data),
  ];
}
