import { isJsonObject, ownProperty, type Json, type JsonObject } from "../lib/json";
import { instantOf } from "./instant";
import { isOperatorObject, isValueOperator, type ValueOperator } from "./operators";
import { showList, showValue } from "./showValue";

/** What a test asks of a property, in words that follow "is" or "is not": `"iPhone"`, `at least 18`. */
export function expectation(operator: ValueOperator, operand: Json): string {
  switch (operator) {
    case "$eq":
      return showValue(operand);
    case "$lt":
    case "$lte":
    case "$gt":
    case "$gte":
      return `${ORDERINGS[operator]} ${showValue(operand)}`;
    case "$in":
      return `one of ${items(operand)}`;
    case "$ini":
      return `one of ${items(operand)} in any case`;
    case "$all":
      return `a list with all of ${items(operand)}`;
    case "$alli":
      return `a list with all of ${items(operand)} in any case`;
    case "$regex":
      return `text that matches ${showValue(operand)}`;
    case "$regexi":
      return `text that matches ${showValue(operand)} in any case`;
    case "$type":
      return `of type ${showValue(operand)}`;
    case "$size":
      return `a list of length ${expectations(operand)}`;
    case "$elemMatch":
      return `a list with an element that matches ${showValue(operand)}`;
    case "$veq":
    case "$vgt":
    case "$vgte":
    case "$vlt":
    case "$vlte":
      return versionExpectation(operator, operand);
    case "$before":
    case "$after":
      return `${operator.slice(1)} ${showInstant(operand)}`;
    case "$withinLast":
      return `within the last ${showSpan(operand)}`;
    case "$near":
      return showDistance(operand);
    case "$exists":
      return operand === true ? "set" : "unset";
    case "$ne":
    case "$nin":
    case "$nini":
    case "$vne":
    case "$not":
      return `not ${excluded(operator, operand)}`;
  }
}

const ORDERINGS = { $lt: "less than", $lte: "at most", $gt: "more than", $gte: "at least" } as const;

/** What a negating operator excludes, in the same words. */
export function excluded(operator: Negation, operand: Json): string {
  switch (operator) {
    case "$ne":
      return showValue(operand);
    case "$nin":
      return `one of ${items(operand)}`;
    case "$nini":
      return `one of ${items(operand)} in any case`;
    case "$vne":
      return `version ${showValue(operand)}`;
    case "$not":
      return expectations(operand);
  }
}

const NEGATIONS = ["$ne", "$nin", "$nini", "$vne", "$not"] as const;
export type Negation = (typeof NEGATIONS)[number];
export const isNegation = (operator: ValueOperator): operator is Negation =>
  NEGATIONS.some((negation) => negation === operator);

function expectations(test: Json): string {
  if (!isJsonObject(test) || !isOperatorObject(test)) return showValue(test);
  const all = Object.entries(test).map(([name, operand]) =>
    isValueOperator(name) ? expectation(name, operand) : name,
  );
  return all.join(" and ");
}

function versionExpectation(operator: "$veq" | "$vgt" | "$vgte" | "$vlt" | "$vlte", operand: Json): string {
  const version = `version ${showValue(operand)}`;
  if (operator === "$veq") return version;
  if (operator === "$vgt") return `later than ${version}`;
  if (operator === "$vgte") return `${version} or later`;
  return operator === "$vlt" ? `earlier than ${version}` : `${version} or earlier`;
}

const items = (operand: Json): string => showList(Array.isArray(operand) ? operand : [operand]);

function showInstant(operand: Json): string {
  const ms = instantOf(operand);
  return ms === null ? showValue(operand) : new Date(ms).toISOString();
}

function showSpan(operand: Json): string {
  const [unit, count] = Object.entries(isJsonObject(operand) ? operand : {})[0] ?? ["", 0];
  return count === 1 ? `1 ${unit.slice(0, -1)}` : `${String(count)} ${unit}`;
}

function showDistance(operand: Json): string {
  const center: JsonObject = isJsonObject(operand) ? operand : {};
  const number = (name: string): string => showValue(ownProperty(center, name) ?? null);
  return `within ${number("radiusKm")} km of latitude ${number("latitude")}, longitude ${number("longitude")}`;
}
