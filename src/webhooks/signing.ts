import { createHmac } from "node:crypto";

/** What makes and uses the secrets of webhooks: Standard Webhooks, as `whsec_…`. */
export interface Signing {
  /** The secret of a webhook after so many: the first has number 1. The same on every server of this database. */
  secretOf(webhook: string, number: number): string;
  /** The headers that say who sends; a signature by each of the secrets. */
  headersOf(message: SignedMessage, secrets: readonly string[]): Readonly<Record<string, string>>;
}

export type SignedMessage = Readonly<{ id: string; at: Date; body: string }>;

export const SECRET_PREFIX = "whsec_";

/**
 * A secret is made of the server's own one, so none is stored, and who has a webhook's secret learns nothing of another's.
 */
export function createSigning(serverSecret: Buffer): Signing {
  return {
    secretOf(webhook, number) {
      const key = createHmac("sha256", serverSecret).update(`webhook ${webhook} ${number}`).digest("base64");
      return `${SECRET_PREFIX}${key}`;
    },
    headersOf({ id, at, body }, secrets) {
      const timestamp = String(Math.floor(at.getTime() / 1_000));
      const signed = `${id}.${timestamp}.${body}`;
      return {
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": secrets.map((secret) => signatureOf(secret, signed)).join(" "),
      };
    },
  };
}

function signatureOf(secret: string, signed: string): string {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), "base64");
  return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}

/** The secrets that count at an instant, the newest first. */
export function secretsAt(
  signing: Signing,
  webhook: Readonly<{ id: string; secret_number: number; previous_secret_ends_at: string | null }>,
  at: Date,
): readonly string[] {
  const { id, secret_number: number, previous_secret_ends_at: endsAt } = webhook;
  const isPreviousValid = endsAt !== null && Date.parse(endsAt) > at.getTime();
  const numbers = isPreviousValid ? [number, number - 1] : [number];
  return numbers.map((each) => signing.secretOf(id, each));
}
