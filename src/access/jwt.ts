import { createJwks } from "./jwks";
import { grantsOf, type RoleMapping } from "./oidcRoles.policy";
import type { Actor } from "./roles.policy";
import { hashOfSecret } from "./secret";
import { recentlyUsed } from "../lib/recentlyUsed";

/** An identity provider whose JWTs are accepted. */
export type Oidc = Readonly<{
  issuer: string;
  audience: string;
  jwksUrl: string;
  clockSkewSeconds: number;
  /** The claim's name, or a JSON pointer to it. */
  rolesClaim: string;
  roles: readonly RoleMapping[];
}>;

export const JWT_LENGTH_MAX = 8_192;
export const SUBJECT_LENGTH_MAX = 255;
/** For how long a JWT that was found good is not looked at again; one that expires meanwhile ends exactly. */
export const JWT_KNOWN_MS_MAX = 10_000;
export const KNOWN_JWTS_MAX = 10_000;
/** Of signatures with a key pair only: with `none` and HS256 anybody could sign, since the provider's keys are public. */
export const JWT_ALGORITHMS: readonly string[] = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

/** So that no subject of a provider is taken for somebody else in the history. */
export const OIDC_ACTOR_PREFIX = "oidc:";

/** Whether a secret is one that only a provider makes. Our own hold no dots. */
export const looksLikeJwt = (secret: string): boolean => /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/.test(secret);

/** Who comes with a JWT; null if it is not good. @throws {KeysUnavailable} if nobody can say. */
export type VerifyJwt = (jwt: string) => Promise<Actor | null>;

type Options = Readonly<{ oidc: Oidc; now: () => Date; nowMs: () => number }>;

export function createVerifyJwt({ oidc, now, nowMs }: Options): VerifyJwt {
  const known = recentlyUsed<string, { actor: Actor; endsAtMs: number; foundAtMs: number }>(KNOWN_JWTS_MAX);
  // Loaded with the first JWT: who has no provider pays nothing.
  let checking: ReturnType<typeof createCheck> | null = null;
  return async (jwt) => {
    if (jwt.length > JWT_LENGTH_MAX) return null;
    const hash = hashOfSecret(jwt);
    const last = known.get(hash);
    if (last && nowMs() - last.foundAtMs < JWT_KNOWN_MS_MAX) {
      return now().getTime() < last.endsAtMs ? last.actor : null;
    }
    const check = await (checking ??= createCheck(oidc, now, nowMs));
    const found = await check(jwt);
    if (!found) known.delete(hash);
    else known.set(hash, { ...found, foundAtMs: nowMs() });
    return found?.actor ?? null;
  };
}

async function createCheck(oidc: Oidc, now: () => Date, nowMs: () => number) {
  const [{ jwtVerify, errors }, keys] = await Promise.all([
    import("jose"),
    createJwks({ url: oidc.jwksUrl, nowMs }),
  ]);
  const options = {
    algorithms: [...JWT_ALGORITHMS],
    issuer: oidc.issuer,
    audience: oidc.audience,
    clockTolerance: oidc.clockSkewSeconds,
    requiredClaims: ["sub", "exp"],
  };
  return async (jwt: string): Promise<{ actor: Actor; endsAtMs: number } | null> => {
    try {
      const { payload } = await jwtVerify(jwt, keys, { ...options, currentDate: now() });
      const { sub, exp } = payload;
      if (typeof sub !== "string" || typeof exp !== "number" || !isSubject(sub)) return null;
      const grants = grantsOf(payload, oidc.rolesClaim, oidc.roles);
      const actor: Actor = { id: `${OIDC_ACTOR_PREFIX}${sub}`, kind: "PERSON", grants };
      return { actor, endsAtMs: (exp + oidc.clockSkewSeconds) * 1_000 };
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  };
}

/** As OpenID Connect has it: ASCII, and not too long. It stands in events, for ever. */
const isSubject = (sub: string): boolean =>
  sub.length <= SUBJECT_LENGTH_MAX && /^[!-~](?:[ -~]*[!-~])?$/.test(sub);
