import type { Server } from "../graphql/context";
import type { NamedNode } from "../graphql/node.graphql";
import { invariant } from "../lib/invariant";
import type { Reference } from "../lib/refusal";

/** One use: what is used, by an id of the caller's choice, and who uses it. */
export type Use = Readonly<{ used: string; user: Reference }>;

/** The users of several things as whole nodes, by what they use, in the order of `uses`. One query for each kind of user. */
export async function usersOf(
  { nodes, database }: Pick<Server, "nodes" | "database">,
  uses: readonly Use[],
): Promise<ReadonlyMap<string, readonly NamedNode[]>> {
  const idsByKind = new Map<string, Set<string>>();
  for (const { user } of uses) {
    idsByKind.set(user.kind, (idsByKind.get(user.kind) ?? new Set()).add(user.id));
  }
  const found = new Map<string, NamedNode>();
  for (const [kind, ids] of idsByKind) {
    const type = nodes.get(kind);
    invariant(type, `a use names the type ${kind}, which has no nodes`);
    for (const node of await type.findMany(database, [...ids])) {
      // What uses other things has a name, and the interface finds the type by `typename`.
      found.set(node.id, { ...node, typename: kind } as unknown as NamedNode);
    }
  }
  const byUsed = new Map<string, NamedNode[]>();
  for (const { used, user } of uses) {
    const node = found.get(user.id);
    if (node) byUsed.set(used, [...(byUsed.get(used) ?? []), node]);
  }
  return byUsed;
}
