import type { WebhookContent } from "./webhook.events";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";
import { checkText } from "../lib/text";

export const WEBHOOK_URL_LENGTH_MAX = 2_000;
export const WEBHOOK_DESCRIPTION_LENGTH_MAX = 2_000;
const PROTOCOLS: readonly string[] = ["https:", "http:"];

/** What a webhook of this form would be, and every reason why the form is wrong. */
export function checkWebhook(
  given: WebhookContent & Readonly<{ note: string }>,
): Readonly<{ content: WebhookContent; reasons: readonly Refusal[] }> {
  const { url, description, filter, note } = given;
  const described = checkText("The description", description, { lengthMax: WEBHOOK_DESCRIPTION_LENGTH_MAX });
  const reasons = [
    ...invalid("url", urlFault(url)),
    ...invalid("description", described),
    ...noteRefusals(note),
  ];
  // As it is spelled on the wire: `http://0x7f.1` is an address like any other.
  const spelled = URL.canParse(url) ? new URL(url).href : url;
  return { content: { url: spelled, description, filter }, reasons };
}

/** Never shows what was given, which could hold a password. */
function urlFault(url: string): string | null {
  const fault = checkText("The URL", url, { lengthMin: 1, lengthMax: WEBHOOK_URL_LENGTH_MAX });
  if (fault !== null) return fault;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !PROTOCOLS.includes(parsed.protocol)) {
    return "The URL must start with https:// or http://, as https://example.com/hooks.";
  }
  if (parsed.username !== "" || parsed.password !== "") {
    return "The URL must hold no user and no password; the receiver knows us by the signature.";
  }
  return null;
}

function invalid(field: string, message: string | null): readonly Refusal[] {
  return message === null ? [] : [{ code: "INVALID", message, path: [field] }];
}
