import type { Context, NodeLike, Server } from "./context";
import { load } from "./load";

/** What an answer names by type and id, looked up with everything else that the request asks for; null for no id. */
export async function nodeOf<Found extends object = NodeLike>(
  context: Context,
  typename: string,
  id: string | null | undefined,
): Promise<Found | null> {
  if (id === null || id === undefined) return null;
  const found = await load(context, nodesByReference, `${typename} ${id}`);
  // The type's own look-up made it, and the caller names that type.
  return (found as Found | undefined) ?? null;
}

/** By `Type id`: one query for each type. */
async function nodesByReference(
  { nodes, database }: Server,
  references: readonly string[],
): Promise<ReadonlyMap<string, NodeLike>> {
  const idsOf = new Map<string, string[]>();
  for (const reference of references) {
    const [typename = "", id = ""] = reference.split(" ", 2);
    const ids = idsOf.get(typename);
    if (ids) ids.push(id);
    else idsOf.set(typename, [id]);
  }
  const found = new Map<string, NodeLike>();
  const find = async (typename: string, ids: readonly string[]) => {
    const ofType = (await nodes.get(typename)?.findMany(database, ids)) ?? [];
    for (const node of ofType) found.set(`${typename} ${node.id}`, node);
  };
  await Promise.all([...idsOf].map(([typename, ids]) => find(typename, ids)));
  return found;
}
