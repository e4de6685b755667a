import { withoutSeeds } from "./condition";
import { CONDITION_LIST_OPERATORS, isOperatorObject } from "./operators";
import { remainders } from "./diffBranches";
import type { Difference, DiffRule } from "../lib/diffRule";
import { isJsonObject, jsonEquals, ownProperty, type Json, type JsonObject } from "../lib/json";
import { pathTo } from "../lib/pointer";

/** Also carries the smallest conditions that differ, which can be put in words; null where nothing stands. */
export type ConditionDifference = Difference &
  Readonly<{ conditions: Readonly<{ before: JsonObject | null; after: JsonObject | null }> }>;

/** How conditions are compared: part by part, so that `condition/age/$gte` shows what was edited. */
export const CONDITION_DIFF: DiffRule = {
  as: "own",
  diff: diffCondition,
  shown: (condition) => (isJsonObject(condition) ? withoutSeeds(condition) : condition),
};

export function isConditionDifference(difference: Difference): difference is ConditionDifference {
  return "conditions" in difference;
}

/** Everything that is different between two conditions; nothing if and only if they are equal. Null is none. */
export function diffCondition(path: string, before: Json, after: Json): readonly ConditionDifference[] {
  const [old, now] = [before, after].map((condition) => (isJsonObject(condition) ? condition : undefined));
  if (old && now) return diffParts({ path, within: (part) => part }, old, now);
  if (!old && !now) return [];
  const [shownBefore, shownAfter] = [old, now].map((condition) =>
    condition ? withoutSeeds(condition) : null,
  );
  const conditions = { before: old ?? null, after: now ?? null };
  return [{ path, before: shownBefore ?? null, after: shownAfter ?? null, conditions }];
}

/** Where a condition stands, and the whole condition that has nothing but it there. */
type ConditionPlace = Readonly<{ path: string; within: (condition: JsonObject) => JsonObject }>;

/** Where an operand stands: under a property's path or an operator. */
type Place = Readonly<{ path: string; name: string; within: (operand: Json) => JsonObject }>;

function diffParts(
  at: ConditionPlace,
  before: JsonObject,
  after: JsonObject,
): readonly ConditionDifference[] {
  return namesOf(before, after).flatMap((name) => {
    const place = {
      path: pathTo(at.path, name),
      name,
      within: (operand: Json) => at.within({ [name]: operand }),
    };
    return diffPart(place, ownProperty(before, name), ownProperty(after, name));
  });
}

function diffPart(
  place: Place,
  before: Json | undefined,
  after: Json | undefined,
): readonly ConditionDifference[] {
  if (jsonEquals(before, after)) return [];
  const found = before === undefined || after === undefined ? [] : diffInside(place, before, after);
  return found.length > 0 ? found : [whole(place, before, after)];
}

/** What is different inside two operands; nothing if that is said best by showing both. */
function diffInside(place: Place, before: Json, after: Json): readonly ConditionDifference[] {
  const { name } = place;
  if (CONDITION_LIST_OPERATORS.includes(name))
    return diffBranches(place, conditionsIn(before), conditionsIn(after));
  if (name === "$segment" || name === "$notSegment") return diffTexts(place, textsIn(before), textsIn(after));
  if (!isJsonObject(before) || !isJsonObject(after)) return [];
  if (name === "$not") return diffParts({ path: place.path, within: place.within }, before, after);
  if (name === "$percent") return diffPercent(place, before, after);
  return isOperatorObject(before) && isOperatorObject(after) ? diffOperators(place, before, after) : [];
}

function diffOperators(place: Place, before: JsonObject, after: JsonObject): readonly ConditionDifference[] {
  return namesOf(before, after).flatMap((name) => {
    const path = pathTo(place.path, name);
    const operator: Place = { path, name, within: (operand) => place.within({ [name]: operand }) };
    const [old, now] = [ownProperty(before, name), ownProperty(after, name)];
    if (jsonEquals(old, now)) return [];
    const items = TEXT_LIST_OPERATORS.has(name) ? diffTexts(operator, textsIn(old), textsIn(now)) : [];
    return items.length > 0 ? items : [whole(operator, old, now)];
  });
}

/** Operators whose operand is a list whose order means nothing. */
const TEXT_LIST_OPERATORS: ReadonlySet<string> = new Set(["$in", "$nin", "$ini", "$nini", "$all", "$alli"]);

/** Each member by itself; in words, the whole. */
function diffPercent(place: Place, before: JsonObject, after: JsonObject): readonly ConditionDifference[] {
  const conditions = { before: place.within(before), after: place.within(after) };
  return namesOf(before, after).flatMap((name) => {
    const [old, now] = [ownProperty(before, name) ?? null, ownProperty(after, name) ?? null];
    return jsonEquals(old, now)
      ? []
      : [{ path: pathTo(place.path, name), before: old, after: now, conditions }];
  });
}

/** What came to a list of texts and what went from it; nothing if either is no such list. */
function diffTexts(
  place: Place,
  before: readonly string[] | null,
  after: readonly string[] | null,
): readonly ConditionDifference[] {
  if (!before || !after) return [];
  const item = (text: string): Place => ({
    path: pathTo(place.path, text),
    name: place.name,
    within: () => place.within([text]),
  });
  return [
    ...[...new Set(before)]
      .filter((text) => !after.includes(text))
      .map((text) => whole(item(text), text, undefined)),
    ...[...new Set(after)]
      .filter((text) => !before.includes(text))
      .map((text) => whole(item(text), undefined, text)),
  ];
}

/** Branches have no names: those that are the same in both are left out, and of the others those that are alike are compared. */
function diffBranches(
  place: Place,
  before: readonly JsonObject[],
  after: readonly JsonObject[],
): readonly ConditionDifference[] {
  const { edited, gone, come } = remainders(before, after);
  const branch = (index: number): Place => ({
    path: pathTo(place.path, index),
    name: place.name,
    within: (condition) => place.within([condition]),
  });
  return [
    ...gone.map(({ index, condition }) => whole(branch(index), condition, undefined)),
    ...edited.flatMap(({ index, before: old, after: now }) => diffParts(branch(index), old, now)),
    ...come.map(({ index, condition }) => whole(branch(index), undefined, condition)),
  ];
}

function whole(place: Place, before: Json | undefined, after: Json | undefined): ConditionDifference {
  const conditionOf = (operand: Json | undefined) => (operand === undefined ? null : place.within(operand));
  return {
    path: place.path,
    before: shown(place, before),
    after: shown(place, after),
    conditions: { before: conditionOf(before), after: conditionOf(after) },
  };
}

/** Null alone would stand for what is not there. */
function shown({ name }: Place, operand: Json | undefined): Json {
  if (operand === undefined) return null;
  if (operand === null) return { [isOperator(name) ? name : "$eq"]: null };
  if (isJsonObject(operand) && CONDITION_LIST_OPERATORS.includes(name)) return withoutSeeds(operand);
  return withoutSeeds({ [name]: operand })[name] ?? null;
}

const isOperator = (name: string): boolean => name.startsWith("$");

function namesOf(before: JsonObject, after: JsonObject): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

function conditionsIn(operand: Json): readonly JsonObject[] {
  return Array.isArray(operand) ? operand.filter((item: Json) => isJsonObject(item)) : [];
}

function textsIn(operand: Json | undefined): readonly string[] | null {
  if (typeof operand === "string") return [operand];
  const isTexts = Array.isArray(operand) && operand.every((item: Json) => typeof item === "string");
  return isTexts ? operand : null;
}
