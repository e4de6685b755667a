import type { WebhookContent, WebhookDisabledReason, WebhookEvent } from "./webhook.events";
import type { Webhook, Webhooks } from "./webhook.state";
import { checkWebhook } from "./webhookForm.policy";
import { accept, refuse, type Circumstances, type Command, type Decision } from "../lib/decider";
import { jsonEquals, type Json } from "../lib/json";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";

type OfWebhook<Type extends string, Data = unknown> = Command<
  Type,
  { webhookId: string; note: string } & Data
>;

export type WebhookCommand =
  | Command<"CreateWebhook", WebhookContent & { note: string }>
  /** What is left out stays as it is. */
  | OfWebhook<"EditWebhook", WebhookEdit>
  | OfWebhook<"RotateWebhookSecret", { overlapSeconds: number }>
  | OfWebhook<"ReplayWebhook", { afterRevision: number }>
  | OfWebhook<"DisableWebhook", { reason: WebhookDisabledReason }>
  | OfWebhook<"EnableWebhook">
  | OfWebhook<"DeleteWebhook">;

type WebhookEdit = Readonly<{
  url?: string | undefined;
  description?: string | undefined;
  filter: Partial<WebhookContent["filter"]>;
}>;

export const WEBHOOKS_MAX = 50;
export const WEBHOOK_OVERLAP_SECONDS_MAX = 7 * 24 * 60 * 60;
/** A webhook's opaque id starts with it. */
export const WEBHOOK_ID_PREFIX = "webhook";

const COMMANDS: ReadonlySet<string> = new Set<WebhookCommand["type"]>([
  "CreateWebhook",
  "EditWebhook",
  "RotateWebhookSecret",
  "ReplayWebhook",
  "DisableWebhook",
  "EnableWebhook",
  "DeleteWebhook",
]);

export function isWebhookCommand(command: { type: string }): command is WebhookCommand {
  return COMMANDS.has(command.type);
}

export function decideWebhook(
  command: WebhookCommand,
  webhooks: Webhooks,
  circumstances: Circumstances,
): Decision<WebhookEvent> {
  if (command.type === "CreateWebhook") return createWebhook(command.data, webhooks, circumstances);
  const { webhookId, note } = command.data;
  const webhook = webhooks.get(webhookId);
  if (!webhook) return refuse(notFound(webhookId), ...noteRefusals(note));
  // The form of an edit says what is wrong with its note, beside all else.
  if (command.type === "EditWebhook") return editWebhook(webhook, command.data);
  const reasons = noteRefusals(note);
  return reasons.length > 0 ? refuse(...reasons) : change(webhook, command, circumstances);
}

function createWebhook(
  given: WebhookContent & Readonly<{ note: string }>,
  webhooks: Webhooks,
  circumstances: Circumstances,
): Decision<WebhookEvent> {
  const { content, reasons: faults } = checkWebhook(given);
  const reasons = [...faults, ...(webhooks.size < WEBHOOKS_MAX ? [] : [tooMany])];
  if (reasons.length > 0) return refuse(...reasons);
  const id = circumstances.newId(WEBHOOK_ID_PREFIX);
  return accept({ type: "WebhookCreated", data: { id, ...content, note: given.note } });
}

const tooMany: Refusal = {
  code: "LIMIT_REACHED",
  message: `An app has at most ${WEBHOOKS_MAX} webhooks; delete one first.`,
  path: [],
};

function editWebhook(webhook: Webhook, edit: WebhookEdit & { note: string }): Decision<WebhookEvent> {
  const { id, url, description, filter } = webhook;
  const before: WebhookContent = { url, description, filter };
  const { content, reasons } = checkWebhook({
    url: edit.url ?? url,
    description: edit.description ?? description,
    filter: { ...filter, ...edit.filter },
    note: edit.note,
  });
  if (reasons.length > 0) return refuse(...reasons);
  if (jsonEquals(content as Json, before as Json)) return accept();
  return accept({ type: "WebhookEdited", data: { id, ...content, note: edit.note } });
}

type Change = Exclude<WebhookCommand, { type: "CreateWebhook" | "EditWebhook" }>;

function change(
  { id, isDisabled }: Webhook,
  { type, data }: Change,
  { at, revision }: Circumstances,
): Decision<WebhookEvent> {
  const { note } = data;
  switch (type) {
    case "RotateWebhookSecret":
      return rotate(id, data, at);
    case "ReplayWebhook": {
      const { afterRevision } = data;
      if (afterRevision <= revision) {
        return accept({ type: "WebhookReplayed", data: { id, afterRevision, note } });
      }
      return refuse({ code: "INVALID", message: "Nothing has happened there yet.", path: ["after"] });
    }
    case "DisableWebhook":
      return isDisabled
        ? accept()
        : accept({ type: "WebhookDisabled", data: { id, reason: data.reason, note } });
    case "EnableWebhook":
      return isDisabled ? accept({ type: "WebhookEnabled", data: { id, note } }) : accept();
    case "DeleteWebhook":
      return accept({ type: "WebhookDeleted", data: { id, note } });
  }
}

function rotate(
  id: string,
  { overlapSeconds, note }: Readonly<{ overlapSeconds: number; note: string }>,
  at: string,
): Decision<WebhookEvent> {
  const isInBounds = Number.isInteger(overlapSeconds) && overlapSeconds >= 0;
  if (!isInBounds || overlapSeconds > WEBHOOK_OVERLAP_SECONDS_MAX) {
    const message = `The old secret can sign for 0 to ${WEBHOOK_OVERLAP_SECONDS_MAX} seconds longer, which are 7 days.`;
    return refuse({ code: "INVALID", message, path: ["overlapSeconds"] });
  }
  const previousEndsAt = new Date(Date.parse(at) + overlapSeconds * 1_000).toISOString();
  return accept({ type: "WebhookSecretRotated", data: { id, previousEndsAt, note } });
}

function notFound(webhookId: string): Refusal {
  // The id may be anything of any length.
  return {
    code: "NOT_FOUND",
    message: `There is no webhook "${webhookId.slice(0, 200)}"; check its id.`,
    path: ["webhookId"],
  };
}
