import { hash, randomUUID } from "node:crypto";
import { noteAttempt, takePlace, type NewAttempt } from "./delivery.queries";
import { messageOf } from "./message";
import type { Sender } from "./sender";
import type { Signing } from "./signing";
import { targetFault } from "./targets";
import type { ShownWebhook } from "./webhook.queries";
import { AppUnknown, type ChangeStart } from "../changes/changeFeed";
import { readHeads, revisionBefore } from "../changes/changes.queries";
import type { Cursors } from "../changes/cursor";
import type { Database } from "../postgres/database";

/** What the API asks about webhooks, beside the commands and the read model. */
export interface Webhooks {
  secretOf(webhook: string, number: number): string;
  cursorOf(webhook: Readonly<{ app: string; reached: number }>): string;
  /** Why nothing may be sent to this URL, or null. */
  targetFault(url: string): string | null;
  /** The revision after which a start is. @throws {CursorUnknown} {AppUnknown} */
  revisionOf(app: string, start: ChangeStart): Promise<number>;
  /** Sends what a receiver can try itself with, and moves nothing. */
  sendTest(webhook: ShownWebhook, test: WebhookTest): Promise<NewAttempt>;
}

/** A repeat with the same command id has the same event id. */
export type WebhookTest = Readonly<{ commandId: string | null; note: string }>;

export type WebhooksOptions = Readonly<{
  database: Database;
  sender: Sender;
  signing: Signing;
  cursors: Cursors;
  now: () => Date;
  arePrivateAllowed: boolean;
}>;

/** The type of a test's event; no event of an app is called so. */
export const TEST_EVENT_TYPE = "WebhookTested";

export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { database, signing, cursors, arePrivateAllowed } = options;
  return {
    secretOf: (webhook, number) => signing.secretOf(webhook, number),
    cursorOf: ({ app, reached }) => cursors.encode({ app, revision: reached }),
    targetFault: (url) => (URL.canParse(url) ? targetFault(url, arePrivateAllowed) : null),
    async revisionOf(app, start) {
      if ("after" in start) return cursors.decode(start.after, app).revision;
      if ("since" in start) return revisionBefore(database, app, start.since);
      if (start.startAt === "BEGINNING") return -1;
      const head = (await readHeads(database, [app])).get(app);
      if (head === undefined) throw new AppUnknown(app);
      return head;
    },
    sendTest: (webhook, test) => sendTest(options, webhook, test),
  };
}

async function sendTest(
  { database, sender, signing, now }: WebhooksOptions,
  webhook: ShownWebhook,
  { commandId, note }: WebhookTest,
): Promise<NewAttempt> {
  const at = now();
  const time = at.toISOString();
  const event = {
    specversion: "1.0",
    id: commandId === null ? randomUUID() : hash("sha256", `${webhook.id} ${commandId}`, "hex"),
    type: TEST_EVENT_TYPE,
    source: `/apps/${webhook.app}`,
    subject: webhook.id,
    time,
    note,
  };
  // So that there is a row to count it in.
  await takePlace(database, webhook);
  const { status, error, durationMs } = await sender.send(messageOf(signing, webhook, event, at));
  const attempt = { at: time, event: event.id, type: event.type, status, error, durationMs };
  await noteAttempt(database, webhook.id, attempt);
  return attempt;
}
