import { isJsonObject, ownProperty, type Json, type JsonObject } from "../lib/json";
import { checkText } from "./checkLiteral";
import { checkInstant } from "./checkScalarOperand";
import { kindOf, pointerTo } from "./conditionFault";
import { EVENT_NAME_LENGTH_MAX } from "./conditionLimits";
import type { FaultList } from "./faultList";
import { exactInstantOf } from "./instant";
import { isOperatorName } from "./operators";
import { DAYS_OF_WEEK, ENDS, MEASURES, minuteOfDay, SEQUELS, SPAN_MEMBERS } from "./performed";
import { propertyPathFault } from "./propertyPath";

/** What a check needs from around it. */
export type PerformedPlace = Readonly<{
  found: FaultList;
  /** Checks a condition over an event's properties. */
  checkWhere: (where: Json, at: string) => void;
}>;

const SPANS = SPAN_MEMBERS.map(({ name }) => name);
const WINDOW = ["from", "until", ...SPANS];
const TIMES = ["timeOfDay", "daysOfWeek"];
const MEMBERS = ["event", "where", ...WINDOW, ...TIMES, "count", "orNever", ...MEASURES, ...ENDS, ...SEQUELS];
const SEQUEL_MEMBERS = ["event", "where", ...SPANS];
const COMPARISONS = ["$eq", "$ne", "$lt", "$lte", "$gt", "$gte"];

/** Faults in the operand of `$performed` or `$notPerformed`. */
export function checkPerformed(name: string, operand: Json, at: string, place: PerformedPlace): void {
  const { found } = place;
  if (!isJsonObject(operand)) {
    return found.add(at, `"${name}" takes an object, as { "event": "Charged" }, and not ${kindOf(operand)}.`);
  }
  checkNames(name, operand, MEMBERS, at, found);
  checkEvent(name, operand, at, place);
  checkWindow(name, operand, at, found);
  const has = (member: string): boolean => Object.hasOwn(operand, member);
  const member = (name: string): readonly [Json, string] => [operand[name] ?? null, pointerTo(at, name)];
  if (has("timeOfDay")) checkTimeOfDay(...member("timeOfDay"), found);
  if (has("daysOfWeek")) checkDays(...member("daysOfWeek"), found);
  if (has("count")) checkCount(...member("count"), found);
  if (has("orNever")) checkOrNever(operand, pointerTo(at, "orNever"), found);
  for (const measure of MEASURES.filter(has)) checkMeasure(measure, ...member(measure), found);
  for (const end of ENDS.filter(has)) checkEnd(end, ...member(end), found);
  for (const sequel of SEQUELS.filter(has)) checkSequel(sequel, ...member(sequel), place);
}

function checkNames(
  name: string,
  content: JsonObject,
  known: readonly string[],
  at: string,
  found: FaultList,
): void {
  for (const member of Object.keys(content)) {
    if (!known.includes(member)) {
      found.add(pointerTo(at, member), `"${name}" has no "${member}". It has: ${known.join(", ")}.`);
    }
  }
}

function checkEvent(
  name: string,
  content: JsonObject,
  at: string,
  { found, checkWhere }: PerformedPlace,
): void {
  const event = ownProperty(content, "event");
  const eventAt = pointerTo(at, "event");
  if (typeof event !== "string" || event === "" || event.length > EVENT_NAME_LENGTH_MAX) {
    found.add(eventAt, `"${name}" names an event of 1 to ${EVENT_NAME_LENGTH_MAX} characters, as "Charged".`);
  } else checkText(event, eventAt, found);
  const where = ownProperty(content, "where");
  if (where !== undefined) checkWhere(where, pointerTo(at, "where"));
}

function checkWindow(name: string, content: JsonObject, at: string, found: FaultList): void {
  for (const member of ["from", "until"]) {
    const value = ownProperty(content, member);
    if (value !== undefined) checkInstant(member, value, pointerTo(at, member), found);
  }
  const [from, until] = ["from", "until"].map((member) =>
    exactInstantOf(ownProperty(content, member) ?? null),
  );
  if (typeof from === "number" && typeof until === "number" && from >= until) {
    found.add(pointerTo(at, "until"), `"until" comes after "from".`);
  }
  checkSpan(name, content, at, found);
}

function checkSpan(name: string, content: JsonObject, at: string, found: FaultList): void {
  const given = SPAN_MEMBERS.filter((span) => Object.hasOwn(content, span.name));
  if (given.length > 1) found.add(at, `"${name}" takes one of ${SPANS.join(", ")}.`);
  for (const span of given) {
    const count = content[span.name] ?? null;
    if (Number.isSafeInteger(count) && Number(count) >= 1 && Number(count) <= span.most) continue;
    found.add(pointerTo(at, span.name), `"${span.name}" takes a whole number from 1 to ${span.most}.`);
  }
}

