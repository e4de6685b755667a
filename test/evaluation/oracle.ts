import { RE2JS } from "re2js";
import { performed } from "./performedOracle";
import type { PreviewSource, RulesetSource, RuleSource, User } from "../../src/evaluation/model";
import type { Json, JsonObject } from "../../src/lib/json";

/**
 * A plain interpreter of rulesets, written from the documents and not from the code: slow, without preparation, and
 * sharing nothing with what it is there to judge but the library of patterns and the types.
 */
export type Verdict = Readonly<{
  value: Json;
  reason: string;
  ruleId: string | null;
  sourceId: string | null;
}>;

export function judge(source: RulesetSource, user: User, now: number, key: string): Verdict {
  const found = source.keys.find(({ name }) => name === key);
  if (!found) return { value: null, reason: "ERROR", ruleId: null, sourceId: null };
  const world: World = { source, user, now };
  const testers = source.testUsers === null ? undefined : source.userLists.get(source.testUsers);
  for (const preview of testers?.has(user.id) ? source.previews : []) {
    if (preview.endsAt <= now || !isGovernedBy(preview, source, key)) continue;
    const rule = preview.rules.find((each) => setsIn(each, key) && takes(each, world));
    const setting = rule?.values.find((value) => value.key === key);
    const value = setting ? setting.value : found.defaultValue;
    return { value, reason: "PREVIEW", ruleId: rule?.id ?? null, sourceId: preview.id };
  }
  for (const flag of source.disabledFlags) {
    if (flag.key !== key) continue;
    return { value: found.defaultValue, reason: "DISABLED", ruleId: null, sourceId: flag.id };
  }
  for (const { id, rules } of source.publications) {
    for (const rule of rules) {
      const setting = rule.values.find((value) => value.key === key);
      if (!setting || !takes(rule, world)) continue;
      const reason = rule.percentage < 100 ? "SPLIT" : "TARGETING_MATCH";
      return { value: setting.value, reason, ruleId: rule.id, sourceId: id };
    }
  }
  return { value: found.defaultValue, reason: "DEFAULT", ruleId: null, sourceId: null };
}

/** A preview stands in for the whole config or flag: also for keys that only its published version has. */
function isGovernedBy({ id, keys }: PreviewSource, source: RulesetSource, key: string): boolean {
  const isPublished = source.publications.some((each) => each.id === id && each.keys.includes(key));
  return (
    keys.includes(key) ||
    isPublished ||
    source.disabledFlags.some((each) => each.id === id && each.key === key)
  );
}

const setsIn = (rule: RuleSource, key: string): boolean => rule.values.some((value) => value.key === key);

export function isIn(source: RulesetSource, segmentId: string, user: User, now: number): boolean {
  return inSegment(segmentId, { source, user, now });
}

/** `fnv1a32(decimal(fnv1a32(seed + unit))) mod 10000`, with numbers that cannot overflow. */
export function bucketOf(seed: string, unit: string): number {
  return Number(fnv1a32(fnv1a32(seed + unit).toString()) % 10_000n);
}

function fnv1a32(text: string): bigint {
  let hash = 2_166_136_261n;
  for (let index = 0; index < text.length; index += 1) {
    hash = ((hash ^ BigInt(text.charCodeAt(index))) * 16_777_619n) % 4_294_967_296n;
  }
  return hash;
}

type World = Readonly<{ source: RulesetSource; user: User; now: number }>;

function takes(rule: RuleSource, world: World): boolean {
  if (rule.segmentId !== null && !inSegment(rule.segmentId, world)) return false;
  if (rule.percentage === 100) return true;
  return inPercentage(rule.percentage, rule.seed, rule.bucketBy, rule.bucketByFallback, world);
}

function inPercentage(
  percentage: number,
  seed: string,
  bucketBy: string | null,
  fallback: string | null,
  { user }: World,
): boolean {
  const whole: JsonObject = { ...user.properties, id: user.id };
  for (const property of [bucketBy ?? "id", fallback]) {
    if (property === null) continue;
    const value = lookUp(whole, property);
    if (value === null || value === "" || typeof value === "object") continue;
    return bucketOf(seed, `${value}`) < Math.round(percentage * 100);
  }
  return false;
}

function inSegment(id: string, world: World): boolean {
  const segment = world.source.segments.find((each) => each.id === id);
  if (!segment) throw new Error(`no segment ${id}`);
  return holds(segment.condition, { ...world.user.properties, id: world.user.id }, world);
}

