import type { WebhookDisabledReason, WebhookFilter } from "./webhook.events";
import type { Table } from "../projections/projection";

export type WebhookRow = {
  app: string;
  id: string;
  url: string;
  description: string;
  filter: WebhookFilter;
  /** From 1 on, one more for each rotation. */
  secret_number: number;
  previous_secret_ends_at: string | null;
  /** What happened after this revision is sent, as the event of `start_revision` said: it was created, or replayed. */
  start_after: number;
  start_revision: number;
  /** Of its latest event: whoever sends sees by it that it became another. */
  revision: number;
  /** Failures of before count no more: it was created, edited, replayed or enabled then. */
  anew_at: string;
  disabled_reason: WebhookDisabledReason | null;
  disabled_at: string | null;
  note: string;
  created_at: string;
  created_by: string;
  updated_at: string;
  updated_by: string;
};

export const webhookTable: Table<WebhookRow> = { name: "webhooks", primaryKey: ["id"], json: ["filter"] };
