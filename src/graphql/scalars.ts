import { GraphQLError, GraphQLScalarType, Kind } from "graphql";
import { jsonFromLiteral } from "./jsonLiteral";
import { jsonFault } from "./jsonFault";
import { parseDateTime } from "./dateTime";
import { isJsonObject, type Json, type JsonObject } from "../lib/json";

/** Any JSON value: a key's value, a condition. Send those that hold names like `$gt` as variables. */
export const JsonScalar = new GraphQLScalarType<Json, unknown>({
  name: "JSON",
  description:
    "Any JSON value. GraphQL literals cannot hold names like `$gt`: send such values as variables.",
  serialize: (value) => value,
  parseValue: checkedJson,
  parseLiteral: (node, variables) => checkedJson(jsonFromLiteral(node, variables)),
});

/** A JSON object that is sent as a variable: those of ours hold names like `$gt`. */
export const JsonObjectScalar = new GraphQLScalarType<JsonObject, unknown>({
  name: "JSONObject",
  description: "A JSON object. Send it as a variable, since GraphQL literals cannot hold names like `$gt`.",
  serialize: (value) => value,
  parseValue: checkedObject,
  parseLiteral: (node, variables) => checkedObject(jsonFromLiteral(node, variables)),
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

function checkedObject(value: unknown): JsonObject {
  const json = checkedJson(value);
  if (isJsonObject(json)) return json;
  throw new GraphQLError("This is a JSON object, as {}.", { extensions: { code: "BAD_USER_INPUT" } });
}

function checkedJson(value: unknown): Json {
  const fault = jsonFault(value);
  if (fault) throw new GraphQLError(fault.message, { extensions: { code: "BAD_USER_INPUT" } });
  // What has no fault came out of JSON text or literals, so it is JSON.
  return value as Json;
}
