import { randomUUID } from "node:crypto";
import type { WebhookCommand } from "./webhook.decider";
import type { WebhookDisabledReason } from "./webhook.events";
import type { WebhookRow } from "./webhook.tables";
import { createDeliverer, type Deliverer } from "./deliverer";
import { createOutcomes } from "./outcomes";
import { createSender, watchedSender, type SenderOptions, type WatchSend } from "./sender";
import { createSigning } from "./signing";
import { createWebhooks, type Webhooks } from "./webhooks";
import { appStream } from "../apps/app.events";
import type { Cursors } from "../changes/cursor";
import type { CommandHandler } from "../eventstore/commands";
import type { Position } from "../eventstore/eventStore";
import type { Logger } from "../lib/logger";
import type { Database } from "../postgres/database";
import type { Lease } from "../postgres/lease";

/** The actor of what the server itself does to webhooks. */
export const WEBHOOKS_ACTOR = "webhooks";

export type WebhookParts = Readonly<{
  database: Database;
  /** Of the server; all secrets of webhooks are made of it. */
  secret: Buffer;
  cursors: Cursors;
  apps: Pick<CommandHandler<unknown, WebhookCommand>, "handle">;
  projected: (position: Position) => Promise<void>;
  onProjected: (listener: () => void) => () => void;
  lease: Lease;
  logger: Logger;
  now: () => Date;
  random: () => number;
  target: SenderOptions;
  watch: WatchSend;
}>;

/** What the API asks about webhooks, and the one who sends to them. */
export function openWebhooks(parts: WebhookParts): Readonly<{ webhooks: Webhooks; deliverer: Deliverer }> {
  const { database, cursors, lease, logger, now, random, onProjected, target } = parts;
  const { arePrivateAllowed } = target;
  const signing = createSigning(parts.secret);
  const sender = watchedSender(createSender(target), parts.watch);
  const delivery = {
    ...{ database, sender, signing, now, random },
    outcomes: createOutcomes(database),
    disable: (webhook: WebhookRow, reason: WebhookDisabledReason, note: string) =>
      disable(parts, webhook, reason, note),
  };
  return {
    webhooks: createWebhooks({ database, sender, signing, cursors, now, arePrivateAllowed }),
    deliverer: createDeliverer({ parts: delivery, lease, onProjected, logger }),
  };
}

async function disable(
  { apps, projected, logger }: WebhookParts,
  { app, id: webhookId, url }: WebhookRow,
  reason: WebhookDisabledReason,
  note: string,
): Promise<void> {
  const command: WebhookCommand = { type: "DisableWebhook", data: { webhookId, reason, note } };
  // Repeated it changes nothing, so any id will do.
  const envelope = { commandId: randomUUID(), actor: WEBHOOKS_ACTOR, may: () => true };
  const outcome = await apps.handle(appStream(app), command, envelope);
  if (outcome.outcome === "refused") return;
  logger.warn(`Webhook "${webhookId}" to ${new URL(url).host} was disabled: ${note}`);
  await projected(outcome.position);
}
