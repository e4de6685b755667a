import { WEBHOOK_ID_PREFIX } from "./webhook.decider";
import type { Webhook, WebhookAttempt, WebhookStatus } from "./webhook.graphql";
import { WEBHOOK_KIND } from "./webhook.projection";
import { findAttempts, findWebhooks, type KeptAttempt, type ShownWebhook } from "./webhook.queries";
import type { NewAttempt } from "./delivery.queries";
import type { NodeType, Server } from "../graphql/context";

export const webhookNode: NodeType = {
  typename: WEBHOOK_KIND,
  idPrefix: WEBHOOK_ID_PREFIX,
  right: "ADMINISTER",
  findMany: async (database, ids) => (await findWebhooks(database, ids)).map(toWebhook),
};

/** A webhook as the API shows it. */
export function toWebhook(row: ShownWebhook): Webhook & { typename: "Webhook" } {
  const { environments, kinds, types, entities } = row.filter;
  return {
    typename: WEBHOOK_KIND,
    slug: row.app,
    isFailing: row.failing_since !== null,
    id: row.id,
    url: row.url,
    description: row.description,
    ...{ environments, kinds, types, entities },
    previousSecretEndsAt: row.previous_secret_ends_at,
    failingSince: row.failing_since,
    nextAttemptAt: row.next_attempt_at,
    disabledReason: row.disabled_reason,
    disabledAt: row.disabled_at,
    note: row.note,
    createdAt: row.created_at,
    createdBy: { id: row.created_by },
    updatedAt: row.updated_at,
    updatedBy: { id: row.updated_by },
  };
}

export function statusOf({ disabledAt, isFailing }: Webhook): WebhookStatus {
  if (disabledAt !== null) return "DISABLED";
  return isFailing ? "FAILING" : "ACTIVE";
}

export function toAttempt(attempt: NewAttempt): WebhookAttempt {
  const { at, event, type, status, durationMs, error } = attempt;
  return { at, eventId: event, eventType: type, status, durationMs, error };
}

/** For `load`: webhooks by id. */
export async function webhooksById(
  { database }: Server,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ShownWebhook>> {
  return new Map((await findWebhooks(database, ids)).map((row) => [row.id, row]));
}

/** For `load`: the attempts that are kept, by the webhook's id. */
export function attemptsByWebhook(
  { database }: Server,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly KeptAttempt[]>> {
  return findAttempts(database, ids);
}
