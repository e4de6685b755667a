import { isWebhookEvent, type WebhookEvent } from "./webhook.events";
import { webhookTable, type WebhookRow } from "./webhook.tables";
import { slugOfStream } from "../apps/app.events";
import type { RecordedEvent } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";
import type { JsonObject } from "../lib/json";
import type { Rows } from "../projections/projection";
import type { SliceProjection } from "../projections/sliceProjection";

/** The entity kind of webhooks in the feed, which only administrators see there. */
export const WEBHOOK_KIND = "Webhook" as const;

/** Keeps the webhooks of all apps: who lists them, and who sends, reads the same rows. How far each came stands elsewhere. */
export const webhookProjection: SliceProjection = {
  tables: [webhookTable],

  reads(recorded) {
    const event = webhookEvent(recorded);
    return event ? [{ table: webhookTable, key: [event.data.id] }] : [];
  },

  apply(recorded, rows) {
    const event = webhookEvent(recorded);
    if (!event) return;
    if (event.type === "WebhookDeleted") return rows.remove(webhookTable, [event.data.id]);
    const isNew = event.type === "WebhookCreated";
    rows.put(webhookTable, isNew ? created(recorded, event) : changed(recorded, event, rows));
  },

  document(recorded, rows) {
    const event = webhookEvent(recorded);
    if (!event) return null;
    const { id } = event.data;
    const row = rows.get(webhookTable, [id]);
    return { kind: WEBHOOK_KIND, id, environment: null, document: row ? documentOf(row) : null };
  },
};

type Of<Type extends WebhookEvent["type"]> = Extract<WebhookEvent, { type: Type }>;

function webhookEvent({ type, data }: RecordedEvent): WebhookEvent | null {
  // Events come from the log, where only deciders write them.
  return isWebhookEvent({ type }) ? ({ type, data } as WebhookEvent) : null;
}

function created({ stream, revision, meta }: RecordedEvent, { data }: Of<"WebhookCreated">): WebhookRow {
  const { id, url, description, filter, note } = data;
  const { recordedAt: at, actor } = meta;
  return {
    app: slugOfStream(stream),
    ...{ id, url, description, filter, note },
    secret_number: 1,
    previous_secret_ends_at: null,
    start_after: revision,
    start_revision: revision,
    revision,
    anew_at: at,
    disabled_reason: null,
    disabled_at: null,
    created_at: at,
    created_by: actor,
    updated_at: at,
    updated_by: actor,
  };
}

function changed(
  { revision, meta }: RecordedEvent,
  { type, data }: Exclude<WebhookEvent, Of<"WebhookCreated"> | Of<"WebhookDeleted">>,
  rows: Rows,
): WebhookRow {
  const before = rows.get(webhookTable, [data.id]);
  invariant(before, `the stream changes webhook "${data.id}" before it creates it`);
  const { recordedAt: at, actor } = meta;
  const row = { ...before, revision, note: data.note, updated_at: at, updated_by: actor };
  switch (type) {
    case "WebhookEdited": {
      const { url, description, filter } = data;
      return { ...row, url, description, filter, anew_at: at };
    }
    case "WebhookSecretRotated": {
      const { previousEndsAt } = data;
      return { ...row, secret_number: row.secret_number + 1, previous_secret_ends_at: previousEndsAt };
    }
    case "WebhookReplayed":
      return { ...row, start_after: data.afterRevision, start_revision: revision, anew_at: at };
    case "WebhookDisabled":
      return { ...row, disabled_reason: data.reason, disabled_at: at };
    case "WebhookEnabled":
      return { ...row, disabled_reason: null, disabled_at: null, anew_at: at };
  }
}

/** The webhook as the change feed shows it to administrators. */
function documentOf(row: Readonly<WebhookRow>): JsonObject {
  const { environments, kinds, types, entities } = row.filter;
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    filter: { environments, kinds, types, entities },
    secretNumber: row.secret_number,
    isDisabled: row.disabled_at !== null,
    disabledReason: row.disabled_reason,
  };
}
