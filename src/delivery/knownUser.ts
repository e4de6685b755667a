import type { Ruleset } from "../evaluation/compile";
import type { User } from "../evaluation/model";
import type { Needs } from "../evaluation/needs";
import type { Server } from "../graphql/context";

/** A user with all that is known, and whether some of that is stored. */
export type KnownUser = Readonly<{ user: User; isStored: boolean }>;

type Asked = Readonly<{ ruleset: Ruleset; nowMs: number }>;
type Storing = Pick<Server, "storedUsers">;

/**
 * The user whom a call is about, with what is stored of them where the ruleset asks for it, at any instant and in all detail: one query.
 * What the call brings wins over what is stored.
 */
export async function knownUser(
  { storedUsers }: Storing,
  { ruleset, nowMs }: Asked,
  user: User,
  needs: Needs = storedUsers.needsOf(ruleset),
): Promise<KnownUser> {
  const stored = await storedUsers.find(ruleset.source, user.id, needs, nowMs);
  if (!stored) return { user, isStored: false };
  const { properties, performances } = stored;
  return {
    user: { id: user.id, properties: { ...properties, ...user.properties }, performances },
    isStored: true,
  };
}

/** The same for the ruleset that is in force, summed up: what its values depend on, most often without a query. */
export async function summarisedUser(
  { storedUsers }: Storing,
  { ruleset, nowMs }: Asked,
  user: User,
): Promise<KnownUser> {
  const kept = await storedUsers.summaryOf(ruleset, user.id, nowMs);
  if (!kept) return { user, isStored: false };
  const { properties, isStored } = kept;
  return {
    user: { id: user.id, properties: { ...properties, ...user.properties }, summary: kept },
    isStored,
  };
}
