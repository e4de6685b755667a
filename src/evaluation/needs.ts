import { isJsonObject, type JsonObject } from "../lib/json";
import { bucketPropertiesIn, eventsIn, performedIn, segmentsIn } from "./condition";
import type { RulesetSource, RuleSource } from "./model";
import { ID_PROPERTY, pathOf } from "./property";
import { isOperatorName } from "./operators";
import { specOf, type RecommendationSpec } from "./recommendation";

/** What of a user an evaluation may look at, beside the id. */
export type Needs = Readonly<{
  /** Names of the properties that it looks at or into, in order. */
  properties: readonly string[];
  /** Names of the events that it asks for, in order. */
  events: readonly string[];
  /** How far back it looks at events; null: as far as there are some. */
  horizonMs: number | null;
}>;

/** What the values of a ruleset depend on. */
export function rulesetNeeds(source: RulesetSource): Needs {
  const rules = valueRules(source);
  const segmentIds = rules.flatMap(({ segmentId }) => (segmentId === null ? [] : [segmentId]));
  const { properties, events, horizonMs } = segmentNeeds(source, segmentIds);
  const specs = recommendationsIn(source, rules);
  const daysMs = Math.max(0, ...specs.map(({ withinDays }) => withinDays)) * DAY_MS;
  return {
    properties: inOrder([...properties, ...rules.flatMap(bucketProperties)]),
    events: inOrder([...events, ...specs.map(({ event }) => event)]),
    horizonMs: horizonMs === null ? null : Math.max(horizonMs, daysMs),
  };
}

const DAY_MS = 86_400_000;

/** The rules that may decide a value. */
export const valueRules = ({
  publications,
  previews,
}: Pick<RulesetSource, "publications" | "previews">): readonly RuleSource[] =>
  [...publications, ...previews].flatMap(({ rules }) => rules);

/** Every specification that somebody may get. */
export function recommendationsIn(
  { keys }: Pick<RulesetSource, "keys">,
  rules: readonly RuleSource[],
): readonly RecommendationSpec[] {
  const recommending = keys.filter(({ isRecommendation }) => isRecommendation === true);
  const names = new Set(recommending.map(({ name }) => name));
  const given = rules.flatMap(({ values }) => values).filter(({ key }) => names.has(key));
  return [...recommending.map(({ defaultValue }) => defaultValue), ...given.map(({ value }) => value)].map(
    specOf,
  );
}

/** What the membership of these segments depends on, and of all that they name. */
export function segmentNeeds({ segments }: Pick<RulesetSource, "segments">, ids: readonly string[]): Needs {
  const conditions = reachedConditions({ segments }, ids);
  const horizons = conditions.flatMap(performedIn).map(({ window }) => window.lastMs);
  return {
    properties: inOrder(conditions.flatMap(propertiesIn)),
    events: inOrder(conditions.flatMap(eventsIn)),
    horizonMs: horizons.every((ms) => ms !== null) ? Math.max(0, ...horizons) : null,
  };
}

/** The conditions of these segments, and of all that they name. */
export function reachedConditions(
  { segments }: Pick<RulesetSource, "segments">,
  ids: readonly string[],
): readonly JsonObject[] {
  const conditionOf = new Map(segments.map(({ id, condition }) => [id, condition]));
  const reached = new Set(ids);
  // A set gives what is added to it while it is walked, too.
  for (const id of reached) for (const named of segmentsIn(conditionOf.get(id) ?? {})) reached.add(named);
  return [...reached].map((id) => conditionOf.get(id) ?? {});
}

const inOrder = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

const bucketProperties = ({ bucketBy, bucketByFallback }: RuleSource): readonly string[] =>
  namesOf([bucketBy, bucketByFallback]);

/** The properties that paths lead to or into. */
const namesOf = (paths: readonly (string | null)[]): readonly string[] =>
  paths.flatMap((path) => {
    const name = path === null ? ID_PROPERTY : (pathOf(path)[0] ?? ID_PROPERTY);
    return name === ID_PROPERTY ? [] : [name];
  });

function propertiesIn(condition: JsonObject): readonly string[] {
  return [...namesOf(bucketPropertiesIn(condition)), ...propertiesNamedIn(condition)];
}

function propertiesNamedIn(condition: JsonObject): readonly string[] {
  return Object.entries(condition).flatMap(([name, operand]) => {
    if (!isOperatorName(name)) return namesOf([name]);
    const nested = name === "$not" ? [operand] : ["$and", "$or", "$nor"].includes(name) ? operand : [];
    const conditions = Array.isArray(nested) ? nested.filter(isJsonObject) : [];
    return conditions.flatMap(propertiesNamedIn);
  });
}
