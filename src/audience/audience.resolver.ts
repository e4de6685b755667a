import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import {
  EraseUserInput,
  EraseUserPayload,
  IdentifyInput,
  IdentifyPayload,
  TrackInput,
  TrackPayload,
  User,
  UserEventConnection,
  type UserEvent,
} from "./audience.graphql";
import { userIdFaults } from "./identify.policy";
import { identify, track } from "./ingest";
import { countEvents, eraseUser, findEvents, findUser } from "./storedUser.queries";
import { noSuchApp as noSuchAppRefusal } from "../apps/appOwn.decider";
import { appStream, PRODUCTION } from "../apps/app.events";
import { missingPlace } from "../delivery/rulesetOf.graphql";
import { connectionOf, PageArguments, pageRequest, type Connection } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { userErrors } from "../graphql/execute";
import type { Json } from "../lib/json";

@Resolver(() => User)
export class AudienceResolver {
  @Query(() => User, { nullable: true, description: "What is known of a user; null if nothing is." })
  async user(
    @Arg("app", () => String, { description: "The app's slug." }) app: string,
    @Arg("environment", () => String, { defaultValue: PRODUCTION, description: "The environment's name." })
    environment: string,
    @Arg("id", () => String, { description: "The user's id." }) id: string,
    @Ctx() { server }: Context,
  ): Promise<User | null> {
    const place = { app, environment };
    const missing = await missingPlace(server, place);
    if (missing) throw missing;
    const found = await findUser(server.database, place, id);
    if (!found) return null;
    const { properties, created_at: createdAt, updated_at: updatedAt } = found;
    return { place, id, properties, createdAt, updatedAt };
  }

  @FieldResolver(() => UserEventConnection, { description: "What the user did, the latest first." })
  async events(
    @Root() { place, id }: User,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() { server: { database } }: Context,
  ): Promise<Connection<UserEvent>> {
    const { limit, after } = pageRequest(page, ["instant", "text"]);
    const behind = after ? { at: String(after[0]), id: String(after[1]) } : null;
    const found = await findEvents(database, place, id, { limit: limit + 1, behind });
    return connectionOf(
      {
        rows: found.slice(0, limit),
        hasNextPage: found.length > limit,
        totalCount: () => countEvents(database, place, id),
      },
      (event) => ({ ...event, properties: JSON.parse(event.properties) as Json }),
      (event) => [event.at, event.id],
    );
  }

  @Mutation(() => IdentifyPayload, {
    description: "Tells of users: what segments can ask for. All of the batch, or nothing of it.",
  })
  async identify(
    @Arg("input", () => IdentifyInput, { description: "Of whom, and what." }) input: IdentifyInput,
    @Ctx() context: Context,
  ): Promise<IdentifyPayload> {
    const refusals = await identify(context, input);
    const accepted = refusals.length > 0 ? null : input.users.length;
    return { accepted, errors: await userErrors(context, refusals) };
  }

  @Mutation(() => TrackPayload, {
    description:
      "Tells of what users did. What is accepted is stored, and counts once however often it is sent.",
  })
  async track(
    @Arg("input", () => TrackInput, { description: "Who, and what." }) input: TrackInput,
    @Ctx() context: Context,
  ): Promise<TrackPayload> {
    const { app, environment, partial } = input;
    const events = input.events.map(({ at, properties, ...event }) => ({
      ...{ ...event, at: at ?? null, properties: properties ?? {} },
    }));
    const { counts, refusals } = await track(context, { app, environment, events, isPartial: partial });
    const errors = await userErrors(context, refusals);
    return { accepted: counts?.accepted ?? null, duplicates: counts?.duplicates ?? null, errors };
  }

  @Mutation(() => EraseUserPayload, {
    description:
      "Forgets a user in all environments of the app: properties, events, and the id in every list of user ids.",
  })
  async eraseUser(
    @Arg("input", () => EraseUserInput, { description: "Whom." }) { app, userId }: EraseUserInput,
    @Ctx() context: Context,
  ): Promise<EraseUserPayload> {
    const { server } = context;
    const { state } = await server.apps.state(appStream(app));
    const refusals = state.slug === null ? [noSuchAppRefusal] : userIdFaults("userId", userId);
    if (refusals.length > 0) return { receipt: null, errors: await userErrors(context, refusals) };
    const environments = [...state.environments.keys()];
    const { users, events, lists } = await eraseUser(server.database, { app, environments }, userId);
    for (const environment of environments) server.storedUsers.changed({ app, environment }, [userId]);
    const erasedAt = server.now().toISOString();
    return { receipt: { erasedAt, environments: users, events, lists }, errors: [] };
  }
}
