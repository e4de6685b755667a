import { GraphQLError } from "graphql";
import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import type { Context, NodeType, Server } from "./context";
import { load } from "./load";
import { Node } from "./node.graphql";
import { scopeOfId } from "../access/mayDo";
import { may } from "../access/roles.policy";

export const NODES_MAX = 100;

@Resolver()
export class NodeResolver {
  @Query(() => Node, { nullable: true, description: "The object with this id; null if there is none." })
  async node(
    @Arg("id", () => ID, { description: "As some object's `id` field gave it." }) id: string,
    @Ctx() context: Context,
  ): Promise<Node | null> {
    return (await loadSeen(context, id)) ?? null;
  }

  @Query(() => [Node], {
    description: `The objects with these ids, at most ${NODES_MAX}, in their order; those that do not exist are left out.`,
  })
  async nodes(
    @Arg("ids", () => [ID], { description: "As the objects' `id` fields gave them." }) ids: string[],
    @Ctx() context: Context,
  ): Promise<readonly Node[]> {
    if (ids.length > NODES_MAX) {
      const message = `"ids" holds ${ids.length} ids; ask for at most ${NODES_MAX} at once.`;
      throw new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT", path: ["ids"] } });
    }
    const found = await Promise.all(ids.map((id) => loadSeen(context, id)));
    return found.filter((node) => node !== undefined);
  }
}

/** What the actor may not see is not looked up, so that it is as if it were not there. */
async function loadSeen(context: Context, id: string): Promise<Node | undefined> {
  const type = typeOfId(context.server, id);
  if (!type) return undefined;
  const app = (type.appOf ?? scopeOfId)(id);
  return may(context.actor, type.right ?? "READ", app) ? load(context, nodesById, id) : undefined;
}

/** Ids of the same type are found by one query. */
async function nodesById(server: Server, ids: readonly string[]): Promise<ReadonlyMap<string, Node>> {
  const idsOf = new Map<NodeType, string[]>();
  for (const id of ids) {
    const type = typeOfId(server, id);
    const ofType = type && idsOf.get(type);
    if (ofType) ofType.push(id);
    else if (type) idsOf.set(type, [id]);
  }
  const found = await Promise.all(
    [...idsOf].map(async ([type, idsOfType]) => {
      const nodes = await type.findMany(server.database, idsOfType);
      return nodes.map((node) => [node.id, node] as const);
    }),
  );
  return new Map(found.flat());
}

function typeOfId({ nodes }: Server, id: string): NodeType | undefined {
  return [...nodes.values()].find(({ idPrefix }) => id.startsWith(`${idPrefix}_`));
}
