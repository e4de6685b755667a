import { ownProperty, type JsonObject } from "../lib/json";
import { WITHIN_LAST_DAYS_MAX } from "./conditionLimits";

const DAY_MS = 86_400_000;

/** The units of $withinLast, with how many there may be. */
export const TIME_SPAN_UNITS = [
  { name: "days", ms: DAY_MS, most: WITHIN_LAST_DAYS_MAX },
  { name: "hours", ms: DAY_MS / 24, most: WITHIN_LAST_DAYS_MAX * 24 },
  { name: "minutes", ms: DAY_MS / 24 / 60, most: WITHIN_LAST_DAYS_MAX * 24 * 60 },
] as const;

/** The operand of $withinLast in milliseconds. */
export function timeSpanMs(operand: JsonObject): number {
  let ms = 0;
  for (const unit of TIME_SPAN_UNITS) ms += Number(ownProperty(operand, unit.name) ?? 0) * unit.ms;
  return ms;
}
