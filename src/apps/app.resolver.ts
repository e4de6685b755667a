import { randomUUID } from "node:crypto";
import { Arg, Args, Authorized, Ctx, Field, FieldResolver, InputType } from "type-graphql";
import { Mutation, ObjectType, Query, Resolver, Root } from "type-graphql";
import { App, Environment, environmentOf } from "./app.graphql";
import { toApp } from "./app.nodes";
import type { AppRow } from "./app.projection";
import { findApps, findEnvironmentsOf, listApps } from "./app.queries";
import { createApp } from "./createApp";
import { userErrors } from "../graphql/execute";
import { PageArguments, connectionOf, connectionType, pageRequest } from "../graphql/connection";
import type { Connection } from "../graphql/connection";
import type { Context, Server } from "../graphql/context";
import { load } from "../graphql/load";
import { CommandInput } from "../graphql/command.graphql";
import { UserError } from "../graphql/userError";

const AppConnection = connectionType(App, "App");

@InputType({ description: "A new app." })
export class CreateAppInput extends CommandInput {
  @Field(() => String, {
    description:
      "What everything else names the app by: 2 to 40 of a–z, 0–9 and single dashes, starting with a letter. Never changes.",
  })
  slug!: string;

  @Field(() => String, { description: "What people call it: 1 to 120 characters." })
  name!: string;
}

@ObjectType({ description: "What came of creating an app." })
export class CreateAppPayload {
  @Field(() => App, { nullable: true, description: "The new app; null if it was refused." })
  app!: App | null;

  @Field(() => [UserError], { description: "Every reason to refuse; empty on success." })
  errors!: readonly UserError[];
}

@Resolver(() => App)
export class AppResolver {
  @Authorized("READ")
  @Query(() => App, { nullable: true, description: "The app with this slug; null if there is none." })
  async app(
    @Arg("slug", () => String, { description: "As chosen at creation." }) slug: string,
    @Ctx() context: Context,
  ): Promise<App | null> {
    return loadApp(context, slug);
  }

  @Authorized("READ")
  @Query(() => AppConnection, { description: "All apps, by slug." })
  async apps(
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() { server }: Context,
  ): Promise<Connection<App>> {
    return connectionOf(await listApps(server.database, pageRequest(page, ["text"])), toApp, ({ app }) => [
      app,
    ]);
  }

  @Authorized("ADMINISTER")
  @Mutation(() => CreateAppPayload, {
    description: "Creates an app with its first environment, `production`.",
  })
  async createApp(
    @Arg("input", () => CreateAppInput, { description: "The app to create." }) input: CreateAppInput,
    @Ctx() context: Context,
  ): Promise<CreateAppPayload> {
    const { server, actor } = context;
    const { slug, name, commandId } = input;
    const envelope = { commandId: commandId ?? randomUUID(), actor: actor.id, rights: actor.rights };
    const outcome = await createApp(server, { slug, name }, envelope);
    if (outcome.outcome === "refused") {
      return { app: null, errors: await userErrors(context, outcome.reasons) };
    }
    await Promise.all([
      server.projected(outcome.position),
      server.rulesets.refreshed(slug, outcome.revision),
    ]);
    return { app: await loadApp(context, slug), errors: [] };
  }

  @FieldResolver(() => [Environment], { description: "Its environments, in order of creation; at most 20." })
  async environments(@Root() { slug }: App, @Ctx() context: Context): Promise<readonly Environment[]> {
    return (await load(context, environmentsBySlug, slug)) ?? [];
  }
}

async function loadApp(context: Context, slug: string): Promise<App | null> {
  const row = await load(context, appsBySlug, slug);
  return row ? toApp(row) : null;
}

async function appsBySlug(
  { database }: Server,
  slugs: readonly string[],
): Promise<ReadonlyMap<string, AppRow>> {
  return new Map((await findApps(database, slugs)).map((row) => [row.app, row]));
}

async function environmentsBySlug(
  { database }: Server,
  slugs: readonly string[],
): Promise<ReadonlyMap<string, Environment[]>> {
  const bySlug = new Map<string, Environment[]>(slugs.map((slug) => [slug, []]));
  for (const { app, name } of await findEnvironmentsOf(database, slugs)) {
    bySlug.get(app)?.push(environmentOf(app, name));
  }
  return bySlug;
}
