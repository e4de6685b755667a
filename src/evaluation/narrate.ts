import { invariant } from "../lib/invariant";
import { isJsonObject, type Json, type JsonObject } from "../lib/json";
import { performedContext } from "./behaviourScope";
import { bucket, BUCKETS, includedBuckets } from "./bucketing";
import { segmentIdsOf } from "./condition";
import { conditionTest } from "./conditionTest";
import { describeCondition } from "./describeCondition";
import { excluded, expectation, isNegation } from "./expectation";
import type { SegmentSource } from "./model";
import { isOperatorObject, isUserOperator, isValueOperator, type UserOperator } from "./operators";
import { listLength, shorten, showValue } from "./showValue";
import { countPerformed, performedTest } from "./performedTest";
import { performedWords } from "./performedWords";
import { percentageSettings, type PercentageSettings, type UserScope } from "./userScope";

/** Whether something holds for the user of the scope's run, and why, in words. */
export type Finding = Readonly<{ holds: boolean; because: string }>;

export type Narration = Readonly<{
  scope: UserScope;
  segments: ReadonlyMap<string, SegmentSource>;
  /** What was found already: segments that share others would else be walked once for each way to them. */
  found: Map<string, Finding>;
}>;

const EVERYONE = "everyone matches";

/**
 * Why a condition holds (every part of it) or doesn't (the first part that fails). The truth of each part is found by
 * the same prepared tests that evaluation runs, so that words and values cannot disagree.
 */
export function narrate(condition: JsonObject, narration: Narration): Finding {
  const { holds, because } = allOf(entryFindings(condition, narration));
  return { holds, because: shorten(because) };
}

/** Where a unit falls among the buckets, in words. */
export function narratePercentage(settings: PercentageSettings, { scope }: Narration): Finding {
  const unit = scope.subject.unit(settings.bucketBy, settings.fallback)();
  if (unit === "") return { holds: false, because: noUnit(settings) };
  const included = includedBuckets(settings.percentage);
  const number = bucket(settings.seed, unit);
  const holds = number < included;
  const where = holds ? "within" : "outside of";
  return { holds, because: `bucket ${number} of ${BUCKETS} is ${where} the first ${included}` };
}

function noUnit({ bucketBy, fallback }: PercentageSettings): string {
  const first = bucketBy ?? "id";
  if (fallback === null) return `${first} has no value to bucket by`;
  return `neither ${first} nor ${fallback} has a value to bucket by`;
}

/** Whether the user belongs to a segment (without one, everybody does), and why. */
export function narrateSegment(id: string | null, narration: Narration): Finding {
  if (id === null) return { holds: true, because: EVERYONE };
  const known = narration.found.get(id);
  if (known !== undefined) return known;
  const segment = narration.segments.get(id);
  invariant(segment, `a ruleset refers to segment "${id}", which it does not have`);
  const finding = narrate(segment.condition, narration);
  narration.found.set(id, finding);
  return finding;
}

function* entryFindings(condition: JsonObject, narration: Narration): Generator<Finding> {
  for (const [name, operand] of Object.entries(condition)) {
    if (name === "$not") yield opposite(nested(operand, narration));
    else if (isUserOperator(name)) yield userFinding(name, operand, narration);
    else if (name === "$and") yield allOf(nestedFindings(operand, narration));
    else if (name === "$or") yield anyOf(nestedFindings(operand, narration));
    else if (name === "$nor") yield opposite(anyOf(nestedFindings(operand, narration)));
    else yield* propertyFindings(name, operand, narration);
  }
}

function allOf(findings: Iterable<Finding>): Finding {
  const reasons: string[] = [];
  for (const finding of findings) {
    if (!finding.holds) return finding;
    reasons.push(finding.because);
  }
  return { holds: true, because: reasons.length === 0 ? EVERYONE : reasons.join(" and ") };
}

function anyOf(findings: Iterable<Finding>): Finding {
  const reasons: string[] = [];
  for (const finding of findings) {
    if (finding.holds) return finding;
    reasons.push(finding.because);
  }
  return { holds: reasons.length === 0, because: reasons.length === 0 ? EVERYONE : reasons.join("; ") };
}

// What is excluded must not hold; what fails to be excluded is the reason that it does.
const opposite = ({ holds, because }: Finding): Finding => ({
  holds: !holds,
  because: holds ? `${because}, which is excluded` : because,
});

const nested = (condition: Json, narration: Narration): Finding =>
  allOf(entryFindings(isJsonObject(condition) ? condition : {}, narration));

function* nestedFindings(conditions: Json, narration: Narration): Generator<Finding> {
  for (const condition of Array.isArray(conditions) ? conditions : []) yield nested(condition, narration);
}

function* propertyFindings(path: string, test: Json, narration: Narration): Generator<Finding> {
  const isOperators = isJsonObject(test) && isOperatorObject(test);
  for (const [operator, operand] of isOperators ? Object.entries(test) : [["$eq", test] as const]) {
    const holds = conditionTest({ [path]: { [operator]: operand } }, narration.scope)(null);
    yield { holds, because: propertyWords(path, operator, operand, holds, narration) };
  }
}

function propertyWords(
  path: string,
  operator: string,
  operand: Json,
  holds: boolean,
  { scope }: Narration,
): string {
  const value = scope.subject.property(path, "plain")();
  const is = value === null ? `${path} is not set` : `${path} is ${showValue(value)}`;
  if (!isValueOperator(operator)) return is;
  if (operator === "$exists") return value !== null && operand === false ? `${is}, and must not be set` : is;
  if (isNegation(operator)) {
    const what = excluded(operator, operand);
    if (holds) return `${is}, not ${what}`;
    return what === showValue(value) ? `${is}, which is excluded` : `${is}, and ${what} is excluded`;
  }
  const what = expectation(operator, operand);
  if (!holds) return `${is}, not ${what}`;
  return operator === "$eq" ? is : `${is}, ${what}`;
}

function userFinding(operator: UserOperator, operand: Json, narration: Narration): Finding {
  switch (operator) {
    case "$segment":
      return anyOf(segmentFindings(operand, narration));
    case "$notSegment":
      return opposite(anyOf(segmentFindings(operand, narration)));
    case "$userIn": {
      const holds = conditionTest({ [operator]: operand }, narration.scope)(null);
      return {
        holds,
        because: `the user's id is ${holds ? "" : "not "}in the list of ${listLength(operand)}`,
      };
    }
    case "$percent":
      return narratePercentage(percentageSettings(operand), narration);
    case "$performed":
      return performedFinding(operand, narration);
    case "$notPerformed":
      return opposite(performedFinding(operand, narration));
  }
}

function performedFinding(operand: Json, { scope }: Narration): Finding {
  const context = performedContext(scope);
  const holds = performedTest(operand, context)();
  const words = performedWords(operand, (where) => describeCondition(where, () => undefined));
  const count = countPerformed(operand, context);
  return {
    holds,
    because: `${holds ? "" : "not "}${words} (${count} ${count === 1 ? "event counts" : "events count"})`,
  };
}

function* segmentFindings(operand: Json, narration: Narration): Generator<Finding> {
  for (const id of segmentIdsOf(operand)) {
    const { holds, because } = narrateSegment(id, narration);
    const name = showValue(narration.segments.get(id)?.name ?? id);
    yield { holds, because: holds ? `in segment ${name}` : `not in segment ${name} (${because})` };
  }
}
