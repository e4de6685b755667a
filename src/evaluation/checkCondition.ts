import { isJsonObject, type Json } from "../lib/json";
import { kindOf, pointerTo, type ConditionFault } from "./conditionFault";
import { CONDITION_BYTES_MAX, CONDITION_DEPTH_MAX, JSON_DEPTH_MAX } from "./conditionLimits";
import { elementOf, EVENT, PERFORMED_EVENT, USER, type ConditionSubject } from "./conditionSubject";
import { checkText } from "./checkLiteral";
import { checkUserOperator } from "./checkUserOperator";
import { checkPropertyTest, type CheckNested } from "./checkValueOperator";
import { faultList, type FaultList } from "./faultList";
import { isOperatorName, isUserOperator, CONDITION_LIST_OPERATORS } from "./operators";
import { bytesWithoutUserLists, nestsDeeperThan } from "./conditionSize";
import { propertyPathFault } from "./propertyPath";
import { unknownOperator } from "./unknownOperator";

/** Every fault of what a client sent; none means that it is a condition. Accepts user ids and references alike. */
export function checkCondition(input: Json): readonly ConditionFault[] {
  const found = faultList(USER);
  if (isBounded(input, USER, found)) checkAt(input, "", { found, depth: 1, subject: USER });
  return found.faults;
}

/**
 * Every fault of conditions over the properties of events, as those of one goal. A pointer starts with the condition's
 * index. They have no operators that speak of the user.
 */
export function checkEventConditions(inputs: readonly Json[]): readonly ConditionFault[] {
  const found = faultList(EVENT);
  if (isBounded(inputs, EVENT, found)) {
    inputs.forEach((input, index) =>
      checkAt(input, pointerTo("", index), { found, depth: 1, subject: EVENT }),
    );
  }
  return found.faults;
}

function isBounded(input: Json, { tooDeep, tooLong }: ConditionSubject, found: FaultList): boolean {
  if (nestsDeeperThan(input, JSON_DEPTH_MAX)) found.add("", tooDeep);
  else if (bytesWithoutUserLists(input) > CONDITION_BYTES_MAX) found.add("", tooLong);
  return found.faults.length === 0;
}

/** Where in the condition a check stands. */
type Place = Readonly<{ found: FaultList; depth: number; subject: ConditionSubject }>;

function checkAt(input: Json, pointer: string, place: Place): void {
  const { found, depth, subject } = place;
  if (depth > CONDITION_DEPTH_MAX) return found.add(pointer, subject.tooDeep);
  if (!isJsonObject(input)) {
    return found.add(pointer, `A condition is an object, as ${subject.example}, and not ${kindOf(input)}.`);
  }
  const entries = Object.entries(input);
  if (entries.length === 0) found.countCondition();
  for (const [name, operand] of entries) checkEntry(name, operand, pointerTo(pointer, name), place);
}

function checkEntry(name: string, operand: Json, at: string, place: Place): void {
  const { found, depth, subject } = place;
  const nested: Place = { ...place, depth: depth + 1 };
  if (CONDITION_LIST_OPERATORS.includes(name)) return checkList(name, operand, at, nested);
  if (name === "$not") return checkAt(operand, at, nested);
  if (isUserOperator(name)) {
    found.countCondition();
    return subject.misplaced === null
      ? checkUserOperator(name, operand, at, { found, checkWhere: whereCheck(nested) })
      : found.add(at, `"${name}" ${subject.misplaced}`);
  }
  if (isOperatorName(name)) return found.add(at, unknownOperator(name, subject.operators));
  checkPath(name, at, found);
  const checkElement: CheckNested = (condition, pointer, elementDepth) =>
    checkAt(condition, pointer, { found, depth: elementDepth, subject: elementOf(subject) });
  checkPropertyTest(operand, at, { found, depth, tooDeep: subject.tooDeep, checkElement });
}

/** What stands below an event is about that, and as deep as a nested condition. */
const whereCheck =
  (nested: Place) =>
  (where: Json, at: string): void =>
    checkAt(where, at, { ...nested, subject: PERFORMED_EVENT });

function checkList(name: string, operand: Json, at: string, nested: Place): void {
  if (!Array.isArray(operand)) {
    return nested.found.add(at, `"${name}" takes a list of conditions, and not ${kindOf(operand)}.`);
  }
  if (operand.length === 0) nested.found.countCondition();
  operand.forEach((condition: Json, index) => checkAt(condition, pointerTo(at, index), nested));
}

function checkPath(path: string, at: string, found: FaultList): void {
  checkText(path, at, found);
  const fault = propertyPathFault(path);
  if (fault !== null) found.add(at, fault);
}
