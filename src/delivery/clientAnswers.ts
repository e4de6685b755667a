import type { Ruleset } from "../evaluation/compile";
import { evaluate, unknownKey } from "../evaluation/evaluate";
import type { Answer, User } from "../evaluation/model";

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

/** By ruleset, since each serves many evaluations and changes with the next one. */
const visibleKeysOf = new WeakMap<Ruleset, ReadonlySet<string>>();

function visibleKeys(ruleset: Ruleset): ReadonlySet<string> {
  const known = visibleKeysOf.get(ruleset);
  if (known) return known;
  const { keys } = ruleset.source;
  const names = keys.filter(({ isVisibleToClients }) => isVisibleToClients).map(({ name }) => name);
  const visible = new Set(names);
  visibleKeysOf.set(ruleset, visible);
  return visible;
}

/** By answer, since most are shared by many evaluations. */
const bareOf = new WeakMap<Answer, Answer>();

/** Names what is told, so that whatever answers hold one day is not told by accident. */
function bare(answer: Answer): Answer {
  const known = bareOf.get(answer);
  if (known) return known;
  const { key, value, reason, errorCode } = answer;
  const told: Answer = { key, value, reason, errorCode, source: null, version: null, rule: null };
  bareOf.set(answer, told);
  return told;
}
