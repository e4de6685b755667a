import { GraphQLError, GraphQLScalarType, Kind } from "graphql";
import { jsonFromLiteral } from "./jsonLiteral";
import { jsonFault } from "./jsonFault";
import { parseDateTime } from "./dateTime";
import type { Json } from "../lib/json";

/** Any JSON value: a key's value, a condition. Send those that hold names like `$gt` as variables. */
export const JsonScalar = new GraphQLScalarType<Json, unknown>({
  name: "JSON",
  description:
    "Any JSON value. GraphQL literals cannot hold names like `$gt`: send such values as variables.",
  serialize: (value) => value,
  parseValue: checkedJson,
  parseLiteral: (node, variables) => checkedJson(jsonFromLiteral(node, variables)),
});

/** Instants are ISO 8601 strings all through the server; only their form is checked and made uniform here. */
export const DateTimeScalar = new GraphQLScalarType<string, string>({
  name: "DateTime",
  description:
    "An instant in ISO 8601 with a time zone, as `2026-01-05T10:00:00Z`, in the years 1970 to 9999. Answers are in UTC with milliseconds.",
  serialize: (value) => (value instanceof Date ? value.toISOString() : String(value)),
  parseValue: (value) => parseDateTime(value),
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : null),
});

function checkedJson(value: unknown): Json {
  const fault = jsonFault(value);
  if (fault) throw new GraphQLError(fault.message, { extensions: { code: "BAD_USER_INPUT" } });
  // What has no fault came out of JSON text or literals, so it is JSON.
  return value as Json;
}
