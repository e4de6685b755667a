import { createKeptUsers } from "./keptUsers";
import type { Kept } from "./summaryTable";
import { followChangedUsers } from "../audience/changedUsers";
import type { Stored } from "../audience/storedUser.queries";
import { createStoredUsers, type StoredUsers } from "../audience/storedUsers";
import { userKeyBytes, type Place } from "../audience/userKey";
import type { Ruleset } from "../evaluation/compile";
import { rulesetNeeds, type Needs } from "../evaluation/needs";
import { NOTHING_PERFORMED } from "../evaluation/performed";
import { summariser } from "../evaluation/summarise";
import { remembering } from "../lib/remembering";
import { DatabaseUnavailable, type Database } from "../postgres/database";

/** What was told of a user through any server counts after so long at the most. */
export const HEARD_WITHIN_MS = 1_000;
/** While nobody asks for so long, nothing is heard, and what is kept is over. */
const IDLE_MS = 60_000;

/** What is stored of users, and what that comes to for the rulesets in force. */
export interface Summaries extends StoredUsers {
  /** What the values of a ruleset depend on. */
  needsOf(ruleset: Ruleset): Needs;
  /**
   * For the ruleset that is in force at its place. At most one query; none for whom nobody told anything since the last one, and nothing
   * was over by time alone. If the database is away: what was last known. Null if nothing is needed or known. At once where no query is made.
   */
  summaryOf(ruleset: Ruleset, id: string, nowMs: number): Kept | null | Promise<Kept | null>;
  stop(): Promise<void>;
}

export type SummariesOptions = Readonly<{
  database: Database;
  stored: StoredUsers;
  /** Only goes forward. */
  clockMs: () => number;
  report: (error: unknown) => void;
}>;

/** What a ruleset asks of users, prepared. */
type Prepared = Readonly<{
  /** A number for what is asked, by which what is kept is told from what was kept for something else. */
  sense: number;
  needs: Needs;
  summarise: ReturnType<typeof summariser>;
}>;

export function createSummaries({ database, stored, clockMs, report }: SummariesOptions): Summaries {
  const users = createKeptUsers();
  const needsOf = remembering(({ source }: Ruleset) => rulesetNeeds(source));
  const prepare = remembering(preparing(needsOf));
  let askedAtMs = -Infinity;
  const heard = followChangedUsers({
    ...{ database, clockMs, report },
    isWanted: () => clockMs() - askedAtMs < IDLE_MS,
    onChanged: (keys) => keys.forEach(users.forget),
    onMissed: users.endAll,
  });

  async function load(ruleset: Ruleset, { id, user, nowMs }: Asked): Promise<Kept | null> {
    const { needs, summarise, sense } = prepare(ruleset);
    const sumUp = (found: Stored | null): Kept => ({
      ...summarise(found?.performances ?? NOTHING_PERFORMED, nowMs),
      isStored: found !== null,
      properties: found?.properties ?? {},
    });
    try {
      // Not kept: that somebody is known there now is not heard of.
      if (!(await stored.isInhabited(ruleset.source))) return sumUp(null);
      return await users.read(user, sense, async () => {
        const found = await stored.find(ruleset.source, id, needs, nowMs);
        // What is told of the known user says nothing of the ids that became them.
        return { kept: sumUp(found), mayStay: found?.isOther !== true };
      });
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      return users.get(user, sense) ?? null;
    }
  }

  return {
    ...stored,
    needsOf,
    changed(place, keys) {
      stored.changed(place, keys);
      keys.forEach(users.forget);
    },
    summaryOf(ruleset, id, nowMs) {
      const { needs, sense } = prepare(ruleset);
      if (isNothing(needs)) return null;
      askedAtMs = clockMs();
      const user = userKeyBytes(ruleset.source, id);
      const kept = users.get(user, sense);
      const isHeard = askedAtMs - heard.heardUntilMs() < HEARD_WITHIN_MS;
      if (isHeard && kept && nowMs >= kept.fromMs && nowMs < kept.untilMs) return kept;
      return load(ruleset, { id, user, nowMs });
    },
    stop: heard.stop,
  };
}

/** What is stored of users in the database, and what that comes to, by this machine's clock. */
export function openSummaries(database: Database, report: SummariesOptions["report"]): Summaries {
  const clockMs = (): number => performance.now();
  return createSummaries({ database, stored: createStoredUsers(database, clockMs), clockMs, report });
}

type Asked = Readonly<{ id: string; user: Buffer; nowMs: number }>;

const isNothing = ({ properties, events }: Needs): boolean => properties.length === 0 && events.length === 0;

/** Rulesets that ask the same of users at a place, one after the other, share what is kept. */
function preparing(needsOf: (ruleset: Ruleset) => Needs): (ruleset: Ruleset) => Prepared {
  const senses = new Map<string, Readonly<{ identity: string; sense: number }>>();
  let newest = 0;

  function senseOf({ source, scope }: Ruleset, needs: Needs): number {
    const place = placeName(source);
    const identity = JSON.stringify([needs.properties, scope.behaviours.identity]);
    const known = senses.get(place);
    if (known?.identity === identity) return known.sense;
    newest += 1;
    senses.set(place, { identity, sense: newest });
    return newest;
  }

  return (ruleset) => {
    const needs = needsOf(ruleset);
    return { needs, sense: senseOf(ruleset, needs), summarise: summariser(ruleset.scope.behaviours) };
  };
}

const placeName = ({ app, environment }: Place): string => JSON.stringify([app, environment]);