function checkTimeOfDay(operand: Json, at: string, found: FaultList): void {
  const [from, until, ...others] = isJsonObject(operand)
    ? ["from", "until", ...Object.keys(operand).filter((name) => name !== "from" && name !== "until")]
    : [];
  const [first, end] = [from, until].map((name) =>
    isJsonObject(operand) && name !== undefined ? minuteOfDay(operand[name] ?? null) : null,
  );
  const isTime = typeof first === "number" && typeof end === "number" && first < DAY_MINUTES && first !== end;
  if (isTime && others.length === 0) return;
  found.add(
    at,
    `"timeOfDay" takes two different times, as { "from": "22:00", "until": "06:00" }; until may be "24:00".`,
  );
}

const DAY_MINUTES = 1_440;

function checkDays(operand: Json, at: string, found: FaultList): void {
  const days: readonly Json[] = DAYS_OF_WEEK;
  const isList = Array.isArray(operand) && operand.length > 0 && new Set(operand).size === operand.length;
  if (isList && operand.every((day) => days.includes(day))) return;
  found.add(at, `"daysOfWeek" takes a list of days, each once, as ["SATURDAY", "SUNDAY"].`);
}

function checkCount(count: Json, at: string, found: FaultList): void {
  if (typeof count === "number" ? isCount(count) : isComparison(count, COMPARISONS, isCount)) return;
  found.add(at, `"count" takes a whole number from 0, or operators with one, as { "$gte": 3 }.`);
}

const isCount = (value: Json): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isNumber = (value: Json): boolean => Number.isFinite(value);

function isComparison(test: Json, known: readonly string[], isBound: (value: Json) => boolean): boolean {
  if (!isJsonObject(test)) return false;
  const entries = Object.entries(test);
  return entries.length > 0 && entries.every(([name, bound]) => known.includes(name) && isBound(bound));
}

function checkOrNever(content: JsonObject, at: string, found: FaultList): void {
  const others = [...MEASURES, ...ENDS].filter((member) => Object.hasOwn(content, member));
  if (typeof content["orNever"] !== "boolean") found.add(at, `"orNever" takes true or false.`);
  else if (!Object.hasOwn(content, "count"))
    found.add(at, `"orNever" says what "count" means of none; give a count.`);
  else if (others.length > 0) {
    found.add(at, `"orNever" stands beside a count alone: whoever never did it has no ${String(others[0])}.`);
  }
}

function checkMeasure(measure: string, operand: Json, at: string, found: FaultList): void {
  const example = `{ "property": "amount", "$gt": 100 }`;
  if (!isJsonObject(operand)) return found.add(at, `"${measure}" takes an object, as ${example}.`);
  const { property, ...is } = operand;
  if (typeof property !== "string" || property === "") {
    found.add(pointerTo(at, "property"), `"${measure}" names a property of the event, as ${example}.`);
  } else {
    checkText(property, pointerTo(at, "property"), found);
    const fault = propertyPathFault(property);
    if (fault !== null) found.add(pointerTo(at, "property"), fault);
  }
  if (!isComparison(is, COMPARISONS, isNumber) || !Object.keys(is).every(isOperatorName)) {
    found.add(at, `"${measure}" compares with a number, by one or more of ${COMPARISONS.join(", ")}.`);
  }
}

function checkEnd(end: string, operand: Json, at: string, found: FaultList): void {
  if (!isJsonObject(operand) || Object.keys(operand).length === 0) {
    return found.add(at, `"${end}" says when that was, by one or more of ${WINDOW.join(", ")}.`);
  }
  checkNames(end, operand, WINDOW, at, found);
  checkWindow(end, operand, at, found);
}

function checkSequel(sequel: string, operand: Json, at: string, place: PerformedPlace): void {
  const { found } = place;
  const example = `{ "event": "Purchased", "withinMinutes": 10 }`;
  if (!isJsonObject(operand)) return found.add(at, `"${sequel}" takes an object, as ${example}.`);
  checkNames(sequel, operand, SEQUEL_MEMBERS, at, found);
  checkEvent(sequel, operand, at, place);
  checkSpan(sequel, operand, at, found);
  if (!SPANS.some((span) => Object.hasOwn(operand, span))) {
    found.add(at, `"${sequel}" says within what: one of ${SPANS.join(", ")}.`);
  }
}
