import type { KnownTokens } from "./knownTokens";
import type { Actor } from "./roles.policy";
import { hashOfSecret } from "./secret";
import type { TokenUses } from "./tokenUses";

/** Secrets are shorter; whatever is longer is none, and is not hashed. */
export const AUTHORIZATION_LENGTH_MAX = 512;

/**
 * Who sends an `Authorization` header (`Bearer <secret>`): the actor, or null if it names nobody. `isAnew` trusts
 * nothing that is remembered.
 */
export type Authenticate = (authorization: string | undefined, isAnew?: boolean) => Promise<Actor | null>;

type Options = Readonly<{ knownTokens: KnownTokens; uses: Pick<TokenUses, "note"> }>;

export function createAuthenticate({ knownTokens, uses }: Options): Authenticate {
  return async (authorization, isAnew) => {
    const secret = secretIn(authorization);
    if (secret === null) return null;
    const holder = await knownTokens(hashOfSecret(secret), isAnew);
    if (holder === null) return null;
    uses.note(holder.tokenId);
    return holder.actor;
  };
}

function secretIn(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.length > AUTHORIZATION_LENGTH_MAX) return null;
  return /^Bearer ([!-~]+)$/i.exec(authorization)?.[1] ?? null;
}
