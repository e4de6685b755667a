import { isJsonObject, type Json, type JsonObject } from "../lib/json";
import { expectation } from "./expectation";
import { isValueOperator } from "./operators";
import { performedOf, type Performed, type Window } from "./performed";
import { showValue } from "./showValue";
import { TIME_SPAN_UNITS } from "./timeSpan";

/** A stored `$performed` in words: `performed "Charged" at least 3 times in the last 30 days where amount is more than 10`. */
export function performedWords(operand: Json, describeEvent: (where: JsonObject) => string): string {
  const performed = performedOf(operand);
  const { event, where, window, count, orNever, measures, ends, sequels } = performed;
  const wanted = (condition: JsonObject | null): string =>
    condition === null ? "" : ` where ${describeEvent(condition)}`;
  const parts = [
    `performed ${showValue(event)}${countWords(count, orNever)}${windowWords(window)}${timeWords(performed)}${wanted(where)}`,
    ...sequels.map(
      (each) =>
        `${each.sequel === "followedBy" ? "followed" : "not followed"} by ${showValue(each.event)} within ${spanWords(each.withinMs)}${wanted(each.where)}`,
    ),
    ...measures.map(
      ({ measure, property, is }) => `with ${MEASURE_WORDS[measure]} of ${property} ${numberWords(is)}`,
    ),
    ...ends.map(({ end, is }) => `the ${end} of them${windowWords(is)}`),
  ];
  return parts.join(", ");
}

const MEASURE_WORDS: Readonly<Record<Performed["measures"][number]["measure"], string>> = {
  sum: "a sum",
  average: "an average",
  minimum: "a minimum",
  maximum: "a maximum",
  distinct: "a number of different values",
};

function countWords(count: Json, orNever: boolean): string {
  if (count === null) return "";
  const number = typeof count === "number" ? `exactly ${count}` : numberWords(count);
  return ` ${number} times${orNever ? " or never" : ""}`;
}

function numberWords(is: Json): string {
  if (!isJsonObject(is)) return showValue(is);
  return Object.entries(is)
    .map(([name, bound]) => (isValueOperator(name) ? expectation(name, bound) : name))
    .join(" and ");
}

function timeWords({ daysOfWeek, timeOfDay }: Performed): string {
  const days = daysOfWeek === null ? "" : ` on ${daysOfWeek.map(dayName).join(" or ")}`;
  const time =
    timeOfDay === null
      ? ""
      : ` from ${timeName(timeOfDay.from)} to before ${timeName(timeOfDay.until)} o'clock`;
  return `${days}${time}`;
}

const dayName = (day: string): string => `${day.charAt(0)}${day.slice(1).toLowerCase()}`;
const timeName = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");

function windowWords({ fromMs, untilMs, lastMs }: Window): string {
  const last = lastMs === null ? "" : ` in the last ${spanWords(lastMs)}`;
  const from = fromMs === null ? "" : ` from ${new Date(fromMs).toISOString()} on`;
  const until = untilMs === null ? "" : ` before ${new Date(untilMs).toISOString()}`;
  return `${last}${from}${until}`;
}

/** In the largest unit that it is a whole number of. */
function spanWords(spanMs: number): string {
  const unit = TIME_SPAN_UNITS.find(({ ms }) => spanMs % ms === 0);
  const count = spanMs / (unit?.ms ?? 1);
  const name = unit?.name ?? "milliseconds";
  return `${count} ${count === 1 ? name.slice(0, -1) : name}`;
}
