import { isJsonObject, type Json, type JsonObject } from "../lib/json";
import { checkLiteral } from "./checkLiteral";
import { kindOf, pointerTo } from "./conditionFault";
import { CONDITION_DEPTH_MAX, OPERAND_LIST_MAX } from "./conditionLimits";
import type { FaultList } from "./faultList";
import {
  CONDITION_LIST_OPERATORS,
  isOperatorName,
  isOperatorObject,
  isValueOperator,
  VALUE_OPERATORS,
  VALUE_TYPES,
  type ValueOperator,
} from "./operators";
import { checkDistance, checkInstant, checkPattern, checkTimeSpan, checkVersion } from "./checkScalarOperand";
import { unknownOperator } from "./unknownOperator";

export type CheckNested = (condition: Json, pointer: string, depth: number) => void;

/** `depth` is that of the condition which the property stands in, and `tooDeep` says what to do beyond the most. */
type Place = Readonly<{ found: FaultList; depth: number; tooDeep: string; checkElement: CheckNested }>;

/** Faults of what stands below a property path: a value to equal, or an object of operators. */
export function checkPropertyTest(test: Json, at: string, place: Place): void {
  const { found } = place;
  if (!isJsonObject(test) || !Object.keys(test).some(isOperatorName)) {
    found.countCondition();
    return checkLiteral(test, at, found);
  }
  if (!isOperatorObject(test)) {
    return found.add(
      at,
      "Operators and plain names stand side by side here. Write a path with dots for the names.",
    );
  }
  for (const [name, operand] of Object.entries(test))
    checkOperator(name, operand, pointerTo(at, name), place);
}

function checkOperator(name: string, operand: Json, at: string, place: Place): void {
  const { found } = place;
  if (!isValueOperator(name)) return found.add(at, unknownOperator(name, VALUE_OPERATORS));
  switch (name) {
    case "$elemMatch":
      return checkElemMatch(operand, at, deeper(place));
    case "$not":
      return checkNot(operand, at, deeper(place));
    case "$size":
      return checkSize(operand, at, deeper(place));
    case "$all":
    case "$alli":
      return checkAll(name, operand, at, place);
    default:
      found.countCondition();
      return checkSimpleOperand(name, operand, at, found);
  }
}

type SimpleOperator = Exclude<ValueOperator, "$elemMatch" | "$not" | "$size" | "$all" | "$alli">;

function checkSimpleOperand(name: SimpleOperator, operand: Json, at: string, found: FaultList): void {
  switch (name) {
    case "$eq":
    case "$ne":
      return checkLiteral(operand, at, found);
    case "$lt":
    case "$lte":
    case "$gt":
    case "$gte":
      return checkComparable(name, operand, at, found);
    case "$in":
    case "$nin":
    case "$ini":
    case "$nini":
      return checkLiteralList(name, operand, at, found);
    case "$regex":
    case "$regexi":
      return checkPattern(name, operand, at, found);
    case "$exists":
      return checkFlag(name, operand, at, found);
    case "$type":
      return checkType(operand, at, found);
    case "$before":
    case "$after":
      return checkInstant(name, operand, at, found);
    case "$withinLast":
      return checkTimeSpan(operand, at, found);
    case "$near":
      return checkDistance(operand, at, found);
    case "$veq":
    case "$vne":
    case "$vgt":
    case "$vgte":
    case "$vlt":
    case "$vlte":
      return checkVersion(name, operand, at, found);
  }
}

const deeper = (place: Place): Place => ({ ...place, depth: place.depth + 1 });

function isTooDeep(at: string, { found, depth, tooDeep }: Place): boolean {
  if (depth <= CONDITION_DEPTH_MAX) return false;
  found.add(at, tooDeep);
  return true;
}

function checkElemMatch(operand: Json, at: string, place: Place): void {
  if (!isJsonObject(operand)) {
    return place.found.add(at, `"$elemMatch" takes a condition or operators, and not ${kindOf(operand)}.`);
  }
  if (isConditionOnElement(operand)) return place.checkElement(operand, at, place.depth);
  if (!isTooDeep(at, place)) checkPropertyTest(operand, at, place);
}

/** Whether the operand of $elemMatch is about an element's properties, or else about the element itself. */
export function isConditionOnElement(operand: JsonObject): boolean {
  const names = Object.keys(operand);
  return !isOperatorObject(operand) || names.some((name) => CONDITION_LIST_OPERATORS.includes(name));
}

function checkNot(operand: Json, at: string, place: Place): void {
  if (isTooDeep(at, place)) return;
  if (isJsonObject(operand) && !isOperatorObject(operand)) {
    return place.found.add(
      at,
      `"$not" takes operators below a property. To compare with an object use "$ne".`,
    );
  }
  checkPropertyTest(operand, at, place);
}

function checkSize(operand: Json, at: string, place: Place): void {
  if (isTooDeep(at, place)) return;
  const isLength = Number.isSafeInteger(operand) && Number(operand) >= 0;
  if (!isLength && !(isJsonObject(operand) && isOperatorObject(operand))) {
    return place.found.add(
      at,
      `"$size" takes a whole number from 0, or operators on the length, as { "$gt": 2 }.`,
    );
  }
  checkPropertyTest(operand, at, place);
}

// A scalar is found by look-up; anything else is a test of its own for each element, so it counts as a condition.
function checkAll(name: string, operand: Json, at: string, place: Place): void {
  place.found.countCondition();
  if (!isBoundedList(name, operand, at, place.found)) return;
  operand.forEach((item, index) => {
    const itemAt = pointerTo(at, index);
    if (typeof item !== "object" || item === null) return checkLiteral(item, itemAt, place.found);
    if (!isTooDeep(itemAt, deeper(place))) checkPropertyTest(item, itemAt, deeper(place));
  });
}

function checkLiteralList(name: string, operand: Json, at: string, found: FaultList): void {
  if (!isBoundedList(name, operand, at, found)) return;
  operand.forEach((item, index) => {
    if (typeof item === "object" && item !== null) found.countCondition();
    checkLiteral(item, pointerTo(at, index), found);
  });
}

function isBoundedList(
  name: string,
  operand: Json,
  at: string,
  found: FaultList,
): operand is readonly Json[] {
  if (!Array.isArray(operand)) {
    found.add(at, `"${name}" takes a list, as ["a", "b"], and not ${kindOf(operand)}.`);
    return false;
  }
  if (operand.length <= OPERAND_LIST_MAX) return true;
  found.add(
    at,
    `"${name}" takes at most ${OPERAND_LIST_MAX} values; this list has ${operand.length}. Split it.`,
  );
  return false;
}

function checkComparable(name: string, operand: Json, at: string, found: FaultList): void {
  if (typeof operand !== "number" && typeof operand !== "string") {
    return found.add(at, `"${name}" takes a number or a string, and not ${kindOf(operand)}.`);
  }
  checkLiteral(operand, at, found);
}

function checkFlag(name: string, operand: Json, at: string, found: FaultList): void {
  if (typeof operand !== "boolean")
    found.add(at, `"${name}" takes true or false, and not ${kindOf(operand)}.`);
}

function checkType(operand: Json, at: string, found: FaultList): void {
  const types: readonly Json[] = VALUE_TYPES;
  if (!types.includes(operand)) found.add(at, `"$type" takes one of: ${VALUE_TYPES.join(", ")}.`);
}
