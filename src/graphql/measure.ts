import { getNamedType, getNullableType, isInterfaceType, isListType, isObjectType, Kind } from "graphql";
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLNamedType,
} from "graphql";
import type { GraphQLSchema, OperationDefinitionNode, SelectionNode, SelectionSetNode } from "graphql";
import { pageSizeOf, type PageSize } from "./pageSize";

/** What a list without pages counts as. */
export const LIST_SIZE_ASSUMED = 5;
/** The whole schema is read by one field; graphql-js bounds how deep it nests. */
export const INTROSPECTION_COST = 1_000;

/** How large an operation is, with every fragment counted wherever it is spread. */
export type Measure = Readonly<{
  depth: number;
  /** Fields side by side at the top. */
  width: number;
  aliases: number;
  fields: number;
  /** Fields that an answer may have, where every page is full. */
  cost: number;
  /** Whether the cost depends on the variables that were given. */
  dependsOnVariables: boolean;
}>;

/**
 * Measures an operation, which need not be valid. Every fragment is measured once, so the time is linear in the
 * document's size, whatever its fragments multiply to.
 */
export function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> | null,
): Measure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const root = schema.getRootType(operation.operation) ?? undefined;
  const walk: Walk = { schema, fragments, operation, variables, measured: new Map() };
  return measureSelections(walk, operation.selectionSet, root, false);
}

type Walk = Readonly<{
  schema: GraphQLSchema;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  operation: OperationDefinitionNode;
  variables: Readonly<Record<string, unknown>> | null;
  /** By fragment; one that is still being measured spreads itself and counts as nothing: validation refuses it. */
  measured: Map<string, Measure>;
}>;

const NOTHING: Measure = { depth: 0, width: 0, aliases: 0, fields: 0, cost: 0, dependsOnVariables: false };

/** `isPage`: the selections are of one page, whose size its field has counted already. */
function measureSelections(
  walk: Walk,
  { selections }: SelectionSetNode,
  parent: GraphQLNamedType | undefined,
  isPage: boolean,
): Measure {
  return selections
    .map((selection) => measureSelection(walk, selection, parent, isPage))
    .reduce(
      (total, each) => ({
        depth: Math.max(total.depth, each.depth),
        width: total.width + each.width,
        aliases: total.aliases + each.aliases,
        fields: total.fields + each.fields,
        cost: total.cost + each.cost,
        dependsOnVariables: total.dependsOnVariables || each.dependsOnVariables,
      }),
      NOTHING,
    );
}

function measureSelection(
  walk: Walk,
  selection: SelectionNode,
  parent: GraphQLNamedType | undefined,
  isPage: boolean,
): Measure {
  switch (selection.kind) {
    case Kind.FIELD:
      return measureField(walk, selection, parent, isPage);
    case Kind.INLINE_FRAGMENT: {
      const type = selection.typeCondition ? walk.schema.getType(selection.typeCondition.name.value) : parent;
      return measureSelections(walk, selection.selectionSet, type, isPage);
    }
    case Kind.FRAGMENT_SPREAD:
      return measureFragment(walk, selection.name.value, isPage);
  }
}

function measureFragment(walk: Walk, name: string, isPage: boolean): Measure {
  const entry = `${isPage}:${name}`;
  const known = walk.measured.get(entry);
  if (known) return known;
  const fragment = walk.fragments.get(name);
  if (!fragment) return NOTHING;
  walk.measured.set(entry, NOTHING);
  const type = walk.schema.getType(fragment.typeCondition.name.value);
  const measured = measureSelections(walk, fragment.selectionSet, type, isPage);
  walk.measured.set(entry, measured);
  return measured;
}

function measureField(
  walk: Walk,
  node: FieldNode,
  parent: GraphQLNamedType | undefined,
  isPage: boolean,
): Measure {
  const aliases = node.alias ? 1 : 0;
  if (node.name.value === "__schema" || node.name.value === "__type") {
    return { ...NOTHING, depth: 1, width: 1, aliases, fields: 1, cost: INTROSPECTION_COST };
  }
  const field = fieldOf(parent, node.name.value);
  const pageSize = pageSizeOf(node, field, walk.operation, walk.variables);
  const inner = node.selectionSet
    ? measureSelections(walk, node.selectionSet, field && getNamedType(field.type), pageSize !== null)
    : NOTHING;
  return {
    depth: inner.depth + 1,
    width: 1,
    aliases: inner.aliases + aliases,
    fields: inner.fields + 1,
    cost: 1 + inner.cost * timesAnswered(field, pageSize, isPage),
    dependsOnVariables: inner.dependsOnVariables || pageSize?.dependsOnVariables === true,
  };
}

function timesAnswered(
  field: GraphQLField<unknown, unknown> | undefined,
  pageSize: PageSize | null,
  isPage: boolean,
): number {
  if (pageSize) return pageSize.size;
  const isPlainList = field !== undefined && isListType(getNullableType(field.type)) && !isPage;
  return isPlainList ? LIST_SIZE_ASSUMED : 1;
}

function fieldOf(
  parent: GraphQLNamedType | undefined,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}
