import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { App } from "./app.graphql";
import { SetTestUsersInput } from "./app.inputs.graphql";
import { appsBySlug } from "./app.loaders";
import { toApp } from "./app.nodes";
import { SetTestUsersPayload } from "./app.payloads.graphql";
import { testUserRefusals } from "./testUsers.policy";
import { executeWithLists } from "../audience/executeWithLists";
import { ListedUserConnection, listedUsers, type ListedUser } from "../audience/listedUser.graphql";
import { userListReference } from "../audience/userLists";
import { PageArguments, type Connection } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { userErrors } from "../graphql/execute";
import { load } from "../graphql/load";

/** Who gets previews. */
@Resolver(() => App)
export class TestUsersResolver {
  @FieldResolver(() => ListedUserConnection, { description: "The users who get previews, by id." })
  async testUsers(
    @Root() { slug }: App,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() context: Context,
  ): Promise<Connection<ListedUser>> {
    const row = await load(context, appsBySlug, slug);
    return listedUsers(context.server.database, slug, row?.test_users?.list ?? "", page);
  }

  @Mutation(() => SetTestUsersPayload, {
    description:
      "Says who gets previews from now on, instead of everybody who did. What is previewed now reaches them at once.",
  })
  async setTestUsers(
    @Arg("input", () => SetTestUsersInput, { description: "All test users." }) input: SetTestUsersInput,
    @Ctx() context: Context,
  ): Promise<SetTestUsersPayload> {
    const { app, userIds, note, commandId } = input;
    const faults = testUserRefusals(userIds);
    if (faults.length > 0) return { app: null, errors: await userErrors(context, faults) };
    const data = { users: userListReference(userIds), note: note ?? undefined };
    const command = { type: "SetTestUsers", data } as const;
    const executed = await executeWithLists(context, app, command, [userIds], { commandId });
    if (!executed.isDone) return { app: null, errors: executed.errors };
    const row = await load(context, appsBySlug, app);
    return { app: row ? toApp(row) : null, errors: [] };
  }
}
