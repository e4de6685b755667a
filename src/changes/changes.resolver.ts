import { Args, Ctx, Query, Resolver, Root, Subscription } from "type-graphql";
import {
  AppUnknown,
  ConsumerUnknown,
  type ChangeBatch,
  type ChangeFilter,
  type ChangeItem,
} from "./changeFeed";
import {
  CHANGES_PAGE_SIZE_MAX,
  ChangeItemType,
  ChangePage,
  ChangesArguments,
  FollowArguments,
  SubscriptionArguments,
} from "./changes.graphql";
import { checkFirst, consumerIn, filterIn, startIn, toItem } from "./changesRequest.graphql";
import { endable } from "./endable";
import { kindsWithheldFrom } from "../access/withheld";
import type { Context } from "../graphql/context";
import { noSuchApp, notThere } from "../graphql/notThere";

@Resolver()
export class ChangesResolver {
  @Query(() => ChangePage, {
    description:
      "A page of an app's changes, in order: what the subscription sends, for those who rather poll.",
  })
  async changes(
    @Args(() => ChangesArguments) args: ChangesArguments,
    @Ctx() context: Context,
  ): Promise<ChangePage> {
    checkFirst(args.first, CHANGES_PAGE_SIZE_MAX);
    try {
      const { changes } = context.server;
      const page = await changes.page(args.app, startIn(args), filterFor(context, args), args.first);
      return { ...page, items: page.items.map(toItem) };
    } catch (error) {
      throw asGraphqlError(error);
    }
  }

  @Subscription(() => ChangeItemType, {
    name: "changes",
    description:
      "An app's changes: first those that happened since the start, then live, in order, without gap or duplicate. After a lost connection subscribe again with the last cursor.",
    subscribe: ({ args, context }: { args: SubscriptionArguments; context: Context }) =>
      followed(args, context),
  })
  changesFollowed(
    @Root() item: ChangeItem,
    // Declares the arguments; `subscribe` has read them.
    @Args(() => SubscriptionArguments) _args: SubscriptionArguments,
  ): ChangeItemType {
    return toItem(item);
  }
}

function followed(args: SubscriptionArguments, context: Context): AsyncIterable<ChangeBatch> {
  const { changes } = context.server;
  const start = startIn(args);
  const filter = filterFor(context, args);
  const consumer = consumerIn(args, context.actor.id);
  if (consumer) return endable((signal) => changes.followAs(consumer, filter, signal), asGraphqlError);
  return endable((signal) => changes.follow(args.app, start, filter, signal), asGraphqlError);
}

/** What is asked for, without what only administrators see. */
function filterFor({ actor }: Context, { app, filter }: FollowArguments): ChangeFilter {
  return { ...filterIn(filter), kindsWithheld: kindsWithheldFrom(actor, app) };
}

function asGraphqlError(error: unknown): unknown {
  if (error instanceof ConsumerUnknown) return notThere(error.message, ["consumer"]);
  return error instanceof AppUnknown ? noSuchApp(error.app, "app") : error;
}
