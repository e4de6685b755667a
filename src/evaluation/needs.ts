import { isJsonObject, type JsonObject } from "../lib/json";
import { bucketPropertiesIn, eventsIn, performedIn, segmentsIn } from "./condition";
import type { RulesetSource, RuleSource } from "./model";
import { ID_PROPERTY } from "./property";
import { isOperatorName } from "./operators";
import { specOf, type RecommendationSpec } from "./recommendation";

/** What of a user an evaluation may look at, beside the id. */
export type Needs = Readonly<{
  /** Whether it looks at any property. */
  properties: boolean;
  /** Names of the events that it asks for, in order. */
  events: readonly string[];
  /** How far back it looks at events; null: as far as there are some. */
  horizonMs: number | null;
}>;

/** What the values of a ruleset depend on. */
export function rulesetNeeds(source: RulesetSource): Needs {
  const rules = [...source.publications, ...source.previews].flatMap((publication) => publication.rules);
  const segmentIds = rules.flatMap(({ segmentId }) => (segmentId === null ? [] : [segmentId]));
  const { properties, events, horizonMs } = segmentNeeds(source, segmentIds);
  const specs = specsIn(source, rules);
  const daysMs = Math.max(0, ...specs.map(({ withinDays }) => withinDays)) * DAY_MS;
  return {
    properties: properties || rules.some(isBucketedByProperty),
    events: [...new Set([...events, ...specs.map(({ event }) => event)])].sort(),
    horizonMs: horizonMs === null ? null : Math.max(horizonMs, daysMs),
  };
}

const DAY_MS = 86_400_000;

/** Every specification that somebody may get. */
function specsIn({ keys }: RulesetSource, rules: readonly RuleSource[]): readonly RecommendationSpec[] {
  const recommending = keys.filter(({ isRecommendation }) => isRecommendation === true);
  const names = new Set(recommending.map(({ name }) => name));
  const given = rules.flatMap(({ values }) => values).filter(({ key }) => names.has(key));
  return [...recommending.map(({ defaultValue }) => defaultValue), ...given.map(({ value }) => value)].map(
    specOf,
  );
}

/** What the membership of these segments depends on, and of all that they name. */
export function segmentNeeds({ segments }: Pick<RulesetSource, "segments">, ids: readonly string[]): Needs {
  const conditionOf = new Map(segments.map(({ id, condition }) => [id, condition]));
  const reached = new Set(ids);
  // A set gives what is added to it while it is walked, too.
  for (const id of reached) for (const named of segmentsIn(conditionOf.get(id) ?? {})) reached.add(named);
  const conditions = [...reached].map((id) => conditionOf.get(id) ?? {});
  const horizons = conditions.flatMap(performedIn).map(({ window }) => window.lastMs);
  return {
    properties: conditions.some(asksForProperty),
    events: [...new Set(conditions.flatMap(eventsIn))].sort(),
    horizonMs: horizons.every((ms) => ms !== null) ? Math.max(0, ...horizons) : null,
  };
}

const isBucketedByProperty = ({ bucketBy, bucketByFallback }: RuleSource): boolean =>
  isProperty(bucketBy) || isProperty(bucketByFallback);

const isProperty = (path: string | null): boolean => path !== null && path !== ID_PROPERTY;

function asksForProperty(condition: JsonObject): boolean {
  return bucketPropertiesIn(condition).some(isProperty) || namesProperty(condition);
}

function namesProperty(condition: JsonObject): boolean {
  return Object.entries(condition).some(([name, operand]) => {
    if (!isOperatorName(name)) return isProperty(name);
    const nested = name === "$not" ? [operand] : ["$and", "$or", "$nor"].includes(name) ? operand : [];
    return Array.isArray(nested) && nested.some((each) => isJsonObject(each) && namesProperty(each));
  });
}
