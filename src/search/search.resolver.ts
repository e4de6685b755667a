import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { SearchArguments, searchIn } from "./search.graphql";
import { searchThings, type SearchSource } from "./search.queries";
import { App } from "../apps/app.graphql";
import { connectionOf, connectionType, pageRequest, type Connection } from "../graphql/connection";
import type { Context, Server } from "../graphql/context";
import { NamedNode } from "../graphql/node.graphql";
import { nodeOf } from "../graphql/nodeOf";

const SearchConnection = connectionType(NamedNode, "SearchResult");

/** What searching adds to `App`. */
@Resolver(() => App)
export class SearchResolver {
  @FieldResolver(() => SearchConnection, {
    description:
      "Its things in whose name, description, tags, owner or latest note all words of a text stand, those first whose name fits best.",
  })
  async search(
    @Root() { slug }: App,
    @Args(() => SearchArguments) given: SearchArguments,
    @Ctx() context: Context,
  ): Promise<Connection<NamedNode>> {
    const { database } = context.server;
    const page = pageRequest(given, ["integer", "text", "text"]);
    const found = await searchThings(database, sourcesOf(context.server), slug, searchIn(given), page);
    const nodes = await Promise.all(found.rows.map(({ kind, id }) => nodeOf<NamedNode>(context, kind, id)));
    // What was found stands in the same read model; nothing in it is ever deleted.
    const rows = found.rows.flatMap((row, index) => {
      const node = nodes[index];
      return node ? [{ ...row, node }] : [];
    });
    return connectionOf(
      { ...found, rows },
      ({ node }) => node,
      ({ rank, name, id }) => [rank, name, id],
    );
  }
}

function sourcesOf({ nodes }: Server): readonly SearchSource[] {
  return [...nodes.values()].flatMap(({ typename: kind, searched }) =>
    searched ? [{ kind, searched }] : [],
  );
}
