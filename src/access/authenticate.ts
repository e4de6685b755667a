import { timingSafeEqual } from "node:crypto";
import { ADMIN } from "./admin";
import { hashOfToken } from "./tokenHash";
import type { InstanceCommand, InstanceState } from "../apps/instance.decider";
import { INSTANCE_STREAM } from "../apps/instance.events";
import type { CommandHandler } from "../eventstore/commands";
import { StoreUnavailable } from "../eventstore/eventStore";
import type { Actor } from "../graphql/context";
import { DatabaseUnavailable } from "../postgres/database";

/** For how long a token that was replaced may still be accepted. */
export const TOKEN_KNOWN_MS_MAX = 1_000;
/** Tokens are shorter; whatever is longer is none, and is not hashed. */
export const AUTHORIZATION_LENGTH_MAX = 512;

/** Who sends an `Authorization` header (`Bearer <token>`): the actor, or null if it names nobody. */
export type Authenticate = (authorization: string | undefined) => Promise<Actor | null>;

type Options = Readonly<{
  instance: Pick<CommandHandler<InstanceState, InstanceCommand>, "state">;
  nowMs: () => number;
}>;

export function createAuthenticate({ instance, nowMs }: Options): Authenticate {
  const adminHash = knownFor(TOKEN_KNOWN_MS_MAX, nowMs, async () => {
    const { state } = await instance.state(INSTANCE_STREAM);
    return state.adminToken?.hash ?? null;
  });
  return async (authorization) => {
    const token = tokenIn(authorization);
    if (token === null) return null;
    const expected = adminHash.fresh() ?? (await adminHash.read());
    return expected !== null && isSame(hashOfToken(token), expected) ? ADMIN : null;
  };
}

function tokenIn(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.length > AUTHORIZATION_LENGTH_MAX) return null;
  return /^Bearer ([!-~]+)$/i.exec(authorization)?.[1] ?? null;
}

/** Takes the same time wherever two hashes differ. */
function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/**
 * Remembers an answer for a while, and asks once for all who wait. While the database is away the last answer
 * counts on, since evaluation goes on too.
 */
function knownFor<Value>(ms: number, nowMs: () => number, ask: () => Promise<Value>) {
  let known: { value: Value; untilMs: number } | null = null;
  let asking: Promise<Value> | null = null;

  const askAnew = async (): Promise<Value> => {
    try {
      const askedAtMs = nowMs();
      const value = await ask();
      known = { value, untilMs: askedAtMs + ms };
      return value;
    } catch (error) {
      const isAway = error instanceof StoreUnavailable || error instanceof DatabaseUnavailable;
      if (!isAway || !known) throw error;
      known = { ...known, untilMs: nowMs() + ms };
      return known.value;
    } finally {
      asking = null;
    }
  };
  return {
    fresh: (): Value | null => (known && nowMs() < known.untilMs ? known.value : null),
    read: (): Promise<Value> => (asking ??= askAnew()),
  };
}
