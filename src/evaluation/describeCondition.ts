import { isJsonObject, ownProperty, type Json, type JsonObject } from "../lib/json";
import { segmentIdsOf } from "./condition";
import { expectation } from "./expectation";
import { isOperatorObject, isUserOperator, isValueOperator, type UserOperator } from "./operators";
import { performedWords } from "./performedWords";
import { listLength, shorten, showValue } from "./showValue";

/** What people call a segment; its id if nobody knows. */
export type NameOfSegment = (id: string) => string | undefined;

const EVERYONE = "everyone";

/** A condition as a sentence for people: `device is "iPhone" and age is at least 18`. Long ones are cut. */
export function describeCondition(condition: JsonObject, nameOf: NameOfSegment): string {
  return shorten(describe(condition, nameOf));
}

function describe(condition: JsonObject, nameOf: NameOfSegment): string {
  return joined(partsOf(condition, nameOf), " and ");
}

function partsOf(condition: JsonObject, nameOf: NameOfSegment): readonly string[] {
  return Object.entries(condition).flatMap(([name, operand]) => {
    if (isUserOperator(name)) return [userWords(name, operand, nameOf)];
    if (name === "$not") return [`not (${nested(operand, nameOf)})`];
    if (name === "$and") return branches(operand, nameOf);
    if (name === "$or") return [grouped(branches(operand, nameOf), " or ")];
    if (name === "$nor") return [`not (${joined(branches(operand, nameOf), " or ")})`];
    return propertyParts(name, operand);
  });
}

/** No condition asks for nothing: it means everyone. */
function joined(parts: readonly string[], word: string): string {
  return parts.length === 0 ? EVERYONE : parts.join(word);
}

function grouped(parts: readonly string[], word: string): string {
  return parts.length > 1 ? `(${parts.join(word)})` : joined(parts, word);
}

function branches(conditions: Json, nameOf: NameOfSegment): readonly string[] {
  if (!Array.isArray(conditions)) return [];
  return conditions.map((condition: Json) =>
    isJsonObject(condition) ? grouped(partsOf(condition, nameOf), " and ") : EVERYONE,
  );
}

function nested(condition: Json, nameOf: NameOfSegment): string {
  return isJsonObject(condition) ? describe(condition, nameOf) : EVERYONE;
}

function propertyParts(path: string, test: Json): readonly string[] {
  if (!isJsonObject(test) || !isOperatorObject(test)) return [`${path} is ${expectation("$eq", test)}`];
  return Object.entries(test).map(([operator, operand]) =>
    isValueOperator(operator) ? `${path} is ${expectation(operator, operand)}` : path,
  );
}

function userWords(operator: UserOperator, operand: Json, nameOf: NameOfSegment): string {
  switch (operator) {
    case "$segment":
      return `in segment ${segmentNames(operand, nameOf)}`;
    case "$notSegment":
      return `not in segment ${segmentNames(operand, nameOf)}`;
    case "$userIn":
      return `in the list of ${listLength(operand)}`;
    case "$percent":
      return percentageWords(operand);
    case "$performed":
      return performedWords(operand, (where) => describe(where, nameOf));
    case "$notPerformed":
      return `not (${performedWords(operand, (where) => describe(where, nameOf))})`;
  }
}

function segmentNames(operand: Json, nameOf: NameOfSegment): string {
  return segmentIdsOf(operand)
    .map((id) => showValue(nameOf(id) ?? id))
    .join(" or ");
}

function percentageWords(operand: Json): string {
  if (!isJsonObject(operand)) return `in ${showValue(operand)} %`;
  const [percentage, bucketBy, fallback] = ["percentage", "bucketBy", "fallback"].map(
    (name) => ownProperty(operand, name) ?? null,
  );
  const orElse = typeof fallback === "string" ? ` or else ${fallback}` : "";
  const by = typeof bucketBy === "string" ? ` by ${bucketBy}${orElse}` : "";
  return `in ${showValue(percentage ?? null)} %${by}`;
}
