import { deepFreeze } from "./deepFreeze";
import { lazily } from "../lib/lazily";
import type { Json } from "../lib/json";
import type { Test } from "./conditionTest";
import type { Answer, PreviewSource, RulesetSource, RuleSource } from "./model";
import { answeringAll } from "./planes/answerAll";
import type { Candidate, KeyPlan, Plans, RuleTests } from "./plans";
import type { UserScope } from "./userScope";

/** What test users get: the same plans as everybody's, with what is previewed tried first. */
export type TestUserPlans = Plans & Readonly<{ ids: ReadonlySet<string> }>;

type Compiling = Readonly<{ scope: UserScope; takes: (rule: RuleSource) => RuleTests }>;

/** Null if nobody gets anything but what everybody gets. */
export function testUserPlans(
  source: RulesetSource,
  plans: readonly KeyPlan[],
  compiling: Compiling,
): TestUserPlans | null {
  const ids = source.testUsers === null ? undefined : source.userLists.get(source.testUsers);
  if (ids === undefined || ids.size === 0 || source.previews.length === 0) return null;
  const defaults = new Map(source.keys.map(({ name, defaultValue }) => [name, defaultValue]));
  const previewed = new Map<string, readonly Candidate[]>();
  for (const preview of source.previews) {
    for (const [key, candidates] of candidatesOf(preview, defaults, source, compiling))
      previewed.set(key, candidates);
  }
  const theirs = plans.map((plan) => {
    const first = previewed.get(plan.defaultAnswer.key);
    return first === undefined ? plan : { ...plan, candidates: [...first, ...plan.candidates] };
  });
  const answerAll = lazily(() => answeringAll(theirs, source, compiling.scope));
  return {
    ids,
    answerAll,
    plans: theirs,
    planOf: new Map(theirs.map((plan) => [plan.defaultAnswer.key, plan])),
  };
}

/**
 * The keys that a preview decides: its own, and those that only the version has which it stands in for. No other config or
 * flag has one of them, since whatever is in use holds on to its keys.
 */
export function keysDecidedBy(
  { id, keys }: PreviewSource,
  { publications, disabledFlags }: Pick<RulesetSource, "publications" | "disabledFlags">,
): ReadonlySet<string> {
  const replaced = publications.filter((publication) => publication.id === id).flatMap((each) => each.keys);
  const disabled = disabledFlags.filter((flag) => flag.id === id).map(({ key }) => key);
  return new Set([...keys, ...replaced, ...disabled]);
}

/** By key. The last one is the key's default, so that nothing that is published is tried while the preview goes on. */
function candidatesOf(
  preview: PreviewSource,
  defaults: ReadonlyMap<string, Json>,
  source: RulesetSource,
  { scope, takes }: Compiling,
): ReadonlyMap<string, readonly Candidate[]> {
  // Time is looked at whenever somebody asks: nobody has to tell the ruleset that a preview is over.
  const isOpen: Test = () => scope.subject.now() < preview.endsAt;
  const candidates = new Map<string, Candidate[]>();
  for (const key of keysDecidedBy(preview, source)) if (defaults.has(key)) candidates.set(key, []);
  for (const rule of preview.rules) {
    const tests = testsWhile(isOpen, takes(rule));
    for (const { key, value } of rule.values) {
      candidates.get(key)?.push({ ...tests, answer: answerOf(preview, key, value, rule) });
    }
  }
  for (const [key, tried] of candidates) {
    tried.push({
      segmentId: null,
      also: isOpen,
      share: null,
      applies: isOpen,
      answer: answerOf(preview, key, defaults.get(key) ?? null, null),
    });
  }
  return candidates;
}

function testsWhile(isOpen: Test, { segmentId, also, applies }: RuleTests): RuleTests {
  return {
    segmentId,
    also: also ? () => isOpen(null) && also(null) : isOpen,
    share: null,
    applies: () => isOpen(null) && applies(null),
  };
}

function answerOf(preview: PreviewSource, key: string, value: Json, rule: RuleSource | null): Answer {
  const { kind, id, version } = preview;
  return deepFreeze({
    key,
    value,
    reason: "PREVIEW",
    errorCode: null,
    source: { kind, id },
    version,
    rule: rule && { id: rule.id, segmentId: rule.segmentId },
  });
}
