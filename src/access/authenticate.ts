import { JWT_LENGTH_MAX, looksLikeJwt, type VerifyJwt } from "./jwt";
import type { KnownTokens } from "./knownTokens";
import type { Actor } from "./roles.policy";
import { hashOfSecret } from "./secret";
import type { TokenUses } from "./tokenUses";

/** Whatever is longer is neither a secret nor a JWT, and is not hashed. */
export const AUTHORIZATION_LENGTH_MAX = "Bearer ".length + JWT_LENGTH_MAX;

/**
 * Who sends an `Authorization` header (`Bearer <secret>`): the actor, or null if it names nobody. `isAnew` trusts
 * nothing that is remembered.
 */
export type Authenticate = (authorization: string | undefined, isAnew?: boolean) => Promise<Actor | null>;

type Options = Readonly<{
  knownTokens: KnownTokens;
  uses: Pick<TokenUses, "note">;
  /** Null: nobody comes with a JWT. */
  verifyJwt: VerifyJwt | null;
}>;

export function createAuthenticate({ knownTokens, uses, verifyJwt }: Options): Authenticate {
  return async (authorization, isAnew) => {
    const secret = bearerIn(authorization);
    if (secret === null) return null;
    if (looksLikeJwt(secret)) return verifyJwt?.(secret) ?? null;
    const holder = await knownTokens(hashOfSecret(secret), isAnew);
    if (holder === null) return null;
    uses.note(holder.tokenId);
    return holder.actor;
  };
}

/** The token in an `Authorization` header; null if there is none that could be one. */
export function bearerIn(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.length > AUTHORIZATION_LENGTH_MAX) return null;
  return /^Bearer ([!-~]+)$/i.exec(authorization)?.[1] ?? null;
}
