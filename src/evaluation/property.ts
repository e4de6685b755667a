import type { Json, JsonObject } from "../lib/json";
import { instantOf } from "./instant";
import { comparableVersion } from "./version";

/** The name that finds the user's id, whatever the user's properties say. */
export const ID_PROPERTY = "id";

/**
 * What a path of names finds: own properties of objects and lists (`tags.0`, `tags.length`), nothing inherited. What
 * is missing is null.
 */
export function follow(value: Json, path: readonly string[], from: number): Json {
  let current = value;
  for (let index = from; index < path.length; index += 1) {
    const name = path[index] as string;
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, name)) return null;
    current = (current as JsonObject)[name] as Json;
  }
  return current ?? null;
}

export const pathOf = (property: string): readonly string[] => property.split(".");

/** How a property is made ready for a test, so that tests of one property share the work. */
export type Preparation = "plain" | "folded" | "version" | "instant";

export function prepare(value: Json, preparation: Preparation): Json {
  switch (preparation) {
    case "plain":
      return value;
    case "folded":
      return Array.isArray(value) ? value.map(foldCase) : foldCase(value);
    case "version":
      return comparableVersion(value);
    case "instant":
      return instantOf(value);
  }
}

/** A string without regard to case; anything else as it is. */
export const foldCase = (value: Json): Json => (typeof value === "string" ? value.toLowerCase() : value);

/**
 * What percentages bucket by: a string as it is, a number or boolean as JSON writes it; anything else, and the empty
 * string, is no unit: "".
 */
export function unitOf(value: Json): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}
