import { performedOperandsIn } from "./condition";
import { reachedConditions, recommendationsIn, valueRules } from "./needs";
import type { RulesetSource } from "./model";
import type { RecommendationSpec } from "./recommendation";
import { canonicalJson } from "../lib/canonicalJson";
import type { Json } from "../lib/json";

/** All that the values of a ruleset ask of what a user did, each thing once. */
export type Behaviours = Readonly<{
  /** Operands of `$performed` and `$notPerformed`. */
  conditions: readonly Json[];
  recommendations: readonly RecommendationSpec[];
  /** Whose clocks it goes by. */
  timeZone: string;
  /** The same text for what is asked the same. */
  identity: string;
  /** The number of a condition; undefined for one that no value depends on. */
  numberOf(condition: Json): number | undefined;
  /** The number of a recommendation; undefined for one that nobody may get. */
  recommendationNumberOf(spec: RecommendationSpec): number | undefined;
}>;

export type BehaviourSource = Pick<
  RulesetSource,
  "keys" | "segments" | "publications" | "previews" | "timeZone"
>;

export function behavioursOf(source: BehaviourSource): Behaviours {
  const { timeZone = "UTC" } = source;
  const rules = valueRules(source);
  const segmentIds = rules.flatMap(({ segmentId }) => (segmentId === null ? [] : [segmentId]));
  const conditions = eachOnce(reachedConditions(source, segmentIds).flatMap(performedOperandsIn));
  const recommendations = eachOnce(recommendationsIn(source, rules));
  return {
    conditions: conditions.values,
    recommendations: recommendations.values,
    timeZone,
    identity: JSON.stringify([conditions.texts, recommendations.texts, timeZone]),
    numberOf: conditions.numberOf,
    recommendationNumberOf: recommendations.numberOf,
  };
}

/** In the order of their texts, so that it does not matter where they stand. */
function eachOnce<Value extends Json>(all: readonly Value[]) {
  const byText = new Map(all.map((value) => [canonicalJson(value), value]));
  const texts = [...byText.keys()].sort();
  const numbers = new Map(texts.map((text, number) => [text, number]));
  return {
    texts,
    values: texts.map((text) => byText.get(text) as Value),
    numberOf: (value: Value): number | undefined => numbers.get(canonicalJson(value)),
  };
}