/** Arrays are as good as objects here: `p.0` finds the first element, as GrowthBook does. */
function lookUp(object: Json, path: string): Json {
  let current: Json = object;
  for (const name of path.split(".")) {
    if (current === null || typeof current !== "object") return null;
    const descriptor = Object.getOwnPropertyDescriptor(current, name);
    if (!descriptor) return null;
    current = descriptor.value as Json;
  }
  return current;
}

function holds(condition: Json, about: Json, world: World): boolean {
  return Object.entries(condition as JsonObject).every(([name, operand]) => {
    const nested = operand as Json[];
    switch (name) {
      case "$and":
        return nested.every((each) => holds(each, about, world));
      case "$or":
        return nested.length === 0 || nested.some((each) => holds(each, about, world));
      case "$nor":
        return nested.length > 0 && !nested.some((each) => holds(each, about, world));
      case "$not":
        return !holds(operand, about, world);
      case "$segment":
        return [operand].flat().some((id) => inSegment(id as string, world));
      case "$notSegment":
        return ![operand].flat().some((id) => inSegment(id as string, world));
      case "$userIn":
        return userIds(operand, world).includes(world.user.id);
      case "$percent": {
        const { percentage, seed, bucketBy, fallback } = operand as Record<string, string>;
        return inPercentage(Number(percentage), seed ?? "", bucketBy ?? null, fallback ?? null, world);
      }
      case "$performed":
      case "$notPerformed": {
        const passesWhere = (where: Json, properties: Json) => holds(where, properties, world);
        const didIt = performed(operand as JsonObject, world, passesWhere);
        return didIt === (name === "$performed");
      }
      default:
        return passes(operand, lookUp(about, name), world);
    }
  });
}

function userIds(operand: Json, { source }: World): readonly Json[] {
  if (Array.isArray(operand)) return operand as Json[];
  return [...(source.userLists.get((operand as { list: string }).list) ?? [])];
}

function hasOperators(test: Json): test is JsonObject {
  if (test === null || typeof test !== "object" || Array.isArray(test)) return false;
  const names = Object.keys(test);
  return names.length > 0 && names.every((name) => name[0] === "$");
}

function passes(test: Json, value: Json, world: World): boolean {
  if (!hasOperators(test)) return same(value, test);
  return Object.entries(test).every(([name, operand]) => passesOperator(name, operand, value, world));
}

function passesOperator(name: string, operand: Json, value: Json, world: World): boolean {
  const list = operand as Json[];
  switch (name) {
    case "$eq":
      return same(value, operand);
    case "$ne":
      return !same(value, operand);
    case "$lt":
      return comparable(value, operand) && (value as number) < (operand as number);
    case "$lte":
      return comparable(value, operand) && (value as number) <= (operand as number);
    case "$gt":
      return comparable(value, operand) && (value as number) > (operand as number);
    case "$gte":
      return comparable(value, operand) && (value as number) >= (operand as number);
    case "$in":
      return intersects(value, list, (each) => each);
    case "$nin":
      return !intersects(value, list, (each) => each);
    case "$ini":
      return intersects(value, list, lowered);
    case "$nini":
      return !intersects(value, list, lowered);
    case "$all":
      return (
        Array.isArray(value) && list.every((item) => value.some((each: Json) => passes(item, each, world)))
      );
    case "$alli":
      return (
        Array.isArray(value) &&
        list.every((item) => value.some((each: Json) => passesFolded(item, each, world)))
      );
    case "$regex":
      return (
        typeof value === "string" &&
        RE2JS.compile(operand as string)
          .matcher(value)
          .find()
      );
    case "$regexi":
      return (
        typeof value === "string" &&
        RE2JS.compile(operand as string, RE2JS.CASE_INSENSITIVE)
          .matcher(value)
          .find()
      );
    default:
      return passesOtherOperator(name, operand, value, world);
  }
}

