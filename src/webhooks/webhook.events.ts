import type { Event } from "../lib/decider";

/** Which changes are sent: those that fit all the lists that are not null. */
export type WebhookFilter = Readonly<{
  environments: readonly string[] | null;
  kinds: readonly string[] | null;
  types: readonly string[] | null;
  entities: readonly string[] | null;
}>;

export type WebhookContent = Readonly<{ url: string; description: string; filter: WebhookFilter }>;

/** Why nothing is sent: somebody said so, three days of attempts came to nothing, the receiver answered 410 Gone, or a backup was restored. */
export type WebhookDisabledReason = "BY_HAND" | "FAILED" | "GONE" | "RESTORED";

/**
 * Secrets stand in no event: they are made of the server's own secret, the webhook's id and how often it was rotated.
 * Names and shapes are the stored format: change them only by adding.
 */
export type WebhookEvent =
  | Event<"WebhookCreated", { id: string; note: string } & WebhookContent>
  | Event<"WebhookEdited", { id: string; note: string } & WebhookContent>
  /** The secret before this one signs too until `previousEndsAt`, and the one before that no more. */
  | Event<"WebhookSecretRotated", { id: string; previousEndsAt: string; note: string }>
  /** What happened after that revision is sent, or sent again. */
  | Event<"WebhookReplayed", { id: string; afterRevision: number; note: string }>
  | Event<"WebhookDisabled", { id: string; reason: WebhookDisabledReason; note: string }>
  | Event<"WebhookEnabled", { id: string; note: string }>
  | Event<"WebhookDeleted", { id: string; note: string }>;

const TYPES: ReadonlySet<string> = new Set<WebhookEvent["type"]>([
  "WebhookCreated",
  "WebhookEdited",
  "WebhookSecretRotated",
  "WebhookReplayed",
  "WebhookDisabled",
  "WebhookEnabled",
  "WebhookDeleted",
]);

export function isWebhookEvent(event: Readonly<{ type: string }>): event is WebhookEvent {
  return TYPES.has(event.type);
}
