import { GraphQLError } from "graphql";
import { Args, Authorized, Ctx, Query, Resolver, Root, Subscription } from "type-graphql";
import { AppUnknown, type ChangeItem } from "./changeFeed";
import { ChangeItemType, ChangePage, ChangesArguments, FollowArguments } from "./changes.graphql";
import { checkFirst, filterIn, startIn, toItem } from "./changesRequest.graphql";
import { endable } from "./endable";
import type { Context } from "../graphql/context";

@Resolver()
export class ChangesResolver {
  @Authorized("READ")
  @Query(() => ChangePage, {
    description:
      "A page of an app's changes, in order: what the subscription sends, for those who rather poll.",
  })
  async changes(
    @Args(() => ChangesArguments) args: ChangesArguments,
    @Ctx() { server }: Context,
  ): Promise<ChangePage> {
    checkFirst(args.first);
    try {
      const page = await server.changes.page(args.app, startIn(args), filterIn(args.filter), args.first);
      return { ...page, items: page.items.map(toItem) };
    } catch (error) {
      throw asGraphqlError(error);
    }
  }

  @Authorized("READ")
  @Subscription(() => ChangeItemType, {
    name: "changes",
    description:
      "An app's changes: first those that happened since the start, then live, in order, without gap or duplicate. After a lost connection subscribe again with the last cursor.",
    subscribe: ({ args, context }: { args: FollowArguments; context: Context }) => followed(args, context),
  })
  changesFollowed(
    @Root() item: ChangeItem,
    // Declares the arguments; `subscribe` has read them.
    @Args(() => FollowArguments) _args: FollowArguments,
  ): ChangeItemType {
    return toItem(item);
  }
}

function followed(args: FollowArguments, { server }: Context): AsyncIterable<ChangeItem> {
  const start = startIn(args);
  const filter = filterIn(args.filter);
  return endable((signal) => server.changes.follow(args.app, start, filter, signal), asGraphqlError);
}

function asGraphqlError(error: unknown): unknown {
  if (!(error instanceof AppUnknown)) return error;
  return new GraphQLError(error.message, { extensions: { code: "NOT_FOUND", path: ["app"] } });
}
