import { isJsonObject, jsonEquals, type Json, type JsonObject } from "../lib/json";
import { invariant } from "../lib/invariant";
import type { Clock } from "./clock";
import { isConditionOnElement } from "./checkValueOperator";
import { isOperatorObject, isValueOperator, type ValueOperator } from "./operators";
import { containsAll } from "./listTest";
import { membership } from "./membership";
import { scalarTest } from "./scalarTest";
import { prepare, type Preparation } from "./property";

/** A test of a property's value after it was prepared. */
export type PreparedTest = Readonly<{ preparation: Preparation; test: (value: Json) => boolean }>;

/** What tests of values need from around them. */
export type ValueContext = Readonly<{
  clock: Clock;
  elementTest: (condition: JsonObject) => (element: Json) => boolean;
}>;

/** The tests, all of which must hold, of what stands below a property path: a value to equal, or operators. */
export function valueTests(test: Json, context: ValueContext): readonly PreparedTest[] {
  if (!isJsonObject(test) || !isOperatorObject(test)) return [plain(equals(test))];
  return Object.entries(test).map(([name, operand]) => {
    invariant(isValueOperator(name), `a stored condition has the operator "${name}"`);
    return operatorTest(name, operand, context);
  });
}

/** The same as one test of the value as it stands. */
export function wholeTest(test: Json, context: ValueContext): (value: Json) => boolean {
  const tests = valueTests(test, context);
  return (value) => tests.every((each) => each.test(prepare(value, each.preparation)));
}

const plain = (test: (value: Json) => boolean): PreparedTest => ({ preparation: "plain", test });

function operatorTest(name: ValueOperator, operand: Json, context: ValueContext): PreparedTest {
  switch (name) {
    case "$eq":
      return plain(equals(operand));
    case "$ne":
      return plain(negated(equals(operand)));
    case "$in":
      return plain(membership(operand));
    case "$nin":
      return plain(negated(membership(operand)));
    case "$ini":
      return { preparation: "folded", test: membership(prepare(operand, "folded")) };
    case "$nini":
      return { preparation: "folded", test: negated(membership(prepare(operand, "folded"))) };
    case "$not":
      return negatedTests(valueTests(operand, context));
    case "$all":
    case "$alli":
      return plain(containsAll(operand, name === "$alli", (item) => wholeTest(item, context)));
    case "$elemMatch":
      return plain(someElement(elementTest(operand, context)));
    case "$size":
      return plain(sizeTest(wholeTest(operand, context)));
    default:
      return scalarTest(name, operand, context.clock);
  }
}

function equals(literal: Json): (value: Json) => boolean {
  if (typeof literal === "object" && literal !== null) return (value) => jsonEquals(value, literal);
  return (value) => value === literal;
}

const negated =
  (test: (value: Json) => boolean): ((value: Json) => boolean) =>
  (value) =>
    !test(value);

function negatedTests(tests: readonly PreparedTest[]): PreparedTest {
  const [only, ...others] = tests;
  if (only !== undefined && others.length === 0) return { ...only, test: negated(only.test) };
  return plain((value) => !tests.every((each) => each.test(prepare(value, each.preparation))));
}

function elementTest(operand: Json, context: ValueContext): (element: Json) => boolean {
  const isCondition = isJsonObject(operand) && isConditionOnElement(operand);
  return isCondition ? context.elementTest(operand) : wholeTest(operand, context);
}

const someElement =
  (test: (element: Json) => boolean): ((value: Json) => boolean) =>
  (value) =>
    Array.isArray(value) && value.some(test);

const sizeTest =
  (test: (size: Json) => boolean): ((value: Json) => boolean) =>
  (value) =>
    Array.isArray(value) && test(value.length);
