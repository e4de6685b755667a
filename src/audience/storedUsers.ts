import { findStored, hasUsers, type Stored, type StoredOrAlias } from "./storedUser.queries";
import { userKeyOf, type Place } from "./userKey";
import type { Needs } from "../evaluation/needs";
import { recentlyUsed } from "../lib/recentlyUsed";
import { DatabaseUnavailable, type Database } from "../postgres/database";

/** What was told through another server counts here after so long at the most. */
export const KNOWN_FOR_MS = 1_000;
/** Users of whom something is kept in memory. */
export const KNOWN_USERS_MAX = 20_000;

/** What is stored of users, as evaluations ask for it. */
export interface StoredUsers {
  /**
   * Null if nothing is stored, or nothing is needed. One query, of what was not asked for within `KNOWN_FOR_MS`. If the database is
   * away: what was last known.
   */
  find(place: Place, id: string, needs: Needs, nowMs: number): Promise<Stored | null>;
  /** Something was told of the users with these keys, or they were forgotten, through this server. */
  changed(place: Place, keys: readonly string[]): void;
}

type Known = Readonly<{ asked: string; atMs: number; fromMs: number; stored: StoredOrAlias | null }>;

/** `clockMs` only goes forward. */
export function createStoredUsers(database: Database, clockMs: () => number): StoredUsers {
  const known = recentlyUsed<string, Known>(KNOWN_USERS_MAX);
  const places = recentlyUsed<string, Readonly<{ hasUsers: boolean; atMs: number }>>(KNOWN_USERS_MAX);
  const isFresh = (atMs: number): boolean => clockMs() - atMs < KNOWN_FOR_MS;

  /** A place where nobody is known costs a query a second, however much is evaluated. */
  async function isInhabited(place: Place): Promise<boolean> {
    const name = JSON.stringify([place.app, place.environment]);
    const last = places.get(name);
    if (last && (last.hasUsers || isFresh(last.atMs))) return last.hasUsers;
    const atMs = clockMs();
    const found = await hasUsers(database, place);
    places.set(name, { hasUsers: found, atMs });
    return found;
  }

  async function load(key: string, needs: Needs, nowMs: number): Promise<StoredOrAlias | null> {
    const asked = JSON.stringify(needs);
    const last = known.get(key);
    const fromMs = needs.horizonMs === null ? -Infinity : nowMs - needs.horizonMs;
    // Of the past, more may be asked for than was loaded for the present.
    if (last && last.asked === asked && last.fromMs <= fromMs && isFresh(last.atMs)) return last.stored;
    const atMs = clockMs();
    const stored = await findStored(database, key, needs.events, fromMs);
    known.set(key, { asked, atMs, fromMs, stored });
    return stored;
  }

  const lastKnown = (key: string): StoredOrAlias | null => known.get(key)?.stored ?? null;

  return {
    async find(place, id, needs, nowMs) {
      if (needs.properties.length === 0 && needs.events.length === 0) return null;
      const key = userKeyOf(place, id);
      try {
        if (!(await isInhabited(place))) return null;
        return await throughAlias(await load(key, needs, nowMs), (user) => load(user, needs, nowMs));
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable)) throw error;
        return throughAlias(lastKnown(key), (user) => Promise.resolve(lastKnown(user)));
      }
    },
    changed(place, keys) {
      for (const key of keys) known.delete(key);
      places.delete(JSON.stringify([place.app, place.environment]));
    },
  };
}

/** Nobody becomes somebody who became somebody else. */
async function throughAlias(
  stored: StoredOrAlias | null,
  load: (key: string) => Promise<StoredOrAlias | null>,
): Promise<Stored | null> {
  const found = stored !== null && "aliasOf" in stored ? await load(stored.aliasOf) : stored;
  return found === null || "aliasOf" in found ? null : found;
}
