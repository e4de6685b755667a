import { GraphQLError, Kind } from "graphql";
import type { DocumentNode, FragmentDefinitionNode, SelectionNode, SelectionSetNode } from "graphql";

/**
 * Refuses a subscription whose field stands there on a condition: it would be a subscription to nothing, which the
 * specification forbids, and which graphql-js neither validates nor executes. Must come before both.
 */
export function subscriptionFault({ definitions }: DocumentNode): GraphQLError | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  for (const definition of definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION || definition.operation !== "subscription") continue;
    const node = conditionalIn(definition.selectionSet, fragments, new Set());
    if (node)
      return new GraphQLError(MESSAGE, { nodes: node, extensions: { code: "GRAPHQL_VALIDATION_FAILED" } });
  }
  return null;
}

const MESSAGE =
  "A subscription's own field takes neither @include nor @skip, since there would be nothing to subscribe to. Send the subscription only when it is wanted.";

/** The first selection at the root, also in fragments there, that stands there on a condition. */
function conditionalIn(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  visited: Set<string>,
): SelectionNode | null {
  for (const selection of selections) {
    if (selection.directives?.some(({ name }) => name.value === "include" || name.value === "skip")) {
      return selection;
    }
    const inside = insideOf(selection, fragments, visited);
    const found = inside && conditionalIn(inside, fragments, visited);
    if (found) return found;
  }
  return null;
}

/** What a fragment brings to the root; each once, since they may go in circles. */
function insideOf(
  selection: SelectionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  visited: Set<string>,
): SelectionSetNode | null {
  if (selection.kind === Kind.FIELD) return null;
  if (selection.kind === Kind.INLINE_FRAGMENT) return selection.selectionSet;
  const name = selection.name.value;
  if (visited.has(name)) return null;
  visited.add(name);
  return fragments.get(name)?.selectionSet ?? null;
}
