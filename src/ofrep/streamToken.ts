import { createHmac, timingSafeEqual } from "node:crypto";
import type { Place } from "../audience/userKey";

/**
 * Tokens change so often and count for one or two of these spans. Within a span it is the same, so that clients keep the
 * connection that they have.
 */
export const TOKEN_SPAN_MS = 30 * 60_000;
const TOKEN_LENGTH_MAX = 1_000;
const MAC_BYTES = 16;

/** What lets a browser in, which sends no headers with an EventSource: it tells of one place's changes, and for a while. */
export type StreamTokens = Readonly<{
  make: (place: Place, nowMs: number) => string;
  /** Null if it was not made here, or has run out. */
  read: (token: string, nowMs: number) => Readonly<{ place: Place; endsAtMs: number }> | null;
}>;

export function createStreamTokens(secret: Buffer): StreamTokens {
  const macOf = (text: string): Buffer =>
    createHmac("sha256", secret).update(text).digest().subarray(0, MAC_BYTES);
  return {
    make({ app, environment }, nowMs) {
      const endsAtMs = (Math.floor(nowMs / TOKEN_SPAN_MS) + 2) * TOKEN_SPAN_MS;
      const text = JSON.stringify([app, environment, endsAtMs]);
      return Buffer.concat([macOf(text), Buffer.from(text)]).toString("base64url");
    },
    read(token, nowMs) {
      if (token.length > TOKEN_LENGTH_MAX) return null;
      const bytes = Buffer.from(token, "base64url");
      const text = bytes.subarray(MAC_BYTES).toString();
      if (bytes.length <= MAC_BYTES || !timingSafeEqual(macOf(text), bytes.subarray(0, MAC_BYTES)))
        return null;
      // Sealed, so it is what `make` wrote.
      const [app, environment, endsAtMs] = JSON.parse(text) as [string, string, number];
      return endsAtMs > nowMs ? { place: { app, environment }, endsAtMs } : null;
    },
  };
}
