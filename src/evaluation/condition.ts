import { isJsonObject, type Json, type JsonObject } from "../lib/json";
import { pointerTo } from "./conditionFault";
import { eventsOf, performedOf, type Performed } from "./performed";
import { CONDITION_LIST_OPERATORS, isOperatorName, isUserOperator, type UserOperator } from "./operators";

export { checkCondition, checkEventConditions } from "./checkCondition";
export type { ConditionFault } from "./conditionFault";

/** A well-formed condition, as stored: user lists stand as references, every `$percent` has its seed. */
export type Condition = JsonObject;

export type UserListReference = Readonly<{ list: string; count: number }>;

/** Ids of the segments that the condition names, each once. */
export function segmentsIn(condition: JsonObject): readonly string[] {
  const ids = new Set<string>();
  visitUserOperators(condition, "", (operator, operand) => {
    if (operator === "$segment" || operator === "$notSegment") {
      for (const id of segmentIdsOf(operand)) ids.add(id);
    }
  });
  return [...ids];
}

/** Hashes of the user lists that the condition names, each once. */
export function userListsIn(condition: JsonObject): readonly string[] {
  const hashes = new Set<string>();
  visitUserOperators(condition, "", (operator, operand) => {
    if (operator === "$userIn" && isUserListReference(operand)) hashes.add(operand.list);
  });
  return [...hashes];
}

/** What the condition asks of events: operands of `$performed` and `$notPerformed`, each as it stands. */
export function performedOperandsIn(condition: JsonObject): readonly Json[] {
  const found: Json[] = [];
  visitUserOperators(condition, "", (operator, operand) => {
    if (operator === "$performed" || operator === "$notPerformed") found.push(operand);
  });
  return found;
}

/** The same, read. */
export const performedIn = (condition: JsonObject): readonly Performed[] =>
  performedOperandsIn(condition).map(performedOf);

/** Names of the events that the condition asks for, each once. */
export function eventsIn(condition: JsonObject): readonly string[] {
  return [...new Set(performedIn(condition).flatMap(eventsOf))];
}

/** Properties that percentages in the condition are of, with those that stand in for them. */
export function bucketPropertiesIn(condition: JsonObject): readonly string[] {
  const found: string[] = [];
  visitUserOperators(condition, "", (operator, operand) => {
    if (operator !== "$percent" || !isJsonObject(operand)) return;
    for (const path of [operand["bucketBy"], operand["fallback"]])
      if (typeof path === "string") found.push(path);
  });
  return found;
}

/** The condition with each literal list of user ids replaced by the reference that `store` gives it. */
export function withListReferences(
  condition: JsonObject,
  store: (ids: readonly string[]) => UserListReference,
): Condition {
  return mapUserOperators(condition, "", (operator, operand) =>
    operator === "$userIn" && isStringList(operand) ? store(operand) : operand,
  );
}

/** The condition with the ids that `idsOf` finds in the place of each reference to a list of them. */
export function withListedIds(
  condition: Condition,
  idsOf: (reference: UserListReference) => readonly string[],
): JsonObject {
  return mapUserOperators(condition, "", (operator, operand) =>
    operator === "$userIn" && isUserListReference(operand) ? idsOf(operand) : operand,
  );
}

/** The condition with the segments that it names called as `idOf` says. */
export function withSegmentIds(condition: JsonObject, idOf: (id: string) => string): JsonObject {
  return mapUserOperators(condition, "", (operator, operand) => {
    if (operator !== "$segment" && operator !== "$notSegment") return operand;
    if (typeof operand === "string") return idOf(operand);
    return isStringList(operand) ? operand.map(idOf) : operand;
  });
}

/**
 * The condition with a seed in every `$percent`: its own if it has one, else the one that stands at the same place in
 * `previous` (so that an edit which leaves seeds out moves nobody), else a new one.
 */
export function withSeeds(
  condition: JsonObject,
  previous: Condition | null,
  newSeed: () => string,
): Condition {
  const seeds = previous === null ? new Map<string, string>() : seedsByPointer(previous);
  return mapUserOperators(condition, "", (operator, operand, pointer) => {
    if (operator !== "$percent") return operand;
    const content = isJsonObject(operand) ? operand : { percentage: operand };
    if (typeof content["seed"] === "string") return content;
    return { ...content, seed: seeds.get(pointer) ?? newSeed() };
  });
}

/** The condition without its seeds, which say nothing to people. */
export function withoutSeeds(condition: JsonObject): JsonObject {
  return mapUserOperators(condition, "", (operator, operand) => {
    if (operator !== "$percent" || !isJsonObject(operand)) return operand;
    return Object.fromEntries(Object.entries(operand).filter(([name]) => name !== "seed"));
  });
}

/** The operand of `$segment` and `$notSegment` as a list. */
export function segmentIdsOf(operand: Json): readonly string[] {
  if (typeof operand === "string") return [operand];
  return isStringList(operand) ? operand : [];
}

export function isUserListReference(operand: Json): operand is UserListReference {
  return isJsonObject(operand) && typeof operand["list"] === "string" && typeof operand["count"] === "number";
}

function seedsByPointer(condition: JsonObject): Map<string, string> {
  const seeds = new Map<string, string>();
  visitUserOperators(condition, "", (operator, operand, pointer) => {
    if (operator !== "$percent" || !isJsonObject(operand)) return;
    const seed = operand["seed"];
    if (typeof seed === "string") seeds.set(pointer, seed);
  });
  return seeds;
}

type UserOperatorVisitor<Result> = (operator: UserOperator, operand: Json, pointer: string) => Result;

// The operators that speak of the user stand beside property paths, at the root or nested in $and, $or, $nor and $not;
// below a property path there are none.
function visitUserOperators(condition: JsonObject, pointer: string, visit: UserOperatorVisitor<void>): void {
  const visitNested = (nested: Json, at: string): void => {
    if (isJsonObject(nested)) visitUserOperators(nested, at, visit);
  };
  for (const [name, operand] of Object.entries(condition)) {
    if (!isOperatorName(name)) continue;
    const at = pointerTo(pointer, name);
    if (isUserOperator(name)) visit(name, operand, at);
    else if (name === "$not") visitNested(operand, at);
    else if (Array.isArray(operand))
      operand.forEach((each: Json, index) => visitNested(each, pointerTo(at, index)));
  }
}

function mapUserOperators(
  condition: JsonObject,
  pointer: string,
  replace: UserOperatorVisitor<Json>,
): Condition {
  const mapNested = (nested: Json, at: string): Json =>
    isJsonObject(nested) ? mapUserOperators(nested, at, replace) : nested;
  const mapEntry = (name: string, operand: Json): Json => {
    const at = pointerTo(pointer, name);
    if (isUserOperator(name)) return replace(name, operand, at);
    if (name === "$not") return mapNested(operand, at);
    if (!CONDITION_LIST_OPERATORS.includes(name) || !Array.isArray(operand)) return operand;
    return operand.map((nested: Json, index) => mapNested(nested, pointerTo(at, index)));
  };
  // Not by assignment: a property may be named `__proto__`.
  return Object.fromEntries(
    Object.entries(condition).map(([name, operand]) => [name, mapEntry(name, operand)]),
  );
}

function isStringList(operand: Json): operand is readonly string[] {
  return Array.isArray(operand) && operand.every((item: Json) => typeof item === "string");
}
