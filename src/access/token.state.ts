import type { TokenContent, TokenEvent } from "./token.events";
import { invariant } from "../lib/invariant";

export type Token = Readonly<{ id: string; isRevoked: boolean } & TokenContent>;

/** By id; revoked ones too. */
export type Tokens = Map<string, Token>;

export function evolveTokens(tokens: Tokens, event: TokenEvent): void {
  if (event.type === "TokenCreated") {
    const { id, name, kind, role, environments, expiresAt } = event.data;
    tokens.set(id, { id, name, kind, role, environments, expiresAt, isRevoked: false });
    return;
  }
  const token = tokens.get(event.data.id);
  invariant(token, `the stream changes token "${event.data.id}" before it creates it`);
  if (event.type === "TokenRevoked") tokens.set(token.id, { ...token, isRevoked: true });
}

export function isUsable({ isRevoked, expiresAt }: Token, at: string): boolean {
  return !isRevoked && (expiresAt === null || expiresAt > at);
}
