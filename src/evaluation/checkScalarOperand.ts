import { isJsonObject, ownProperty, type Json, type JsonObject } from "../lib/json";
import { checkText } from "./checkLiteral";
import { kindOf } from "./conditionFault";
import { RADIUS_KM_MAX, VERSION_LENGTH_MAX, WITHIN_LAST_DAYS_MAX } from "./conditionLimits";
import type { FaultList } from "./faultList";
import { exactInstantOf } from "./instant";
import { patternFault } from "./pattern";
import { isPoint } from "./point";
import { TIME_SPAN_UNITS } from "./timeSpan";
import { isVersion } from "./version";

export function checkPattern(name: string, operand: Json, at: string, found: FaultList): void {
  if (typeof operand !== "string") {
    return found.add(at, `"${name}" takes a pattern as a string, and not ${kindOf(operand)}.`);
  }
  checkText(operand, at, found);
  if (!found.mayCompilePattern(at)) return;
  const fault = patternFault(operand);
  if (fault === null) return;
  found.add(at, fault.message);
  if (fault.isTooLarge) found.stopCompilingPatterns();
}

export function checkVersion(name: string, operand: Json, at: string, found: FaultList): void {
  if (typeof operand === "string" && operand.length <= VERSION_LENGTH_MAX && isVersion(operand)) {
    return checkText(operand, at, found);
  }
  found.add(
    at,
    `"${name}" takes a version as a string of at most ${VERSION_LENGTH_MAX} characters, as "2.10.0".`,
  );
}

export function checkInstant(name: string, operand: Json, at: string, found: FaultList): void {
  if (exactInstantOf(operand) !== null) return;
  const form = `a date with its zone, as "2026-01-05T10:00:00Z", or whole milliseconds since 1970`;
  found.add(at, `"${name}" takes ${form}.`);
}

export function checkTimeSpan(operand: Json, at: string, found: FaultList): void {
  if (isJsonObject(operand) && isTimeSpan(operand)) return;
  const units = TIME_SPAN_UNITS.map(({ name }) => `"${name}"`).join(", ");
  found.add(
    at,
    `"$withinLast" takes one of ${units} with a whole number from 1, at most ${WITHIN_LAST_DAYS_MAX} days.`,
  );
}

function isTimeSpan(operand: JsonObject): boolean {
  const [entry, ...others] = Object.entries(operand);
  const unit = TIME_SPAN_UNITS.find(({ name }) => name === entry?.[0]);
  if (entry === undefined || unit === undefined || others.length > 0) return false;
  const count = Number.isSafeInteger(entry[1]) ? Number(entry[1]) : 0;
  return count >= 1 && count <= unit.most;
}

export function checkDistance(operand: Json, at: string, found: FaultList): void {
  const radiusKm = isJsonObject(operand) ? ownProperty(operand, "radiusKm") : undefined;
  const isRadius = typeof radiusKm === "number" && radiusKm > 0 && radiusKm <= RADIUS_KM_MAX;
  if (isRadius && isJsonObject(operand) && Object.keys(operand).length === 3 && isPoint(operand)) return;
  found.add(
    at,
    `"$near" takes { "latitude", "longitude", "radiusKm" }: degrees from -90 to 90 and from -180 to 180, and a ` +
      `radius above 0 and up to ${RADIUS_KM_MAX}.`,
  );
}
