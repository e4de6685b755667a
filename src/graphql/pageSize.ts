import { Kind } from "graphql";
import type { FieldNode, GraphQLField, OperationDefinitionNode, ValueNode } from "graphql";

export type PageSize = Readonly<{ size: number; dependsOnVariables: boolean }>;

/** How many items a field is asked for by its argument `first` (a page) or `ids` (a look-up of many); null if by none. */
export function pageSizeOf(
  node: FieldNode,
  field: GraphQLField<unknown, unknown> | undefined,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> | null,
): PageSize | null {
  for (const name of ["first", "ids"]) {
    const definition = field?.args.find((argument) => argument.name === name);
    if (!definition) continue;
    const given = node.arguments?.find((argument) => argument.name.value === name)?.value;
    const standard = sizeOf(definition.defaultValue);
    if (!given) return { size: standard, dependsOnVariables: false };
    if (given.kind !== Kind.VARIABLE) return { size: sizeOfLiteral(given), dependsOnVariables: false };
    return {
      size: sizeOfVariable(given.name.value, operation, variables, standard),
      dependsOnVariables: true,
    };
  }
  return null;
}

function sizeOfVariable(
  name: string,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> | null,
  standard: number,
): number {
  if (variables && Object.hasOwn(variables, name)) return sizeOf(variables[name]);
  const definition = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name);
  return definition?.defaultValue ? sizeOfLiteral(definition.defaultValue) : standard;
}

function sizeOfLiteral(value: ValueNode): number {
  if (value.kind === Kind.LIST) return Math.max(1, value.values.length);
  return value.kind === Kind.INT ? sizeOf(Number(value.value)) : 1;
}

/** What is no size at all is refused where it is used. */
function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return Math.max(1, value.length);
  return typeof value === "number" && value > 1 ? value : 1;
}
