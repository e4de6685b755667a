import type { Queryable } from "../postgres/database";

/** Of all webhooks of all apps together. */
export type WebhookLag = Readonly<{
  active: number;
  failing: number;
  disabled: number;
  /** How many changes the one furthest behind has not come to, and how long the first of them has waited; disabled ones aside. */
  lag_changes: number;
  lag_seconds: number;
}>;

export async function findWebhookLag(database: Queryable): Promise<WebhookLag> {
  const [lag] = await database.query<WebhookLag>(
    `with place as (
       select webhooks.app, webhooks.disabled_at is not null as is_disabled,
              deliveries.failing_since >= webhooks.anew_at as is_failing,
              case when deliveries.started >= webhooks.start_revision then deliveries.revision
                   else webhooks.start_after end as revision
         from models.webhooks
         left join webhooks.deliveries on deliveries.webhook = webhooks.id)
     select count(*) filter (where not place.is_disabled and place.is_failing is not true)::integer as active,
            count(*) filter (where not place.is_disabled and place.is_failing)::integer as failing,
            count(*) filter (where place.is_disabled)::integer as disabled,
            coalesce(max(head.revision - place.revision) filter (where not place.is_disabled), 0)::float8 as lag_changes,
            coalesce(max(extract(epoch from clock_timestamp() - next.time)) filter (where not place.is_disabled), 0)::float8
              as lag_seconds
       from place
       left join lateral (
         select changes.revision from models.changes
          where changes.app = place.app order by changes.revision desc limit 1) as head on true
       left join models.changes as next on next.app = place.app and next.revision = place.revision + 1`,
    [],
    "webhooks.findLag",
  );
  return lag ?? NO_WEBHOOKS;
}

const NO_WEBHOOKS: WebhookLag = { active: 0, failing: 0, disabled: 0, lag_changes: 0, lag_seconds: 0 };
