import { invariant } from "../lib/invariant";
import { isSplit, type Ruleset } from "./compile";
import { keysDecidedBy } from "./compilePreviews";
import { evaluate, isTestUser } from "./evaluate";
import type {
  Answer,
  DisabledFlagSource,
  Explanation,
  ExplanationStep,
  PreviewSource,
  PublicationSource,
  RulesetSource,
  RuleSource,
  StepOutcome,
  User,
} from "./model";
import { narratePercentage, narrateSegment, type Finding, type Narration } from "./narrate";
import { countedValues, recommendationWords, specOf } from "./recommendation";
import { shorten } from "./showValue";
import { newUserScope } from "./userScope";

/**
 * Why a user gets a key's value: a step for each rule of the publication that the key is in, in their order, and
 * after them one for the default if no rule decided. The first step that MATCHED is the rule of the answer; what
 * became of the rules after it is told as if they had been tried. A disabled flag is the only step: no rule is tried. What a
 * test user gets by a preview is told by the preview alone.
 */
export function explain(ruleset: Ruleset, key: string, user: User, now: number): Explanation {
  const [answer] = evaluate(ruleset, user, now, [key]);
  invariant(answer, "an evaluation of one key gave no answer");
  if (answer.reason === "ERROR") return { answer, steps: [] };
  const preview = previewFor(ruleset, key, user, now);
  if (preview) return { answer, steps: previewSteps(preview, key, narrationOf(ruleset.source, user, now)) };
  const disabled = ruleset.source.disabledFlags.find((flag) => flag.key === key);
  if (disabled) return { answer, steps: [disabledStep(disabled)] };
  const narration = narrationOf(ruleset.source, user, now);
  const publication = ruleset.source.publications.find(({ keys }) => keys.includes(key));
  const tried = (publication?.rules ?? []).map((rule) => ruleStep(rule, key, publication, narration));
  const steps = answer.reason === "DEFAULT" ? [...tried, defaultStep(publication)] : tried;
  return { answer, steps: withRecommendation(steps, ruleset.source, answer, narration) };
}

/** Says at the step that decided how often each value was there. */
function withRecommendation(
  steps: readonly ExplanationStep[],
  source: RulesetSource,
  { key, rule }: Answer,
  { scope: { subject } }: Narration,
): readonly ExplanationStep[] {
  const found = source.keys.find(({ name }) => name === key);
  if (found?.isRecommendation !== true) return steps;
  const rules = source.publications.flatMap((publication) => publication.rules);
  const values = rules.find(({ id }) => id === rule?.id)?.values;
  const spec = specOf(values?.find((value) => value.key === key)?.value ?? found.defaultValue);
  const counted = countedValues(spec, subject.user().performances ?? new Map(), subject.clock);
  const words = recommendationWords(spec, counted);
  return steps.map((each) =>
    each.outcome === "DEFAULT" || (each.outcome === "MATCHED" && each.ruleId === rule?.id)
      ? { ...each, because: shorten(`${each.because}; ${words}`) }
      : each,
  );
}

function previewFor(ruleset: Ruleset, key: string, user: User, now: number): PreviewSource | undefined {
  if (!isTestUser(user, ruleset)) return undefined;
  const { source } = ruleset;
  return source.previews.find((preview) => now < preview.endsAt && keysDecidedBy(preview, source).has(key));
}

function previewSteps(preview: PreviewSource, key: string, narration: Narration): readonly ExplanationStep[] {
  const { version, keys, rules } = preview;
  const until = new Date(preview.endsAt).toISOString();
  const because = `the user is a test user, and version ${version} is previewed until ${until}`;
  const first = step(preview, null, "PREVIEW", because);
  const ofDefault = (reason: string) =>
    step(preview, null, "DEFAULT", `${reason}, so the key has its default value`);
  if (!keys.includes(key)) return [first, ofDefault(`version ${version} does not have ${key}`)];
  const steps = rules.map((rule) => ruleStep(rule, key, preview, narration));
  const isDecided = steps.some(({ outcome }) => outcome === "MATCHED");
  return [first, ...steps, ...(isDecided ? [] : [ofDefault("no rule decided")])];
}

/** Whether the user belongs to a segment, and why, in words. */
export function explainMembership(
  ruleset: Ruleset,
  segmentId: string,
  user: User,
  now: number,
): Readonly<{ isMember: boolean; because: string }> {
  const { holds, because } = narrateSegment(segmentId, narrationOf(ruleset.source, user, now));
  return { isMember: holds, because };
}

// In a scope of its own: what is prepared for the words must not stay with the ruleset.
function narrationOf(source: RulesetSource, user: User, now: number): Narration {
  const scope = newUserScope(source);
  scope.subject.begin(user, now);
  return {
    scope,
    segments: new Map(source.segments.map((segment) => [segment.id, segment])),
    found: new Map(),
  };
}

function ruleStep(
  rule: RuleSource,
  key: string,
  publication: PublicationSource | undefined,
  narration: Narration,
): ExplanationStep {
  const membership = narrateSegment(rule.segmentId, narration);
  if (!membership.holds) return step(publication, rule, "NOT_MATCHED", membership.because);
  const inclusion = ruleInclusion(rule, narration);
  if (inclusion !== null && !inclusion.holds) {
    return step(publication, rule, "OUTSIDE_PERCENTAGE", inclusion.because);
  }
  if (!rule.values.some((value) => value.key === key)) {
    return step(publication, rule, "VALUE_UNSET", `the rule matches, but leaves ${key} unset`);
  }
  const because = inclusion === null ? membership.because : `${membership.because}; ${inclusion.because}`;
  return step(publication, rule, "MATCHED", because);
}

function ruleInclusion(rule: RuleSource, narration: Narration): Finding | null {
  if (!isSplit(rule)) return null;
  const { percentage, seed, bucketBy, bucketByFallback: fallback } = rule;
  return narratePercentage({ percentage, seed, bucketBy, fallback }, narration);
}

function disabledStep({ id, version, note }: DisabledFlagSource): ExplanationStep {
  const because = note === "" ? "the flag is disabled" : `the flag is disabled: ${note}`;
  const source = { kind: "Flag", id } as const;
  return { source, version, ruleId: null, segmentId: null, outcome: "DISABLED", because };
}

function defaultStep(publication: PublicationSource | undefined): ExplanationStep {
  const because =
    publication === undefined
      ? "nothing that is published sets this key, so it has its default value"
      : "no rule decided, so the key has its default value";
  return step(undefined, null, "DEFAULT", because);
}

function step(
  publication: PublicationSource | undefined,
  rule: RuleSource | null,
  outcome: StepOutcome,
  because: string,
): ExplanationStep {
  return {
    source: publication === undefined ? null : { kind: publication.kind, id: publication.id },
    version: publication?.version ?? null,
    ruleId: rule?.id ?? null,
    segmentId: rule?.segmentId ?? null,
    outcome,
    because,
  };
}
