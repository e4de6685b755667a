/** Operators over a list of conditions; they stand beside property paths. */
export const CONDITION_LIST_OPERATORS: readonly string[] = ["$and", "$or", "$nor"];

/** Operators that speak of the user as a whole; they stand beside property paths, and never below one. */
export const USER_OPERATORS = [
  "$segment",
  "$notSegment",
  "$userIn",
  "$percent",
  "$performed",
  "$notPerformed",
] as const;
export type UserOperator = (typeof USER_OPERATORS)[number];

/** Operators that test a property's value; they stand below a property path. */
export const VALUE_OPERATORS = [
  "$eq",
  "$ne",
  "$lt",
  "$lte",
  "$gt",
  "$gte",
  "$in",
  "$nin",
  "$ini",
  "$nini",
  "$all",
  "$alli",
  "$regex",
  "$regexi",
  "$exists",
  "$type",
  "$size",
  "$elemMatch",
  "$not",
  "$veq",
  "$vne",
  "$vgt",
  "$vgte",
  "$vlt",
  "$vlte",
  "$before",
  "$after",
  "$withinLast",
  "$near",
] as const;
export type ValueOperator = (typeof VALUE_OPERATORS)[number];

/** What may stand beside property paths in a condition over a list's element or an event. */
export const PROPERTY_CONDITION_OPERATORS: readonly string[] = [...CONDITION_LIST_OPERATORS, "$not"];

/** What may stand beside property paths in a condition over a user. */
export const CONDITION_OPERATORS: readonly string[] = [...PROPERTY_CONDITION_OPERATORS, ...USER_OPERATORS];

/** What `$type` can ask for. A missing property has type "null". */
export const VALUE_TYPES = ["string", "number", "boolean", "object", "array", "null"] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

const userOperators = new Set<string>(USER_OPERATORS);
const valueOperators = new Set<string>(VALUE_OPERATORS);

export const isUserOperator = (name: string): name is UserOperator => userOperators.has(name);
export const isValueOperator = (name: string): name is ValueOperator => valueOperators.has(name);
export const isOperatorName = (name: string): boolean => name.startsWith("$");

/** True for an object whose names are all operators, as `{ "$gt": 1 }`; one without names is a plain object. */
export function isOperatorObject(value: object): boolean {
  const names = Object.keys(value);
  return names.length > 0 && names.every(isOperatorName);
}
