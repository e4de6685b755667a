import { invariant } from "../lib/invariant";
import { isJsonObject, ownProperty, type Json, type JsonObject } from "../lib/json";
import { hasCome, isAtMostAgo, type Clock } from "./clock";
import { PATTERN_TEXT_LENGTH_MAX } from "./conditionLimits";
import { exactInstantOf } from "./instant";
import type { ValueOperator } from "./operators";
import { compilePattern } from "./pattern";
import { distanceKm } from "./point";
import type { Preparation } from "./property";
import { timeSpanMs } from "./timeSpan";
import { comparableVersion } from "./version";

type ListOperator =
  "$eq" | "$ne" | "$in" | "$nin" | "$ini" | "$nini" | "$not" | "$all" | "$alli" | "$elemMatch" | "$size";
type Test = (value: Json) => boolean;

/** The test of an operator that compares with one operand and looks into nothing. */
export function scalarTest(
  name: Exclude<ValueOperator, ListOperator>,
  operand: Json,
  clock: Clock,
): Readonly<{ preparation: Preparation; test: Test }> {
  switch (name) {
    case "$lt":
    case "$lte":
    case "$gt":
    case "$gte":
      return { preparation: "plain", test: ordering(name, operand) };
    case "$veq":
    case "$vne":
    case "$vgt":
    case "$vgte":
    case "$vlt":
    case "$vlte":
      return { preparation: "version", test: versionTest(name, comparableVersion(operand)) };
    case "$before":
      return { preparation: "instant", test: ordering("$lt", exactInstantOf(operand)) };
    case "$after":
      return { preparation: "instant", test: ordering("$gt", exactInstantOf(operand)) };
    case "$withinLast":
      return { preparation: "instant", test: withinLast(timeSpanMs(asObject(operand)), clock) };
    case "$near":
      return { preparation: "plain", test: near(asObject(operand)) };
    case "$regex":
    case "$regexi":
      return { preparation: "plain", test: matchesPattern(operand, name === "$regexi") };
    case "$exists":
      return { preparation: "plain", test: (value) => (value !== null) === operand };
    case "$type":
      return { preparation: "plain", test: (value) => typeName(value) === operand };
  }
}

// Only between two numbers or two strings: what differs in type has no order.
function ordering(name: "$lt" | "$lte" | "$gt" | "$gte", bound: Json): Test {
  const type = typeof bound;
  invariant(
    type === "number" || type === "string",
    `a stored condition has ${name} without a number or string`,
  );
  const than = bound as number | string;
  switch (name) {
    case "$lt":
      return (value) => typeof value === type && (value as typeof than) < than;
    case "$lte":
      return (value) => typeof value === type && (value as typeof than) <= than;
    case "$gt":
      return (value) => typeof value === type && (value as typeof than) > than;
    case "$gte":
      return (value) => typeof value === type && (value as typeof than) >= than;
  }
}

function versionTest(name: "$veq" | "$vne" | "$vgt" | "$vgte" | "$vlt" | "$vlte", version: Json): Test {
  switch (name) {
    case "$veq":
      return (value) => value === version;
    case "$vne":
      return (value) => value !== version;
    case "$vgt":
      return ordering("$gt", version);
    case "$vgte":
      return ordering("$gte", version);
    case "$vlt":
      return ordering("$lt", version);
    case "$vlte":
      return ordering("$lte", version);
  }
}

function withinLast(spanMs: number, clock: Clock): Test {
  return (value) => typeof value === "number" && hasCome(value, clock) && isAtMostAgo(value, spanMs, clock);
}

function near(operand: JsonObject): Test {
  const radiusKm = Number(ownProperty(operand, "radiusKm"));
  return (value) => distanceKm(operand, value) <= radiusKm;
}

function matchesPattern(source: Json, ignoresCase: boolean): Test {
  const pattern = compilePattern(String(source), ignoresCase);
  // RE2 takes time in proportion to pattern and text, so with both bounded no input is slow.
  return (value) =>
    typeof value === "string" && value.length <= PATTERN_TEXT_LENGTH_MAX && pattern.test(value);
}

/** A value's type as `$type` names it. */
export function typeName(value: Json): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function asObject(operand: Json): JsonObject {
  invariant(isJsonObject(operand), "a stored condition has an operand that is no object where one is due");
  return operand;
}
