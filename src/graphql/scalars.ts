import { GraphQLScalarType } from "graphql";
import { jsonFromLiteral } from "./jsonLiteral";

/** Any JSON value: a key's value, a condition. Send those that hold names like `$gt` as variables. */
export const JsonScalar = new GraphQLScalarType({
  name: "JSON",
  description:
    "Any JSON value. GraphQL literals cannot hold names like `$gt`: send such values as variables.",
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: jsonFromLiteral,
});
