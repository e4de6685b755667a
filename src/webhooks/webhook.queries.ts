import type { NewAttempt } from "./delivery.queries";
import type { WebhookRow } from "./webhook.tables";
import type { Page, PageRequest } from "../graphql/connection";
import type { Queryable } from "../postgres/database";

/** A webhook with how far it came. */
export type ShownWebhook = WebhookRow & {
  reached: number;
  failing_since: string | null;
  next_attempt_at: string | null;
};

const SHOWN = `
  select webhooks.*,
         case when deliveries.started >= webhooks.start_revision then deliveries.revision else webhooks.start_after end
           as reached,
         case when deliveries.failing_since >= webhooks.anew_at then deliveries.failing_since end as failing_since,
         case when deliveries.failing_since >= webhooks.anew_at and webhooks.disabled_at is null
              then deliveries.next_attempt_at end as next_attempt_at
    from models.webhooks
    left join webhooks.deliveries on deliveries.webhook = webhooks.id`;

/** Webhooks by id; those that do not exist are left out. */
export async function findWebhooks(database: Queryable, ids: readonly string[]): Promise<ShownWebhook[]> {
  return database.query<ShownWebhook>(`${SHOWN} where webhooks.id = any($1)`, [ids], "webhooks.findWebhooks");
}

/** One page of an app's webhooks, in the order in which they were created. */
export async function listWebhooks(
  database: Queryable,
  app: string,
  { limit, after }: PageRequest,
): Promise<Page<ShownWebhook>> {
  const [rows, counts] = await Promise.all([
    database.query<ShownWebhook>(
      `${SHOWN}
        where webhooks.app = $1
          and ($2::timestamptz is null or (webhooks.created_at, webhooks.id) > ($2, $3))
        order by webhooks.created_at, webhooks.id
        limit $4`,
      [app, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
      "webhooks.listWebhooks",
    ),
    database.query<{ count: number }>(
      "select count(*) as count from models.webhooks where webhooks.app = $1",
      [app],
      "webhooks.countWebhooks",
    ),
  ]);
  return { rows: rows.slice(0, limit), hasNextPage: rows.length > limit, totalCount: counts[0]?.count ?? 0 };
}

export type KeptAttempt = Readonly<{ webhook: string; number: number; duration_ms: number }> &
  Omit<NewAttempt, "durationMs">;

/** The attempts that are kept of each webhook, the latest first. */
export async function findAttempts(
  database: Queryable,
  webhooks: readonly string[],
): Promise<ReadonlyMap<string, readonly KeptAttempt[]>> {
  const rows = await database.query<KeptAttempt>(
    "select attempts.* from webhooks.attempts where attempts.webhook = any($1) order by attempts.number desc",
    [webhooks],
    "webhooks.findAttempts",
  );
  const found = new Map<string, KeptAttempt[]>(webhooks.map((webhook) => [webhook, []]));
  for (const row of rows) found.get(row.webhook)?.push(row);
  return found;
}
