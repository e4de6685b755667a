import { Kind, type ValueNode } from "graphql";
import type { Json } from "../lib/json";

/** The JSON value that a GraphQL literal writes. Names like `__proto__` become own properties. */
export function jsonFromLiteral(node: ValueNode, variables?: Record<string, unknown> | null): Json {
  switch (node.kind) {
    case Kind.STRING:
    case Kind.ENUM:
      return node.value;
    case Kind.BOOLEAN:
      return node.value;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.NULL:
      return null;
    case Kind.LIST:
      return node.values.map((item) => jsonFromLiteral(item, variables));
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map(({ name, value }) => [name.value, jsonFromLiteral(value, variables)]),
      );
    case Kind.VARIABLE:
      return (variables?.[node.name.value] ?? null) as Json;
  }
}
