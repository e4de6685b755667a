import { may, type Actor } from "./roles.policy";
import { TOKEN_KIND } from "./token.projection";
import { WEBHOOK_KIND } from "../webhooks/webhook.projection";

/** Kinds of things whose changes only administrators see, wherever changes are shown. */
export const KINDS_FOR_ADMINISTRATORS: readonly string[] = [TOKEN_KIND, WEBHOOK_KIND];

/** The kinds of things whose changes are not for the actor. */
export function kindsWithheldFrom(actor: Actor, app: string): readonly string[] {
  return may(actor, "ADMINISTER", app) ? [] : KINDS_FOR_ADMINISTRATORS;
}
