import type { Json } from "../lib/json";

/**
 * A version as text whose order by code units is the order of versions, or null for what is not a string or empty.
 * It follows GrowthBook's: a leading "v" and build data are left out, parts stand between "." and "-", numbers come
 * before words, and a release of three parts comes after its pre-releases. Numbers of any length up to 20 digits are
 * compared as numbers (theirs up to 5).
 */
export function comparableVersion(value: Json): string | null {
  if (typeof value !== "string" || value === "") return null;
  const plus = value.indexOf("+");
  const parts = value.slice(value.startsWith("v") ? 1 : 0, plus === -1 ? undefined : plus).split(/[-.]/);
  if (parts.length === 3) parts.push("~");
  return parts.map((part) => (/^[0-9]+$/.test(part) ? part.padStart(NUMBER_WIDTH, " ") : part)).join("-");
}

const NUMBER_WIDTH = 20;

/** True for text that can stand in a condition as a version. */
export const isVersion = (text: string): boolean => /^v?[0-9]/.test(text);
