import type { WebhookRow } from "./webhook.tables";
import { invariant } from "../lib/invariant";
import type { Queryable } from "../postgres/database";

/** How far a webhook came. */
export type Place = Readonly<{
  /** The revision of the event that said where to start. */
  started: number;
  /** Everything up to this one was sent, or was not to be. */
  revision: number;
  failures: number;
  failing_since: string | null;
}>;

/** `is_held`: a backup was restored, and nobody has changed it since. */
export type DueWebhook = WebhookRow & Readonly<{ is_held: boolean }>;

/** What may have something to be sent now or is held, without those that are busy; those that fail come last. */
export async function findDue(
  database: Queryable,
  { at, busy, limit }: Readonly<{ at: string; busy: readonly string[]; limit: number }>,
): Promise<DueWebhook[]> {
  return database.query<DueWebhook>(
    `select webhooks.*, coalesce(webhooks.revision <= restored.revision, false) as is_held
       from models.webhooks
       left join server.restored on restored.app = webhooks.app
       left join webhooks.deliveries on deliveries.webhook = webhooks.id
      where webhooks.disabled_at is null
        and webhooks.id <> all($2)
        and (webhooks.revision <= restored.revision
             or deliveries.webhook is null
             or deliveries.started < webhooks.start_revision
             or (deliveries.revision < (
                   select changes.revision from models.changes
                    where changes.app = webhooks.app
                    order by changes.revision desc
                    limit 1)
                 and (deliveries.next_attempt_at is null
                      or deliveries.next_attempt_at <= $1
                      or deliveries.failing_since < webhooks.anew_at)))
      order by coalesce(deliveries.failures, 0), webhooks.id
      limit $3`,
    [at, busy, limit],
    "webhooks.findDue",
  );
}

/** Where to go on: where it came to, or where a later event said to start. */
export async function takePlace(database: Queryable, webhook: WebhookRow): Promise<Place> {
  const [place] = await database.query<Place>(
    `insert into webhooks.deliveries as deliveries (webhook, started, revision, token, attempts, failures)
     values ($1, $2, $3, 0, 0, 0)
     on conflict (webhook) do update
        set started = greatest(deliveries.started, excluded.started),
            revision = case when deliveries.started < excluded.started then excluded.revision else deliveries.revision end,
            failures = case when deliveries.failing_since >= $4 then deliveries.failures else 0 end,
            failing_since = case when deliveries.failing_since >= $4 then deliveries.failing_since end,
            next_attempt_at = case when deliveries.failing_since >= $4 then deliveries.next_attempt_at end
     returning started, revision, failures, failing_since`,
    [webhook.id, webhook.start_revision, webhook.start_after, webhook.anew_at],
    "webhooks.takePlace",
  );
  invariant(place, "an upsert returns its row");
  return place;
}

/** What came of something: how far the webhook is now, and the attempt, if there was one. */
export type Outcome = Readonly<{
  webhook: WebhookRow;
  from: Place;
  to: Place;
  nextAttemptAt: string | null;
  /** Of the lease. */
  token: number;
  attempt: NewAttempt | null;
}>;

export type NewAttempt = Readonly<{
  at: string;
  event: string;
  type: string;
  status: number | null;
  durationMs: number;
  error: string | null;
}>;

export const ATTEMPTS_KEPT = 100;

/**
 * Writes outcomes of different webhooks in one statement; resolves with the ids of those that may go on. What was moved or
 * taken over meanwhile is not written, and what became another is written and does not go on.
 */
export async function writeOutcomes(
  database: Queryable,
  outcomes: readonly Outcome[],
): Promise<ReadonlySet<string>> {
  const column = <Value>(of: (outcome: Outcome) => Value): Value[] => outcomes.map(of);
  const rows = await database.query<{ webhook: string }>(
    WRITE,
    [
      column(({ webhook }) => webhook.id),
      column(({ webhook }) => webhook.revision),
      column(({ token }) => token),
      column(({ from }) => from.started),
      column(({ from }) => from.revision),
      column(({ to }) => to.revision),
      column(({ to }) => to.failures),
      column(({ to }) => to.failing_since),
      column(({ nextAttemptAt }) => nextAttemptAt),
      column(({ attempt }) => attempt?.at ?? null),
      column(({ attempt }) => attempt?.event ?? null),
      column(({ attempt }) => attempt?.type ?? null),
      column(({ attempt }) => attempt?.status ?? null),
      column(({ attempt }) => attempt?.durationMs ?? null),
      column(({ attempt }) => attempt?.error ?? null),
      ATTEMPTS_KEPT,
    ],
    "webhooks.writeOutcomes",
  );
  return new Set(rows.map(({ webhook }) => webhook));
}

const WRITE = `
  with outcome as (
    select *
      from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::integer[],
                  $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[], $13::integer[],
                  $14::integer[], $15::text[])
        as given (webhook, seen, token, started, from_revision, to_revision, failures,
                  failing_since, next_attempt_at, at, event, type, status,
                  duration_ms, error)),
  written as (
    update webhooks.deliveries
       set revision = outcome.to_revision,
           token = outcome.token,
           failures = outcome.failures,
           failing_since = outcome.failing_since,
           next_attempt_at = outcome.next_attempt_at,
           attempts = deliveries.attempts + case when outcome.at is null then 0 else 1 end
      from outcome
     where deliveries.webhook = outcome.webhook
       and deliveries.started = outcome.started
       and deliveries.revision = outcome.from_revision
       and deliveries.token <= outcome.token
    returning deliveries.webhook, deliveries.attempts),
  noted as (
    insert into webhooks.attempts (webhook, slot, number, at, event, type, status, duration_ms, error)
    select written.webhook, written.attempts % $16, written.attempts, outcome.at, outcome.event, outcome.type,
           outcome.status, outcome.duration_ms, outcome.error
      from written
      join outcome on outcome.webhook = written.webhook
     where outcome.at is not null
    on conflict (webhook, slot) do update
       set number = excluded.number, at = excluded.at, event = excluded.event, type = excluded.type,
           status = excluded.status, duration_ms = excluded.duration_ms, error = excluded.error)
  select written.webhook
    from written
    join outcome on outcome.webhook = written.webhook
    join models.webhooks on webhooks.id = written.webhook
   where webhooks.revision = outcome.seen`;

/** Notes an attempt that moves nothing. */
export async function noteAttempt(
  database: Queryable,
  webhook: string,
  { at, event, type, status, durationMs, error }: NewAttempt,
): Promise<void> {
  await database.query(
    `with counted as (
       update webhooks.deliveries set attempts = attempts + 1 where webhook = $1 returning webhook, attempts)
     insert into webhooks.attempts (webhook, slot, number, at, event, type, status, duration_ms, error)
     select webhook, attempts % $8, attempts, $2, $3, $4, $5, $6, $7 from counted
     on conflict (webhook, slot) do update
        set number = excluded.number, at = excluded.at, event = excluded.event, type = excluded.type,
            status = excluded.status, duration_ms = excluded.duration_ms, error = excluded.error`,
    [webhook, at, event, type, status, durationMs, error, ATTEMPTS_KEPT],
    "webhooks.noteAttempt",
  );
}

/** What is kept of a webhook that is not there any more. */
export async function forgetWebhook(database: Queryable, webhook: string): Promise<void> {
  await database.query("delete from webhooks.deliveries where webhook = $1", [webhook]);
  await database.query("delete from webhooks.attempts where webhook = $1", [webhook]);
}
