import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import {
  AliasInput,
  AliasPayload,
  IdentifyInput,
  IdentifyPayload,
  TrackInput,
  TrackPayload,
  User,
  UserEventConnection,
  type UserEvent,
} from "./audience.graphql";
import { alias, identify, track } from "./ingest";
import { countEvents, findEvents, findUser } from "./storedUser.queries";
import { toUser } from "./toUser";
import { PRODUCTION } from "../apps/app.events";
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
    return found && toUser(place, found);
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

  @Mutation(() => AliasPayload, {
    description:
      "Lets an anonymous id become a known user, once: properties and events are joined, and whatever is told of the id later is told of the user.",
  })
  async alias(
    @Arg("input", () => AliasInput, { description: "Who became whom." }) input: AliasInput,
    @Ctx() context: Context,
  ): Promise<AliasPayload> {
    const aliasing = await alias(context, input);
    if ("refusals" in aliasing) {
      return {
        joinedEvents: null,
        droppedEvents: null,
        errors: await userErrors(context, aliasing.refusals),
      };
    }
    return { joinedEvents: aliasing.joined, droppedEvents: aliasing.dropped, errors: [] };
  }
}
