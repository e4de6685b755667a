import type { Json } from "../lib/json";
import { BUCKETS, includedBuckets } from "./bucketing";
import { testUserPlans, type TestUserPlans } from "./compilePreviews";
import { deepFreeze } from "./deepFreeze";
import type {
  Answer,
  DisabledFlagSource,
  KeySource,
  PublicationSource,
  RulesetSource,
  RuleSource,
} from "./model";
import type { Test } from "./conditionTest";
import type { Candidate, KeyPlan, Plans, RuleTests } from "./plans";
import { answeringAll } from "./planes/answerAll";
import { specOf } from "./recommendation";
import { lazily } from "../lib/lazily";
import { newUserScope, type UserScope } from "./userScope";

/**
 * A source made ready to be asked: conditions as prepared tests, every possible answer as a frozen object. It holds
 * the state of the run that is going on, so it serves one evaluation at a time, as synchronous code does by itself.
 */
export type Ruleset = Plans &
  Readonly<{
    source: RulesetSource;
    /** Names of all keys, in order. */
    keys: readonly string[];
    /** What test users get instead; null if that is the same. */
    ofTestUsers: TestUserPlans | null;
    scope: UserScope;
  }>;

/** Prepares everything that does not depend on the user. To be called once for each change. */
export function compile(source: RulesetSource): Ruleset {
  const scope = newUserScope(source);
  const candidates = new Map<string, Candidate[]>(source.keys.map(({ name }) => [name, []]));
  for (const publication of source.publications) {
    for (const rule of publication.rules) addCandidates(candidates, publication, rule, scope);
  }
  const keys = [...source.keys].sort((a, b) => (a.name < b.name ? -1 : 1));
  const disabledFlags = new Map(source.disabledFlags.map((flag) => [flag.key, flag]));
  const plans = keys.map((key) => {
    const flag = disabledFlags.get(key.name);
    // It outranks everything that is published, so nothing is tried.
    if (flag) return disabledPlan(key, flag);
    const finish = key.isRecommendation === true ? recommending(scope) : null;
    return { ...newPlan(key, candidates.get(key.name) ?? []), finish };
  });
  const planOf = new Map(plans.map((plan) => [plan.defaultAnswer.key, plan]));
  const ofTestUsers = testUserPlans(source, plans, { scope, takes: (rule) => ruleTests(rule, scope) });
  const answerAll = lazily(() => answeringAll(plans, source, scope));
  return { source, keys: [...planOf.keys()], plans, planOf, answerAll, ofTestUsers, scope };
}

/** A rule of less than 100 % splits the users whom its segment matches; one of 100 % takes them all, whatever their unit. */
export const isSplit = (rule: RuleSource): boolean => includedBuckets(rule.percentage) < BUCKETS;

function addCandidates(
  candidates: ReadonlyMap<string, Candidate[]>,
  publication: PublicationSource,
  rule: RuleSource,
  scope: UserScope,
): void {
  const tests = ruleTests(rule, scope);
  const reason = isSplit(rule) ? "SPLIT" : "TARGETING_MATCH";
  const origin = {
    reason,
    errorCode: null,
    source: { kind: publication.kind, id: publication.id },
    version: publication.version,
    rule: { id: rule.id, segmentId: rule.segmentId },
  } as const;
  for (const { key, value } of rule.values) {
    candidates.get(key)?.push({ ...tests, answer: deepFreeze({ key, value, ...origin }) });
  }
}

// The segment's test remembers what it found by itself; buckets are only worth it if several keys will ask.
function ruleTests(rule: RuleSource, scope: UserScope): RuleTests {
  const { segmentId, percentage, seed, bucketBy, bucketByFallback } = rule;
  const isMember = segmentId === null ? null : scope.segment(segmentId);
  if (!isSplit(rule)) return { segmentId, also: null, share: null, applies: isMember ?? (() => true) };
  const settings = { percentage, seed, bucketBy, fallback: bucketByFallback };
  const isShared = rule.values.length > 1;
  const also = isShared ? scope.subject.once(asked(scope.percentage(settings))) : scope.percentage(settings);
  const isInBoth: Test = isMember === null ? also : () => isMember(null) && also(null);
  const applies = isShared ? scope.subject.once(asked(isInBoth)) : isInBoth;
  return { segmentId, also, share: scope.share(settings), applies };
}

const asked = (test: Test) => () => test(null);

/** The answer with what the specification that is its value comes to for the user of the run. */
function recommending(scope: UserScope): (answer: Answer) => Answer {
  return (answer) => ({ ...answer, value: scope.recommended(specOf(answer.value)) });
}

function newPlan(
  { name, defaultValue }: KeySource,
  candidates: readonly Candidate[],
): Omit<KeyPlan, "finish"> {
  return { candidates, defaultAnswer: deepFreeze(defaultAnswer(name, defaultValue)) };
}

function disabledPlan({ name: key, defaultValue: value }: KeySource, flag: DisabledFlagSource): KeyPlan {
  const { id, version } = flag;
  const source = { kind: "Flag", id } as const;
  const answer: Answer = { key, value, reason: "DISABLED", errorCode: null, source, version, rule: null };
  return { candidates: [], defaultAnswer: deepFreeze(answer), finish: null };
}

function defaultAnswer(key: string, value: Json): Answer {
  return { key, value, reason: "DEFAULT", errorCode: null, source: null, version: null, rule: null };
}
