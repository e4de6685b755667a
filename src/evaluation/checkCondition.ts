import { isJsonObject, type Json } from "../lib/json";
import { kindOf, pointerTo, type ConditionFault } from "./conditionFault";
import { CONDITION_BYTES_MAX, CONDITION_DEPTH_MAX, JSON_DEPTH_MAX } from "./conditionLimits";
import { checkText } from "./checkLiteral";
import { checkUserOperator } from "./checkUserOperator";
import { checkPropertyTest, type CheckNested } from "./checkValueOperator";
import { faultList, type FaultList } from "./faultList";
import { isOperatorName, isUserOperator, CONDITION_LIST_OPERATORS, CONDITION_OPERATORS } from "./operators";
import { bytesWithoutUserLists, nestsDeeperThan } from "./conditionSize";
import { unknownOperator } from "./unknownOperator";

/** Every fault of what a client sent; none means that it is a condition. Accepts user ids and references alike. */
export function checkCondition(input: Json): readonly ConditionFault[] {
  const found = faultList();
  if (nestsDeeperThan(input, JSON_DEPTH_MAX)) {
    found.add("", depthMessage);
  } else if (bytesWithoutUserLists(input) > CONDITION_BYTES_MAX) {
    found.add("", `A condition has at most ${CONDITION_BYTES_MAX} bytes, lists of user ids aside. Split it.`);
  } else {
    checkAt(input, "", { found, depth: 1, isAboutUser: true });
  }
  return found.faults;
}

const depthMessage = `A condition nests at most ${CONDITION_DEPTH_MAX} deep. Put a part of it into a segment of its own.`;

/** Where in the condition a check stands. `isAboutUser` is false below $elemMatch, where properties are an element's. */
type Place = Readonly<{ found: FaultList; depth: number; isAboutUser: boolean }>;

function checkAt(input: Json, pointer: string, place: Place): void {
  const { found, depth } = place;
  if (depth > CONDITION_DEPTH_MAX) return found.add(pointer, depthMessage);
  if (!isJsonObject(input)) {
    return found.add(
      pointer,
      `A condition is an object, as { "device": "iPhone" }, and not ${kindOf(input)}.`,
    );
  }
  const entries = Object.entries(input);
  if (entries.length === 0) found.countCondition();
  for (const [name, operand] of entries) checkEntry(name, operand, pointerTo(pointer, name), place);
}

function checkEntry(name: string, operand: Json, at: string, place: Place): void {
  const { found, depth } = place;
  const nested: Place = { ...place, depth: depth + 1 };
  if (CONDITION_LIST_OPERATORS.includes(name)) return checkList(name, operand, at, nested);
  if (name === "$not") return checkAt(operand, at, nested);
  if (isUserOperator(name)) {
    found.countCondition();
    if (place.isAboutUser) return checkUserOperator(name, operand, at, found);
    return found.add(
      at,
      `"${name}" is about the user and not about a list's element. Move it beside the property.`,
    );
  }
  if (isOperatorName(name)) return found.add(at, unknownOperator(name, CONDITION_OPERATORS));
  checkPath(name, at, found);
  const checkElement: CheckNested = (condition, pointer, elementDepth) =>
    checkAt(condition, pointer, { found, depth: elementDepth, isAboutUser: false });
  checkPropertyTest(operand, at, { found, depth, checkElement });
}

function checkList(name: string, operand: Json, at: string, nested: Place): void {
  if (!Array.isArray(operand)) {
    return nested.found.add(at, `"${name}" takes a list of conditions, and not ${kindOf(operand)}.`);
  }
  if (operand.length === 0) nested.found.countCondition();
  operand.forEach((condition: Json, index) => checkAt(condition, pointerTo(at, index), nested));
}

function checkPath(path: string, at: string, found: FaultList): void {
  checkText(path, at, found);
  if (path.split(".").includes("")) {
    found.add(
      at,
      `"${path}" is not a property path: between its dots each part needs a name, as "address.city".`,
    );
  }
}
