import { types } from "node:util";

/** What an error says, also where it holds several, as that of a host with more than one address does. */
export function describeError(error: unknown): string {
  const parts = errorsIn(error);
  if (parts.length > 0) return parts.map(describeError).join("; ");
  return types.isNativeError(error) ? error.message : String(error);
}

/** The errors in an AggregateError; found by shape, because Node makes it in a realm that may not be ours. */
export function errorsIn(error: unknown): readonly unknown[] {
  return types.isNativeError(error) && "errors" in error && Array.isArray(error.errors) ? error.errors : [];
}
