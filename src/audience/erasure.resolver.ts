import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { eraseUser } from "./eraseUser";
import { EraseUserInput, EraseUserPayload, UserExport } from "./erasure.graphql";
import { userIdFaults } from "./identify.policy";
import { findUser } from "./storedUser.queries";
import { toUser } from "./toUser";
import { listsWith } from "./userLists";
import { noSuchApp } from "../apps/appOwn.decider";
import { appStream } from "../apps/app.events";
import type { Context } from "../graphql/context";
import { userErrors } from "../graphql/execute";

@Resolver()
export class ErasureResolver {
  @Query(() => UserExport, {
    nullable: true,
    description:
      "Everything that is stored of a user, in all environments of the app; null if there is no such app.",
  })
  async exportUser(
    @Arg("app", () => String, { description: "The app's slug." }) app: string,
    @Arg("id", () => String, { description: "The user's id." }) id: string,
    @Ctx() { server }: Context,
  ): Promise<UserExport | null> {
    const { state } = await server.apps.state(appStream(app));
    if (state.slug === null) return null;
    const found = await Promise.all(
      [...state.environments.keys()].map(async (environment) => {
        const stored = await findUser(server.database, { app, environment }, id);
        return stored === null ? [] : [{ environment, user: toUser({ app, environment }, stored) }];
      }),
    );
    const environments = found.flat();
    const ids = [...new Set([id, ...environments.flatMap(({ user }) => [user.id, ...user.aliases])])];
    const lists = await listsWith(server.database, app, ids);
    return { exportedAt: server.now().toISOString(), ids, environments, lists };
  }

  @Mutation(() => EraseUserPayload, {
    description:
      "Forgets a user in all environments of the app, under all their ids: properties, events, and the ids in every list of user ids.",
  })
  async eraseUser(
    @Arg("input", () => EraseUserInput, { description: "Whom." }) { app, userId }: EraseUserInput,
    @Ctx() context: Context,
  ): Promise<EraseUserPayload> {
    const { server } = context;
    const { state } = await server.apps.state(appStream(app));
    const refusals = state.slug === null ? [noSuchApp] : userIdFaults("userId", userId);
    if (refusals.length > 0) return { receipt: null, errors: await userErrors(context, refusals) };
    const environments = [...state.environments.keys()];
    const { keys, ...erased } = await eraseUser(server.database, { app, environments }, userId);
    for (const environment of environments) server.storedUsers.changed({ app, environment }, keys);
    // What it does not take in now, it does within a second.
    await server.loadedLists.follow().catch(() => undefined);
    return { receipt: { erasedAt: server.now().toISOString(), ...erased }, errors: [] };
  }
}
