import type { UsedKind } from "./uses.policy";
import { findUses, userOf } from "./uses.queries";
import type { NodeLike, Server } from "../graphql/context";
import type { NamedNode } from "../graphql/node.graphql";
import { parseId } from "../lib/ids";
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
      // What uses other things has a name.
      found.set(node.id, node as NodeLike & NamedNode);
    }
  }
  const byUsed = new Map<string, NamedNode[]>();
  for (const { used, user } of uses) {
    const node = found.get(user.id);
    if (node) byUsed.set(used, [...(byUsed.get(used) ?? []), node]);
  }
  return byUsed;
}

type UsersById = (
  server: Pick<Server, "nodes" | "database">,
  ids: readonly string[],
) => Promise<ReadonlyMap<string, readonly NamedNode[]>>;

/** For `load`: everything that uses things of a kind, by their opaque ids. `usedId` is what uses know a thing by. */
export function usersById(kind: UsedKind, usedId = (id: string): string => id): UsersById {
  return async (server, ids) => {
    const wanted = ids.flatMap((id) => {
      const app = parseId(id)?.app;
      return app === undefined ? [] : [{ app, id: usedId(id), opaque: id }];
    });
    const opaqueIds = new Map(wanted.map(({ app, id, opaque }) => [`${app} ${id}`, opaque]));
    const uses = await findUses(server.database, kind, wanted);
    return usersOf(
      server,
      uses.map((row) => ({
        used: opaqueIds.get(`${row.app} ${row.used_id}`) ?? "",
        user: userOf(row),
      })),
    );
  };
}