function passesOtherOperator(name: string, operand: Json, value: Json, world: World): boolean {
  switch (name) {
    case "$exists":
      return operand ? value !== null : value === null;
    case "$type":
      return operand === (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);
    case "$size":
      return Array.isArray(value) && passes(operand, value.length, world);
    case "$elemMatch":
      return (
        Array.isArray(value) && value.some((each: Json) => elementPasses(operand as JsonObject, each, world))
      );
    case "$not":
      return !passes(operand, value, world);
    case "$veq":
      return isVersion(value) && compareVersions(value, operand as string) === 0;
    case "$vne":
      return !(isVersion(value) && compareVersions(value, operand as string) === 0);
    case "$vgt":
      return isVersion(value) && compareVersions(value, operand as string) > 0;
    case "$vgte":
      return isVersion(value) && compareVersions(value, operand as string) >= 0;
    case "$vlt":
      return isVersion(value) && compareVersions(value, operand as string) < 0;
    case "$vlte":
      return isVersion(value) && compareVersions(value, operand as string) <= 0;
    case "$before":
      return toTime(value) < toTime(operand);
    case "$after":
      return toTime(value) > toTime(operand);
    case "$withinLast": {
      const { days = 0, hours = 0, minutes = 0 } = operand as Record<string, number>;
      const age = world.now - toTime(value);
      return age >= 0 && age <= ((days * 24 + hours) * 60 + minutes) * 60_000;
    }
    case "$near":
      return isNear(value, operand as Record<string, number>);
    default:
      throw new Error(`no operator ${name}`);
  }
}

function same(left: Json, right: Json): boolean {
  if (left === null || right === null || typeof left !== "object" || typeof right !== "object")
    return left === right;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].every((name) => {
    const [one, other] = [left, right].map((each) => Object.getOwnPropertyDescriptor(each, name));
    return one !== undefined && other !== undefined && same(one.value as Json, other.value as Json);
  });
}

const comparable = (value: Json, operand: Json): boolean =>
  (typeof value === "number" && typeof operand === "number") ||
  (typeof value === "string" && typeof operand === "string");

const lowered = (value: Json): Json => (typeof value === "string" ? value.toLowerCase() : value);

function intersects(value: Json, list: readonly Json[], fold: (value: Json) => Json): boolean {
  const values: readonly Json[] = Array.isArray(value) ? value : [value];
  return values.some((each) => list.some((item) => same(fold(each), fold(item))));
}

function passesFolded(item: Json, each: Json, world: World): boolean {
  return typeof item === "string" ? same(lowered(item), lowered(each)) : passes(item, each, world);
}

function elementPasses(operand: JsonObject, element: Json, world: World): boolean {
  const isAboutItself =
    hasOperators(operand) && !["$and", "$or", "$nor"].some((name) => Object.hasOwn(operand, name));
  return isAboutItself ? passes(operand, element, world) : holds(operand, element, world);
}

const isVersion = (value: Json): value is string => typeof value === "string" && value !== "";

/** Part by part: numbers before words, numbers as numbers, a release after its pre-releases. */
function compareVersions(left: string, right: string): number {
  const [ours, theirs] = [left, right].map((text) => {
    const parts = text.replace(/\+.*$/s, "").replace(/^v/, "").split(/[.-]/);
    return parts.length === 3 ? [...parts, "~"] : parts;
  });
  for (let index = 0; ours && theirs; index += 1) {
    const [one, other] = [ours[index], theirs[index]];
    if (one === undefined || other === undefined)
      return (one === undefined ? 0 : 1) - (other === undefined ? 0 : 1);
    if (one === other) continue;
    const [oneIsNumber, otherIsNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
    if (oneIsNumber && otherIsNumber && Number(one) !== Number(other))
      return Number(one) < Number(other) ? -1 : 1;
    if (oneIsNumber !== otherIsNumber) return oneIsNumber ? -1 : 1;
    return one < other ? -1 : 1;
  }
  return 0;
}

function toTime(value: Json): number {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return NaN;
  if (!/^\d{4}-\d\d-\d\d(T([01]\d|2[0-3]):\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/.test(value))
    return NaN;
  const [year, month, day] = value.slice(0, 10).split("-").map(Number);
  const isOnCalendar = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day)).getUTCDate() === day;
  return isOnCalendar ? Date.parse(value) : NaN;
}

function isNear(value: Json, { latitude = 0, longitude = 0, radiusKm = 0 }: Record<string, number>): boolean {
  const pair: readonly unknown[] = Array.isArray(value)
    ? value
    : [lookUp(value, "latitude"), lookUp(value, "longitude")];
  const [north, east] = pair;
  if (pair.length !== 2 || typeof north !== "number" || typeof east !== "number") return false;
  if (north < -90 || north > 90 || east < -180 || east > 180) return false;
  // By the angle between two vectors, where the code under test uses the haversine formula.
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const [a, b, turn] = [radians(north), radians(latitude), radians(east - longitude)];
  const cosine = Math.sin(a) * Math.sin(b) + Math.cos(a) * Math.cos(b) * Math.cos(turn);
  return Math.acos(Math.min(1, Math.max(-1, cosine))) * 6371.0088 <= radiusKm;
}
