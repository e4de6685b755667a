import { jsonEquals, type Json } from "../lib/json";

/** Whether a value, or an element of it if it is a list, is one of `operand`'s. */
export function membership(operand: Json): (value: Json) => boolean {
  const items: readonly Json[] = Array.isArray(operand) ? operand : [];
  const scalars = new Set(items.filter(isScalar));
  const others = items.filter((item) => !isScalar(item));
  const contains = (value: Json): boolean =>
    isScalar(value) ? scalars.has(value) : others.some((item) => jsonEquals(item, value));
  return (value) => (Array.isArray(value) ? value.some(contains) : contains(value));
}

export const isScalar = (value: Json): boolean => typeof value !== "object" || value === null;
