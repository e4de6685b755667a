import { USER_PROPERTIES_MAX, userIdFaults } from "./identify.policy";
import { invalid, PROPERTIES_BYTES_MAX } from "./properties.policy";
import type { Refusal } from "../lib/refusal";

/** Ids that one user had before. */
export const ALIASES_MAX = 100;

/** Who acted without a name, and who that turned out to be. */
export type Aliased = Readonly<{ anonymousId: string; userId: string }>;

/** Everything wrong with what is asked for, whatever is stored. */
export function aliasFaults({ anonymousId, userId }: Aliased): readonly Refusal[] {
  const faults = [...userIdFaults("anonymousId", anonymousId), ...userIdFaults("userId", userId)];
  if (faults.length > 0 || anonymousId !== userId) return faults;
  return [invalid("A user is not their own alias; send the id that they had before.", ["anonymousId"])];
}

/** What is stored of one of the two. */
export type Standing = Readonly<{ user_key: string; alias_of: string | null; aliases: readonly string[] }>;

/** What keeps the one from becoming the other; null: nothing. That it has become it already does not. */
export function aliasRefusal(anonymous: Standing, user: Standing): Refusal | null {
  const { alias_of: before } = anonymous;
  if (before !== null && before !== user.user_key) {
    const message = "This id has become another user already, and does so once; give the next one a new id.";
    return { code: "TAKEN", message, path: ["anonymousId"] };
  }
  if (anonymous.aliases.length > 0) {
    const message = "Other ids have become this user, so it is known and becomes nobody else.";
    return { code: "TAKEN", message, path: ["anonymousId"] };
  }
  if (user.alias_of !== null) {
    const message = "This id has itself become another user; send the id of that one.";
    return { code: "TAKEN", message, path: ["userId"] };
  }
  if (before !== null || user.aliases.length < ALIASES_MAX) return null;
  const message = `A user has at most ${ALIASES_MAX} earlier ids; this one has as many.`;
  return { code: "LIMIT_REACHED", message, path: ["userId"] };
}

/** The two together have more than one user may have. */
export const joinedTooMuch: Refusal = {
  code: "LIMIT_REACHED",
  message: `Together they would have more than ${USER_PROPERTIES_MAX} properties or ${PROPERTIES_BYTES_MAX} bytes of them. Take some away by null.`,
  path: [],
};
