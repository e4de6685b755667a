import { GraphQLError } from "graphql";
import type { ASTVisitor, FloatValueNode, IntValueNode, StringValueNode, ValidationContext } from "graphql";
import { jsonFault } from "./jsonFault";

/** A validation rule: what stands in the document itself must be storable as much as what comes in variables. */
export function storableLiterals(context: ValidationContext): ASTVisitor {
  const check = (node: StringValueNode | IntValueNode | FloatValueNode, value: string | number): void => {
    const fault = jsonFault(value);
    if (!fault) return;
    const extensions = { code: "BAD_USER_INPUT" };
    context.reportError(new GraphQLError(fault.message, { nodes: node, extensions }));
  };
  return {
    StringValue: (node) => check(node, node.value),
    IntValue: (node) => check(node, Number(node.value)),
    FloatValue: (node) => check(node, Number(node.value)),
  };
}
