import type { Role, TokenKind } from "./roles.policy";
import type { Event } from "../lib/decider";

/** What a token is, apart from its secret. */
export type TokenContent = Readonly<{
  name: string;
  kind: TokenKind;
  /** Null for services. */
  role: Role | null;
  /** The only environments where it counts, and of a CLIENT its one; null: all of them. */
  environments: readonly string[] | null;
  /** Null: never. */
  expiresAt: string | null;
}>;

/**
 * In the stream of the token's app, or in `instance` for tokens of all apps. `hash` is the SHA-256 of the secret, in hex;
 * the secret stands nowhere. Names and shapes are the stored format: change them only by adding.
 */
export type TokenEvent =
  | Event<"TokenCreated", { id: string; hash: string; note: string } & TokenContent>
  /** The secret before this one counts until `previousEndsAt`, and the one before that no more. */
  | Event<"TokenRotated", { id: string; hash: string; previousEndsAt: string; note: string }>
  | Event<"TokenRevoked", { id: string; note: string }>;

const TYPES: ReadonlySet<string> = new Set<TokenEvent["type"]>([
  "TokenCreated",
  "TokenRotated",
  "TokenRevoked",
]);

export function isTokenEvent(event: Readonly<{ type: string }>): event is TokenEvent {
  return TYPES.has(event.type);
}
