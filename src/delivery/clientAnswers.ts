import type { Ruleset } from "../evaluation/compile";
import { evaluate, unknownKey } from "../evaluation/evaluate";
import type { Answer, User } from "../evaluation/model";
import { remembering } from "../lib/remembering";

/** What is told, and the answers of the ruleset that this tells of. */
export type Served = Readonly<{ values: readonly Answer[]; delivered: readonly Answer[] }>;

/**
 * The values that a client is told for a user: of the keys that are for clients, and nothing of where they come from. A
 * key that is not for clients is answered as one that does not exist.
 */
export function evaluateForClient(
  ruleset: Ruleset,
  user: User,
  nowMs: number,
  keys?: readonly string[],
): Served {
  const visible = visibleKeys(ruleset);
  const answers = evaluate(ruleset, user, nowMs, keys);
  const delivered = answers.filter(({ key }) => visible.has(key));
  // Who asks for all keys is told of no other.
  const values =
    keys === undefined
      ? delivered.map(bare)
      : answers.map((answer) => (visible.has(answer.key) ? bare(answer) : unknownKey(answer.key)));
  return { values, delivered };
}

/** Once for each ruleset, since each serves many evaluations. */
const visibleKeys = remembering((ruleset: Ruleset): ReadonlySet<string> => {
  const { keys } = ruleset.source;
  return new Set(keys.filter(({ isVisibleToClients }) => isVisibleToClients).map(({ name }) => name));
});

/**
 * Names what is told, so that whatever answers hold one day is not told by accident. Once for each answer, since most are shared
 * by many evaluations.
 */
const bare = remembering(({ key, value, reason, errorCode }: Answer): Answer => {
  return { key, value, reason, errorCode, source: null, version: null, rule: null };
});
