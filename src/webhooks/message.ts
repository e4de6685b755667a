import type { Message } from "./sender";
import { secretsAt, type Signing } from "./signing";
import type { WebhookRow } from "./webhook.tables";

type Event = Readonly<{ id: string }>;

/** What is posted: the event as the feed shows it, signed by every secret that counts. */
export function messageOf(signing: Signing, webhook: WebhookRow, event: Event, at: Date): Message {
  const body = JSON.stringify(event);
  const headers = {
    "content-type": "application/json",
    "user-agent": "product-experiences",
    ...signing.headersOf({ id: event.id, at, body }, secretsAt(signing, webhook, at)),
  };
  return { url: webhook.url, body, headers };
}
