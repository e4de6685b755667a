import { type DueWebhook, type NewAttempt, type Outcome, type Place, takePlace } from "./delivery.queries";
import { messageOf } from "./message";
import type { Outcomes } from "./outcomes";
import { retryOf } from "./retry.policy";
import type { Sender } from "./sender";
import type { Signing } from "./signing";
import type { WebhookDisabledReason } from "./webhook.events";
import type { WebhookRow } from "./webhook.tables";
import { KINDS_FOR_ADMINISTRATORS } from "../access/withheld";
import type { ChangeFilter } from "../changes/changeFeed";
import { changeEvent } from "../changes/changeItem";
import type { FeedRow } from "../changes/changes.projection";
import { readChanges } from "../changes/changes.queries";
import { toEvent } from "../changes/changesRequest.graphql";
import type { Database } from "../postgres/database";

/** How many events one read holds in memory, and how many it passes over while it looks for those to be sent. */
const PAGE_EVENTS = 50;
const SCAN_EVENTS = 1_000;

export type DeliveryParts = Readonly<{
  database: Database;
  sender: Sender;
  signing: Signing;
  outcomes: Outcomes;
  now: () => Date;
  /** From 0 to 1. */
  random: () => number;
  /** Of the lease; null while it is not held, and then nothing is sent. */
  token: () => number | null;
  disable: (webhook: WebhookRow, reason: WebhookDisabledReason, note: string) => Promise<void>;
}>;

/** Sends what a webhook has to get, one event after the other, until there is no more, one fails, or it became another. */
export async function deliverOne(parts: DeliveryParts, webhook: DueWebhook): Promise<void> {
  if (webhook.is_held) return hold(parts, webhook);
  let place: Place | null = await takePlace(parts.database, webhook);
  while (place !== null) place = await deliverPage(parts, webhook, place);
}

const HELD =
  "A backup was restored. What was sent after it was made is not in this log; enabled, it goes on where the backup had it.";

async function hold({ disable, token }: DeliveryParts, webhook: WebhookRow): Promise<void> {
  if (token() !== null) await disable(webhook, "RESTORED", HELD);
}

/** Null: that is all for now. */
async function deliverPage(parts: DeliveryParts, webhook: WebhookRow, from: Place): Promise<Place | null> {
  const toRevision = from.revision + SCAN_EVENTS;
  const range = { app: webhook.app, afterRevision: from.revision, toRevision, limit: PAGE_EVENTS };
  const { head, rows } = await readChanges(parts.database, { ...range, filter: filterOf(webhook) });
  let place: Place | null = from;
  for (const row of rows) {
    place = await deliverChange(parts, webhook, place, row);
    if (place === null) return null;
  }
  if (head === null) return null;
  const isFull = rows.length === PAGE_EVENTS;
  const passed = Math.min(head, toRevision);
  if (!isFull && passed > place.revision) place = await passOver(parts, webhook, place, passed);
  return place !== null && place.revision < head ? place : null;
}

/** Null: it does not go on. */
async function deliverChange(
  parts: DeliveryParts,
  webhook: WebhookRow,
  from: Place,
  row: FeedRow,
): Promise<Place | null> {
  const token = parts.token();
  if (token === null) return null;
  const at = parts.now();
  const message = messageOf(parts.signing, webhook, toEvent(changeEvent(row)), at);
  const { retryAfter, ...answer } = await parts.sender.send(message);
  const attempt = { at: at.toISOString(), event: row.id, type: row.type, ...answer };
  // What was cut off since this server stops says nothing of the receiver.
  if (answer.error !== null && parts.token() === null) return null;
  if (answer.error !== null) return fail(parts, { webhook, from, token, attempt }, retryAfter);
  const to = { ...from, revision: row.revision, failures: 0, failing_since: null };
  const mayGoOn = await parts.outcomes.write({ webhook, from, to, token, attempt, nextAttemptAt: null });
  return mayGoOn ? to : null;
}

const GONE = 410;

async function fail(
  { outcomes, now, random, disable }: DeliveryParts,
  failed: Pick<Outcome, "webhook" | "from" | "token"> & Readonly<{ attempt: NewAttempt }>,
  retryAfter: string | null,
): Promise<null> {
  const { webhook, from, attempt } = failed;
  const { failures, failing_since: since } = from;
  const failure = { at: now().toISOString(), retryAfter, random: random() };
  const retry = retryOf(since === null ? null : { failures, since }, failure);
  const { failing, nextAt } = retry;
  const to = { ...from, failures: failing.failures, failing_since: failing.since };
  const mayGoOn = await outcomes.write({ ...failed, to, nextAttemptAt: nextAt });
  // Whoever took over, or changed it, tries for themselves.
  if (!mayGoOn) return null;
  if (attempt.status === GONE) {
    await disable(webhook, "GONE", "The receiver answered 410 Gone.");
  } else if (retry.isOver) {
    await disable(webhook, "FAILED", `Failing since ${failing.since}. ${attempt.error ?? ""}`);
  }
  return null;
}

async function passOver(
  { outcomes, token }: DeliveryParts,
  webhook: WebhookRow,
  from: Place,
  revision: number,
): Promise<Place | null> {
  const held = token();
  if (held === null) return null;
  const to = { ...from, revision };
  const mayGoOn = await outcomes.write({
    ...{ webhook, from, to, token: held },
    ...{ attempt: null, nextAttemptAt: null },
  });
  return mayGoOn ? to : null;
}

/** What only administrators see leaves in no webhook. */
function filterOf({ filter }: WebhookRow): ChangeFilter {
  const lists = Object.entries(filter).filter(([, values]) => values !== null);
  return { ...Object.fromEntries(lists), kindsWithheld: KINDS_FOR_ADMINISTRATORS };
}
