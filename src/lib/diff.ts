import { diffItems, diffSets } from "./diffLists";
import { WHOLE, type Difference, type DiffRule, type MembersRule } from "./diffRule";
import { isJsonObject, jsonEquals, ownProperty, type Json, type JsonObject } from "./json";
import { pathTo } from "./pointer";

/** Everything that is different between two objects; nothing if and only if they mean the same. Null is none at all. */
export function diff(
  before: JsonObject | null,
  after: JsonObject | null,
  rule: MembersRule,
): readonly Difference[] {
  return diffMembers("", before ?? {}, after ?? {}, rule);
}

function diffAt(path: string, before: Json, after: Json, rule: DiffRule): readonly Difference[] {
  switch (rule.as) {
    case "hidden":
      return [];
    case "whole":
      return diffWhole(path, before, after, rule);
    case "json":
      return diffJson(path, before, after);
    case "set":
      return isTextList(before) && isTextList(after)
        ? diffSets(path, before, after)
        : diffWhole(path, before, after, rule);
    case "members":
      return isJsonObject(before) && isJsonObject(after)
        ? diffMembers(path, before, after, rule)
        : diffWhole(path, before, after, rule);
    case "items":
      return isObjectList(before) && isObjectList(after)
        ? diffItems(path, before, after, rule, { diffMembers, shown })
        : diffWhole(path, before, after, rule);
    case "own":
      return rule.diff(path, before, after);
  }
}

function diffWhole(path: string, before: Json, after: Json, rule: DiffRule): readonly Difference[] {
  return jsonEquals(before, after) ? [] : [{ path, before: shown(before, rule), after: shown(after, rule) }];
}

function diffMembers(
  path: string,
  before: JsonObject,
  after: JsonObject,
  rule: MembersRule,
): readonly Difference[] {
  return namesOf(before, after).flatMap((name) =>
    diffAt(
      pathTo(path, name),
      ownProperty(before, name) ?? null,
      ownProperty(after, name) ?? null,
      memberRule(rule, name),
    ),
  );
}

/** Users tell null from what is not there, and a difference cannot: then the object around it is shown. */
function diffJson(path: string, before: Json, after: Json): readonly Difference[] {
  if (!isJsonObject(before) || !isJsonObject(after)) return diffWhole(path, before, after, WHOLE);
  const names = namesOf(before, after);
  const isToldApart = names.every(
    (name) =>
      Object.hasOwn(before, name) === Object.hasOwn(after, name) ||
      (ownProperty(before, name) ?? ownProperty(after, name) ?? null) !== null,
  );
  if (!isToldApart) return diffWhole(path, before, after, WHOLE);
  return names.flatMap((name) =>
    diffJson(pathTo(path, name), ownProperty(before, name) ?? null, ownProperty(after, name) ?? null),
  );
}

/** A value as people see it, where it came or went as a whole. */
function shown(value: Json, rule: DiffRule): Json {
  if (rule.as === "own") return rule.shown(value);
  if (rule.as === "items" && isObjectList(value)) return value.map((item) => shown(item, rule.item));
  if (rule.as !== "members" || !isJsonObject(value)) return value;
  const entries = Object.entries(value).filter(([name]) => memberRule(rule, name).as !== "hidden");
  return Object.fromEntries(entries.map(([name, member]) => [name, shown(member, memberRule(rule, name))]));
}

function memberRule({ members, others }: MembersRule, name: string): DiffRule {
  return Object.hasOwn(members, name) ? (members[name] ?? others) : others;
}

function namesOf(before: JsonObject, after: JsonObject): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

function isObjectList(value: Json): value is readonly JsonObject[] {
  return Array.isArray(value) && value.every((item: Json) => isJsonObject(item));
}

function isTextList(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((item: Json) => typeof item === "string");
}
