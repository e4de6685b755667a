import { batchedLookUp } from "./batchedLookUp";
import { createOutage } from "./outage";
import type { Actor } from "./roles.policy";
import { findTokensByHash } from "./token.queries";
import type { TokenRow } from "./token.tables";
import { recentlyUsed } from "../lib/recentlyUsed";
import { DatabaseUnavailable, type Database } from "../postgres/database";

/** How long after the answer to its revocation a token may still do something: what we promise. */
export const REVOKED_MS_MAX = 1_000;
/**
 * For how long a token counts from when it was looked up. The rest of REVOKED_MS_MAX is for what was let in last: it is
 * recorded only when it is done.
 */
export const TOKEN_KNOWN_MS_MAX = 500;
/** From this age on a token is looked up again while it still counts, so that a busy one waits for nobody. */
export const TOKEN_FRESH_MS = 250;
/** Tokens that are remembered, so that they count on while the database is away. */
export const KNOWN_TOKENS_MAX = 10_000;
/** Different secrets that may wait for one look-up. */
export const WAITING_SECRETS_MAX = 1_000;

/** Who holds a secret. */
export type Holder = Readonly<{ tokenId: string; actor: Actor; endsAtMs: number }>;

/** Finds holders by the hashes of their secrets; `isAnew` looks up whatever is remembered. Null: nobody's, or ended. */
export type KnownTokens = (hash: string, isAnew?: boolean) => Promise<Holder | null>;

type Options = Readonly<{ database: Pick<Database, "query">; nowMs: () => number; now: () => Date }>;

/** Revoking takes effect within REVOKED_MS_MAX; expiry is exact, since it needs no look-up. */
export function createKnownTokens({ database, nowMs, now }: Options): KnownTokens {
  const known = recentlyUsed<string, Known>(KNOWN_TOKENS_MAX);
  const outage = createOutage(nowMs);
  const lookUp = batchedLookUp(
    (hashes) =>
      outage.watch(async () => {
        const askedAtMs = nowMs();
        return holdersByHash(await findTokensByHash(database, hashes), askedAtMs);
      }),
    { waitingMax: WAITING_SECRETS_MAX, tooMany },
  );

  const askAnew = async (hash: string): Promise<Holder | null> => {
    try {
      const found = await lookUp(hash);
      // Only what is found is kept: wrong secrets are without number, and must not push out good ones.
      if (found) known.set(hash, found);
      else known.delete(hash);
      return found?.holder ?? null;
    } catch (error) {
      const last = known.get(hash);
      if (!(error instanceof DatabaseUnavailable) || !last) throw error;
      last.isAsked = false;
      return last.holder;
    }
  };
  const holderOf = async (hash: string, isAnew: boolean): Promise<Holder | null> => {
    const last = known.get(hash);
    const ageMs = last ? nowMs() - last.askedAtMs : Infinity;
    const mustWait = isAnew || (ageMs >= TOKEN_KNOWN_MS_MAX && !outage.goesOn());
    if (!last || mustWait) return askAnew(hash);
    if (ageMs >= TOKEN_FRESH_MS && !last.isAsked) {
      last.isAsked = true;
      askAnew(hash).catch(() => undefined);
    }
    return last.holder;
  };
  return async (hash, isAnew = false) => {
    const holder = await holderOf(hash, isAnew);
    return holder && now().getTime() < holder.endsAtMs ? holder : null;
  };
}

type Known = Readonly<{ holder: Holder; askedAtMs: number }> & {
  /** Whether it is being looked up again. */
  isAsked: boolean;
};

function holdersByHash(rows: readonly TokenRow[], askedAtMs: number): ReadonlyMap<string, Known> {
  const found = new Map<string, Known>();
  const add = (hash: string | null, row: TokenRow, endsAtMs: number): void => {
    if (hash === null) return;
    found.set(hash, {
      holder: { tokenId: row.id, actor: actorOf(row), endsAtMs },
      askedAtMs,
      isAsked: false,
    });
  };
  for (const row of rows) {
    const expiresAtMs = instantMs(row.expires_at);
    add(row.previous_hash, row, Math.min(expiresAtMs, instantMs(row.previous_ends_at)));
    add(row.hash, row, expiresAtMs);
  }
  return found;
}

const instantMs = (instant: string | null): number => (instant === null ? Infinity : Date.parse(instant));

function actorOf({ actor, kind, role, app, environments }: TokenRow): Actor {
  // A person's token has a role; a service's is what its kind says.
  const standing = kind === "PERSON" ? (role ?? "VIEWER") : kind;
  return { id: actor, kind, grants: [{ app, role: standing, environments }] };
}

function tooMany(): Error {
  return new DatabaseUnavailable(`${WAITING_SECRETS_MAX} secrets wait to be looked up already.`);
}
