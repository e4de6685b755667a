import { recentlyUsed } from "../lib/recentlyUsed";

/**
 * What is counted, each apart: every mutation of a document, every evaluation, every subscription that is begun, every batch that
 * tells of users.
 */
export const LIMITED = ["mutations", "evaluations", "subscriptions", "ingests"] as const;
export type Limited = (typeof LIMITED)[number];

/** Of a token, or of a person with JWTs, on one server. 0: without a limit. */
export type PerMinute = Readonly<Record<Limited, number>>;

export const PER_MINUTE_MAX = 10_000_000;
/** Whose counts are kept. Whoever has asked for nothing for longest begins anew, with a full minute. */
export const COUNTED_MAX = 20_000;

/** One more was asked for than is allowed. */
export class RateLimited extends Error {
  override readonly name = "RateLimited";
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super(message);
  }
}

/** Counts one of a kind for an actor, or as many as are asked for at once: a full minute's worth at the most. @throws {RateLimited} */
export type TakeOne = (actor: string, kind: Limited, count?: number) => void;

/**
 * A bucket for each actor and kind: it holds what is allowed in a minute, fills up steadily, and each one asked for takes
 * one out. So a minute's worth may come at once, and then only as fast as it fills.
 */
export function createRateLimits(perMinute: PerMinute, nowMs: () => number): TakeOne {
  const buckets = recentlyUsed<string, Bucket>(COUNTED_MAX);
  return (actor, kind, count = 1) => {
    const allowed = perMinute[kind];
    if (allowed === 0) return;
    const name = `${kind} ${actor}`;
    const atMs = nowMs();
    const last = buckets.get(name);
    const left = last ? Math.min(allowed, last.left + ((atMs - last.atMs) * allowed) / MINUTE_MS) : allowed;
    // More than there can ever be would never be let in.
    const taken = Math.min(count, allowed);
    if (left < taken) {
      const retryAfterSeconds = Math.ceil(((taken - left) * MINUTE_MS) / allowed / 1_000);
      throw new RateLimited(tooMany(kind, allowed, retryAfterSeconds), retryAfterSeconds);
    }
    buckets.set(name, { left: left - taken, atMs });
  };
}

type Bucket = Readonly<{ left: number; atMs: number }>;

const MINUTE_MS = 60_000;

function tooMany(kind: Limited, allowed: number, seconds: number): string {
  return `This token may ask for ${allowed} ${kind} a minute on this server, and has. Send it again in ${seconds} s.`;
}
