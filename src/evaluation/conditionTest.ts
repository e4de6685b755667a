import { isJsonObject, type Json, type JsonObject } from "../lib/json";
import { invariant } from "../lib/invariant";
import type { Clock } from "./clock";
import { CONDITION_LIST_OPERATORS, isUserOperator, type UserOperator } from "./operators";
import { follow, pathOf, prepare } from "./property";
import { valueTests, type PreparedTest } from "./valueTest";

/** Tells whether a condition holds: for an element of a list, or (which pays it no heed) for the user of the run. */
export type Test = (element: Json) => boolean;

/** What conditions are about: the user, or an element of a list. */
export interface Scope {
  clock: Clock;
  property(path: string, prepared: PreparedTest): Test;
  userOperator(name: UserOperator, operand: Json): Test;
}

/** Prepares a well-formed condition. */
export function conditionTest(condition: Json, scope: Scope): Test {
  invariant(isJsonObject(condition), "a stored condition is not an object");
  return all(Object.entries(condition).flatMap(([name, operand]) => entryTests(name, operand, scope)));
}

function entryTests(name: string, operand: Json, scope: Scope): readonly Test[] {
  if (name === "$not") return [not(conditionTest(operand, scope))];
  if (isUserOperator(name)) return [scope.userOperator(name, operand)];
  if (CONDITION_LIST_OPERATORS.includes(name)) return [listTest(name, operand, scope)];
  const context = {
    clock: scope.clock,
    elementTest: (nested: JsonObject) => conditionTest(nested, elementScope(scope)),
  };
  return valueTests(operand, context).map((prepared) => scope.property(name, prepared));
}

function listTest(name: string, operand: Json, scope: Scope): Test {
  invariant(Array.isArray(operand), `a stored condition has ${name} without a list`);
  const tests = operand.map((nested: Json) => conditionTest(nested, scope));
  if (name === "$and") return all(tests);
  return name === "$or" ? any(tests) : not(any(tests));
}

/** Conditions about an element of a list, or about an event. */
export function elementScope({ clock }: Pick<Scope, "clock">): Scope {
  return {
    clock,
    property(path, { preparation, test }) {
      const names = pathOf(path);
      return (element) => test(prepare(follow(element, names, 0), preparation));
    },
    userOperator(name) {
      throw new Error(`Invariant broken: a stored condition has ${name} below $elemMatch.`);
    },
  };
}

const not =
  (test: Test): Test =>
  (element) =>
    !test(element);

function all(tests: readonly Test[]): Test {
  const [first, second, third] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (third === undefined) return (element) => first(element) && second(element);
  if (tests.length === 3) return (element) => first(element) && second(element) && third(element);
  return (element) => {
    for (const test of tests) if (!test(element)) return false;
    return true;
  };
}

// An empty $or holds, as GrowthBook's.
function any(tests: readonly Test[]): Test {
  if (tests.length === 0) return () => true;
  return (element) => {
    for (const test of tests) if (test(element)) return true;
    return false;
  };
}
