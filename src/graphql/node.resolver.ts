import { GraphQLError } from "graphql";
import { Arg, Authorized, Ctx, Field, ID, ObjectType, Query, Resolver } from "type-graphql";
import type { Context, NodeType, Server } from "./context";
import { load } from "./load";
import { Node } from "./node.graphql";

export const NODES_MAX = 100;

@ObjectType({ description: "Who asks." })
export class Viewer {
  @Field(() => ID, { description: "The actor's id, as it stands in the history of what they change." })
  id!: string;

  @Field(() => String, { description: "The actor's role." })
  role!: string;
}

@Resolver()
export class NodeResolver {
  @Authorized("READ")
  @Query(() => Node, { nullable: true, description: "The object with this id; null if there is none." })
  async node(
    @Arg("id", () => ID, { description: "As some object's `id` field gave it." }) id: string,
    @Ctx() context: Context,
  ): Promise<Node | null> {
    return (await load(context, nodesById, id)) ?? null;
  }

  @Authorized("READ")
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
    const found = await Promise.all(ids.map((id) => load(context, nodesById, id)));
    return found.filter((node) => node !== undefined);
  }

  @Authorized("READ")
  @Query(() => Viewer, { description: "Who this token belongs to." })
  viewer(@Ctx() { actor }: Context): Viewer {
    return { id: actor.id, role: actor.role };
  }
}

/** Ids of the same type are found by one query. */
async function nodesById(server: Server, ids: readonly string[]): Promise<ReadonlyMap<string, Node>> {
  const idsOf = new Map<NodeType, string[]>();
  for (const id of ids) {
    const type = typeOfId(server, id);
    if (type) idsOf.set(type, [...(idsOf.get(type) ?? []), id]);
  }
  const found = await Promise.all(
    [...idsOf].map(async ([type, idsOfType]) => {
      const nodes = await type.findMany(server.database, idsOfType);
      return nodes.map((node) => [node.id, { ...node, typename: type.typename }] as const);
    }),
  );
  return new Map(found.flat());
}

function typeOfId({ nodes }: Server, id: string): NodeType | undefined {
  return [...nodes.values()].find(({ idPrefix }) => id.startsWith(`${idPrefix}_`));
}
