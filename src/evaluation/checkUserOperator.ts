import { isJsonObject, type Json } from "../lib/json";
import { isPercentage } from "./bucketing";
import { checkPerformed, type PerformedPlace } from "./checkPerformed";
import { checkText } from "./checkLiteral";
import { kindOf, pointerTo } from "./conditionFault";
import { SEED_LENGTH_MAX, SEGMENT_IDS_MAX, USER_ID_LENGTH_MAX, USER_LIST_IDS_MAX } from "./conditionLimits";
import type { FaultList } from "./faultList";
import type { UserOperator } from "./operators";

/** Faults in the operand of an operator that speaks of the user as a whole. */
export function checkUserOperator(
  operator: UserOperator,
  operand: Json,
  at: string,
  place: PerformedPlace,
): void {
  const { found } = place;
  switch (operator) {
    case "$segment":
    case "$notSegment":
      return checkSegments(operator, operand, at, found);
    case "$userIn":
      return Array.isArray(operand)
        ? checkUserIds(operand, at, found)
        : checkListReference(operand, at, found);
    case "$percent":
      return checkPercent(operand, at, found);
    case "$performed":
    case "$notPerformed":
      return checkPerformed(operator, operand, at, place);
  }
}

function checkSegments(operator: string, operand: Json, at: string, found: FaultList): void {
  const ids: readonly Json[] = Array.isArray(operand) ? operand : [operand];
  if (ids.length === 0 || ids.length > SEGMENT_IDS_MAX) {
    return found.add(at, `"${operator}" takes a segment's id or a list of 1 to ${SEGMENT_IDS_MAX} of them.`);
  }
  ids.forEach((id, index) => {
    const idAt = Array.isArray(operand) ? pointerTo(at, index) : at;
    if (typeof id !== "string" || id === "") {
      return found.add(idAt, `"${operator}" takes a segment's id, as "segment_…", and not ${kindOf(id)}.`);
    }
    checkText(id, idAt, found);
  });
}

function checkUserIds(ids: readonly Json[], at: string, found: FaultList): void {
  if (ids.length > USER_LIST_IDS_MAX) {
    return found.add(
      at,
      `A list has at most ${USER_LIST_IDS_MAX} user ids; this one has ${ids.length}. Split it.`,
    );
  }
  ids.forEach((id, index) => {
    if (typeof id === "string" && id.length >= 1 && id.length <= USER_ID_LENGTH_MAX) {
      return checkText(id, pointerTo(at, index), found);
    }
    found.add(pointerTo(at, index), `A user's id is a string of 1 to ${USER_ID_LENGTH_MAX} characters.`);
  });
}

function checkListReference(operand: Json, at: string, found: FaultList): void {
  const form = `"$userIn" takes a list of user ids, or { "list", "count" } as it was stored.`;
  if (!isJsonObject(operand)) return found.add(at, form);
  const { list, count, ...others } = operand;
  const isList = typeof list === "string" && /^[\x21-\x7e]{1,128}$/.test(list);
  const isCount = Number.isInteger(count) && Number(count) >= 0 && Number(count) <= USER_LIST_IDS_MAX;
  if (!isList || !isCount || Object.keys(others).length > 0) found.add(at, form);
}

const PERCENT_MEMBERS = ["percentage", "seed", "bucketBy", "fallback"];

function checkPercent(operand: Json, at: string, found: FaultList): void {
  if (!isJsonObject(operand)) return checkPercentage(operand, at, found);
  checkPercentage(operand["percentage"] ?? null, pointerTo(at, "percentage"), found);
  for (const [name, value] of Object.entries(operand))
    checkPercentMember(name, value, pointerTo(at, name), found);
  if (Object.hasOwn(operand, "fallback") && !Object.hasOwn(operand, "bucketBy")) {
    found.add(pointerTo(at, "fallback"), `"fallback" stands in for a missing "bucketBy". Name that too.`);
  }
}

function checkPercentage(value: Json, at: string, found: FaultList): void {
  if (!isPercentage(value))
    found.add(at, "A percentage is a number from 0 to 100 with at most two decimals.");
}

function checkPercentMember(name: string, value: Json, at: string, found: FaultList): void {
  if (!PERCENT_MEMBERS.includes(name)) {
    return found.add(at, `"$percent" has no "${name}". It has: ${PERCENT_MEMBERS.join(", ")}.`);
  }
  if (name === "percentage") return;
  if (typeof value !== "string" || value === "" || (name === "seed" && value.length > SEED_LENGTH_MAX)) {
    const bound = name === "seed" ? ` of at most ${SEED_LENGTH_MAX} characters` : ", the path of a property";
    return found.add(at, `"${name}" is a string${bound}.`);
  }
  checkText(value, at, found);
}
