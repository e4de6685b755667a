import type { Ruleset } from "../evaluation/compile";
import type { User } from "../evaluation/model";
import { rulesetNeeds, type Needs } from "../evaluation/needs";
import type { Server } from "../graphql/context";

/** A user with all that is known, and whether some of that is stored. */
export type KnownUser = Readonly<{ user: User; isStored: boolean }>;

/** By ruleset, since each serves many evaluations and changes with the next one. */
const needsOf = new WeakMap<Ruleset, Needs>();

/** What the values of a ruleset depend on. */
function valuesNeed(ruleset: Ruleset): Needs {
  const known = needsOf.get(ruleset);
  if (known) return known;
  const needs = rulesetNeeds(ruleset.source);
  needsOf.set(ruleset, needs);
  return needs;
}

/**
 * The user whom a call is about, with what is stored of them where the ruleset asks for it. What the call brings wins over what is
 * stored.
 */
export async function knownUser(
  { storedUsers }: Server,
  { ruleset, nowMs }: Readonly<{ ruleset: Ruleset; nowMs: number }>,
  user: User,
  needs: Needs = valuesNeed(ruleset),
): Promise<KnownUser> {
  const stored = await storedUsers.find(ruleset.source, user.id, needs, nowMs);
  if (!stored) return { user, isStored: false };
  const { properties, performances } = stored;
  return {
    user: { id: user.id, properties: { ...properties, ...user.properties }, performances },
    isStored: true,
  };
}
