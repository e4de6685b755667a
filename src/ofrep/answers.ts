import { NOBODY } from "./context.graphql";
import type { Answers } from "../delivery/answersFor";
import { isSplit, type Ruleset } from "../evaluation/compile";
import type { Answer, Reason, RuleSource } from "../evaluation/model";
import { ID_PROPERTY } from "../evaluation/property";
import type { Json, JsonObject } from "../lib/json";
import { remembering } from "../lib/remembering";

export type OfrepReason = "STATIC" | "DEFAULT" | "TARGETING_MATCH" | "SPLIT" | "DISABLED";
export type OfrepErrorCode =
  "PARSE_ERROR" | "TARGETING_KEY_MISSING" | "INVALID_CONTEXT" | "FLAG_NOT_FOUND" | "GENERAL";

/** An answer in the words of OFREP. */
export type OfrepAnswer = Readonly<
  | { key: string; value: Json; reason: OfrepReason; metadata?: JsonObject }
  | { key: string; errorCode: OfrepErrorCode; errorDetails: string }
>;

/** What OpenFeature calls our reasons. */
const REASON_OF: Readonly<Record<Exclude<Reason, "ERROR">, OfrepReason>> = {
  DEFAULT: "DEFAULT",
  TARGETING_MATCH: "TARGETING_MATCH",
  SPLIT: "SPLIT",
  EXPERIMENT: "SPLIT",
  ROLLED_OUT: "TARGETING_MATCH",
  FORCED: "TARGETING_MATCH",
  HOLDOUT: "DEFAULT",
  PREVIEW: "TARGETING_MATCH",
  DISABLED: "DISABLED",
};

/** `isWrapped`: for clients that know no values but scalars and objects. */
export function ofrepAnswer(answer: Answer, { ruleset, userId }: Answers, isWrapped: boolean): OfrepAnswer {
  const { key, reason } = answer;
  if (reason === "ERROR")
    return { key, errorCode: "FLAG_NOT_FOUND", errorDetails: `There is no key "${key}".` };
  if (userId === NOBODY && keysByTargetingKey(ruleset).has(key)) return noTargetingKey(key);
  const value = isWrapped ? wrapped(answer.value) : answer.value;
  const metadata = metadataOf(answer);
  const told = isStatic(answer, ruleset) ? "STATIC" : REASON_OF[reason];
  return { key, value, reason: told, ...(metadata && { metadata }) };
}

const noTargetingKey = (key: string): OfrepAnswer => ({
  key,
  errorCode: "TARGETING_KEY_MISSING",
  errorDetails: "Who gets which value depends on the targetingKey, and the context has none.",
});

/** Whether everybody gets the default, since nothing could give anybody anything else. */
function isStatic({ key, reason }: Answer, { planOf }: Ruleset): boolean {
  const plan = planOf.get(key);
  return reason === "DEFAULT" && plan?.candidates.length === 0 && plan.finish === null;
}

/** Lists and null have no place in the protocol's schema, though most clients pass them on as they are. */
const wrapped = (value: Json): Json => (value === null || Array.isArray(value) ? { value } : value);

/** Where the value comes from, as far as the asker was told; OpenFeature knows no metadata but scalars. */
function metadataOf({ source, version, rule }: Answer): JsonObject | null {
  const told = {
    sourceKind: source?.kind ?? null,
    sourceId: source?.id ?? null,
    version,
    ruleId: rule?.id ?? null,
    segmentId: rule?.segmentId ?? null,
  };
  const entries = Object.entries(told).filter(([, value]) => value !== null);
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

/** The keys of which a share of users gets a value, drawn by their ids: once for each ruleset, since each serves many evaluations. */
export const keysByTargetingKey = remembering((ruleset: Ruleset): ReadonlySet<string> => {
  const rules = ruleset.source.publications.flatMap((publication) => publication.rules);
  return new Set(rules.filter(isDrawnById).flatMap(({ values }) => values.map(({ key }) => key)));
});

const isDrawnById = (rule: RuleSource): boolean =>
  isSplit(rule) && [rule.bucketBy ?? ID_PROPERTY, rule.bucketByFallback].includes(ID_PROPERTY);

/** By answer and form, since most are shared by many evaluations, and writing them takes longer than finding them. */
const textsOf = [new WeakMap<Answer, string>(), new WeakMap<Answer, string>()] as const;

/** An answer as JSON. */
export function ofrepText(answer: Answer, answers: Answers, isWrapped: boolean): string {
  const texts = textsOf[isWrapped ? 1 : 0];
  const known = answers.userId === NOBODY ? undefined : texts.get(answer);
  if (known !== undefined) return known;
  const text = JSON.stringify(ofrepAnswer(answer, answers, isWrapped));
  if (answers.userId !== NOBODY) texts.set(answer, text);
  return text;
}
