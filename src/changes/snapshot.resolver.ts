import { Args, Ctx, Query, Resolver } from "type-graphql";
import { AppUnknown } from "./changeFeed";
import { checkFirst, checkedLists } from "./changesRequest.graphql";
import { SNAPSHOT_PAGE_SIZE_MAX, SnapshotArguments, SnapshotPage } from "./snapshot.graphql";
import { kindsWithheldFrom } from "../access/withheld";
import type { Context } from "../graphql/context";
import { noSuchApp } from "../graphql/notThere";

@Resolver()
export class SnapshotResolver {
  @Query(() => SnapshotPage, {
    description:
      "The whole state of an app at one moment, part by part, with the cursor of that moment: read all parts, then follow `changes` from the cursor, and nothing is lost in between.",
  })
  async snapshot(
    @Args(() => SnapshotArguments) { app, kinds, after, first }: SnapshotArguments,
    @Ctx() { server, actor }: Context,
  ): Promise<SnapshotPage> {
    checkFirst(first, SNAPSHOT_PAGE_SIZE_MAX);
    const filter = {
      ...checkedLists({ kinds: kinds ?? null }),
      kindsWithheld: kindsWithheldFrom(actor, app),
    };
    try {
      return await server.changes.snapshot(app, after ?? null, filter, first);
    } catch (error) {
      throw error instanceof AppUnknown ? noSuchApp(error.app, "app") : error;
    }
  }
}
