import type { WebhookContent, WebhookEvent } from "./webhook.events";
import { invariant } from "../lib/invariant";

export type Webhook = Readonly<{ id: string; isDisabled: boolean } & WebhookContent>;

/** By id; those that were deleted are not there any more. */
export type Webhooks = Map<string, Webhook>;

export function evolveWebhooks(webhooks: Webhooks, { type, data }: WebhookEvent): void {
  if (type === "WebhookCreated") {
    const { id, url, description, filter } = data;
    webhooks.set(id, { id, url, description, filter, isDisabled: false });
    return;
  }
  const webhook = webhooks.get(data.id);
  invariant(webhook, `the stream changes webhook "${data.id}" before it creates it`);
  switch (type) {
    case "WebhookEdited": {
      const { url, description, filter } = data;
      webhooks.set(data.id, { ...webhook, url, description, filter });
      return;
    }
    case "WebhookDisabled":
      webhooks.set(data.id, { ...webhook, isDisabled: true });
      return;
    case "WebhookEnabled":
      webhooks.set(data.id, { ...webhook, isDisabled: false });
      return;
    case "WebhookDeleted":
      webhooks.delete(data.id);
      return;
    // Whoever sends reads these where they are listed; no decision is made by them.
    case "WebhookSecretRotated":
    case "WebhookReplayed":
      return;
  }
}
