import type { Ruleset } from "./compile";
import type { KeyPlan, Plans } from "./plans";
import type { Answer, User } from "./model";

/**
 * The values that a user gets: of all keys in the order of their names, or of the asked ones in the order asked (an
 * unknown one gets an ERROR). Answers are shared between calls and frozen. Never throws, whatever the user is like.
 */
export function evaluate(
  ruleset: Ruleset,
  user: User,
  now: number,
  keys?: readonly string[],
): readonly Answer[] {
  ruleset.scope.subject.begin(user, now);
  const plans = plansFor(user, ruleset);
  return keys === undefined ? plans.answerAll() : answersTo(keys, plans);
}

/** Whether the user belongs to a segment of the ruleset. */
export function isMember(ruleset: Ruleset, segmentId: string, user: User, now: number): boolean {
  ruleset.scope.subject.begin(user, now);
  return ruleset.scope.segment(segmentId)(null);
}

export function isTestUser({ id }: User, { ofTestUsers }: Ruleset): boolean {
  return ofTestUsers?.ids.has(id) ?? false;
}

function plansFor(user: User, ruleset: Ruleset): Plans {
  const { ofTestUsers } = ruleset;
  return ofTestUsers?.ids.has(user.id) ? ofTestUsers : ruleset;
}

function answersTo(keys: readonly string[], { planOf }: Plans): readonly Answer[] {
  return keys.map((key) => {
    const plan = planOf.get(key);
    return plan === undefined ? unknownKey(key) : answerOf(plan);
  });
}

function answerOf(plan: KeyPlan): Answer {
  const answer = chosenAnswer(plan);
  return plan.finish === null ? answer : plan.finish(answer);
}

function chosenAnswer({ candidates, defaultAnswer }: KeyPlan): Answer {
  for (let index = 0; index < candidates.length; index += 1) {
    const candidate = candidates[index];
    if (candidate?.applies(null)) return candidate.answer;
  }
  return defaultAnswer;
}

/** The answer for a name that no key has. */
export function unknownKey(key: string): Answer {
  const errorCode = "KEY_NOT_FOUND";
  return { key, value: null, reason: "ERROR", errorCode, source: null, version: null, rule: null };
}
