import { may, type Actor } from "./roles.policy";
import { TOKEN_KIND } from "./token.projection";

/** The kinds of things whose changes are not for the actor, wherever changes are shown. */
export function kindsWithheldFrom(actor: Actor, app: string): readonly string[] {
  return may(actor, "ADMINISTER", app) ? [] : [TOKEN_KIND];
}
