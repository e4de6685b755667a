import { findStored, hasUsers, type Stored } from "./storedUser.queries";
import { userKeyOf, type Place } from "./userKey";
import type { Needs } from "../evaluation/needs";
import { recentlyUsed } from "../lib/recentlyUsed";
import type { Database } from "../postgres/database";

/** Where nobody was known, it is not asked for so long whether somebody is. */
export const NOBODY_FOR_MS = 500;
const PLACES_MAX = 20_000;

/** `isOther`: it is that of the known user whom the id became. */
export type Found = Stored & Readonly<{ isOther: boolean }>;

/** What is stored of users. */
export interface StoredUsers {
  /** Null if nothing is stored. One query, of no more than is needed; two for an id that became a known user. */
  find(place: Place, id: string, needs: Needs, nowMs: number): Promise<Found | null>;
  /** Whether anybody is known there, or was not `NOBODY_FOR_MS` ago. */
  isInhabited(place: Place): Promise<boolean>;
  /** Something was told of the users with these keys, or they were forgotten, through this server. */
  changed(place: Place, keys: readonly string[]): void;
}

/** `clockMs` only goes forward. */
export function createStoredUsers(database: Database, clockMs: () => number): StoredUsers {
  const places = recentlyUsed<string, Readonly<{ hasUsers: boolean; atMs: number }>>(PLACES_MAX);
  let changes = 0;

  /** A place where nobody is known costs two queries a second, however much is evaluated. */
  async function isInhabited(place: Place): Promise<boolean> {
    const name = JSON.stringify([place.app, place.environment]);
    const last = places.get(name);
    if (last && (last.hasUsers || clockMs() - last.atMs < NOBODY_FOR_MS)) return last.hasUsers;
    const [atMs, changesBefore] = [clockMs(), changes];
    const found = await hasUsers(database, place);
    // What was told meanwhile may not have been seen.
    if (changes === changesBefore) places.set(name, { hasUsers: found, atMs });
    return found;
  }

  return {
    isInhabited,
    async find(place, id, needs, nowMs) {
      if (needs.properties.length === 0 && needs.events.length === 0) return null;
      if (!(await isInhabited(place))) return null;
      const fromMs = needs.horizonMs === null ? -Infinity : nowMs - needs.horizonMs;
      const stored = await findStored(database, userKeyOf(place, id), { ...needs, fromMs });
      if (stored === null || !("aliasOf" in stored)) return stored && { ...stored, isOther: false };
      // Nobody becomes somebody who became somebody else.
      const other = await findStored(database, stored.aliasOf, { ...needs, fromMs });
      return other === null || "aliasOf" in other ? null : { ...other, isOther: true };
    },
    changed(place) {
      changes += 1;
      places.delete(JSON.stringify([place.app, place.environment]));
    },
  };
}
