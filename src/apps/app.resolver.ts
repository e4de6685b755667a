import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import { App, Environment, environmentOf } from "./app.graphql";
import {
  ArchiveAppInput,
  CreateAppInput,
  EditAppInput,
  RestoreAppInput,
  UpdateAppSettingsInput,
} from "./app.inputs.graphql";
import { environmentsBySlug } from "./app.loaders";
import { toApp } from "./app.nodes";
import {
  ArchiveAppPayload,
  CreateAppPayload,
  EditAppPayload,
  RestoreAppPayload,
  UpdateAppSettingsPayload,
} from "./app.payloads.graphql";
import { listApps } from "./app.queries";
import type { AppOwnCommand } from "./appOwn.decider";
import { createApp } from "./createApp";
import { createdApp, loadApp } from "./createdApp";
import { appsWith } from "../access/roles.policy";
import { ArchivedFilter, isArchivedIn } from "../graphql/archivedFilter";
import { PageArguments, connectionOf, connectionType, pageRequest } from "../graphql/connection";
import type { Connection } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { envelopeOf, execute, userErrors, type CommandOptions } from "../graphql/execute";
import { load } from "../graphql/load";

const AppConnection = connectionType(App, "App");
const INPUT = { description: "What to do, and with what." };

@Resolver(() => App)
export class AppResolver {
  @Query(() => App, { nullable: true, description: "The app with this slug; null if there is none." })
  async app(
    @Arg("slug", () => String, { description: "As chosen at creation." }) slug: string,
    @Ctx() context: Context,
  ): Promise<App | null> {
    return loadApp(context, slug);
  }

  @Query(() => AppConnection, { description: "All apps that you may see, by slug." })
  async apps(
    @Args(() => PageArguments) page: PageArguments,
    @Arg("archived", () => ArchivedFilter, { defaultValue: "EXCLUDE", description: "Which ones." })
    archived: ArchivedFilter,
    @Ctx() { server, actor }: Context,
  ): Promise<Connection<App>> {
    const seen = appsWith(actor, "READ");
    const found = await listApps(server.database, seen, archived, pageRequest(page, ["text"]));
    return connectionOf(found, toApp, ({ app }) => [app]);
  }

  @Mutation(() => CreateAppPayload, {
    description: "Creates an app with its first environment, `production`.",
  })
  async createApp(
    @Arg("input", () => CreateAppInput, { description: "The app to create." }) input: CreateAppInput,
    @Ctx() context: Context,
  ): Promise<CreateAppPayload> {
    const { server } = context;
    const { slug, name, note, commandId } = input;
    const data = { slug, name, note: note ?? undefined };
    const outcome = await createApp(server, data, envelopeOf(context, null, { commandId }));
    if (outcome.outcome === "refused") {
      return { app: null, errors: await userErrors(context, outcome.reasons) };
    }
    return { app: await createdApp(context, slug, outcome), errors: [] };
  }

  @Mutation(() => EditAppPayload, { description: "Renames an app." })
  editApp(
    @Arg("input", () => EditAppInput, INPUT) { app, name, note, ...options }: EditAppInput,
    @Ctx() context: Context,
  ): Promise<EditAppPayload> {
    const data = { name: name ?? undefined, note: note ?? undefined };
    return change(context, app, { type: "EditApp", data }, options);
  }

  @Mutation(() => UpdateAppSettingsPayload, { description: "Changes an app's settings." })
  updateAppSettings(
    @Arg("input", () => UpdateAppSettingsInput, INPUT) input: UpdateAppSettingsInput,
    @Ctx() context: Context,
  ): Promise<UpdateAppSettingsPayload> {
    const { app, mutuallyExclusiveExperiments, timeZone, retentionDays, note } = input;
    const data = {
      mutuallyExclusiveExperiments: mutuallyExclusiveExperiments ?? undefined,
      timeZone: timeZone ?? undefined,
      retentionDays: retentionDays ?? undefined,
      note: note ?? undefined,
    };
    return change(context, app, { type: "UpdateAppSettings", data }, input);
  }

  @Mutation(() => ArchiveAppPayload, {
    description:
      "Puts an app away: it answers nobody and cannot be changed. Refused with IN_USE while something is published, previewed or scheduled in it.",
  })
  archiveApp(
    @Arg("input", () => ArchiveAppInput, INPUT) { app, note, ...options }: ArchiveAppInput,
    @Ctx() context: Context,
  ): Promise<ArchiveAppPayload> {
    return change(context, app, { type: "ArchiveApp", data: { note: note ?? undefined } }, options);
  }

  @Mutation(() => RestoreAppPayload, {
    description: "Takes an archived app back. Repeating it is harmless.",
  })
  restoreApp(
    @Arg("input", () => RestoreAppInput, INPUT) { app, note, ...options }: RestoreAppInput,
    @Ctx() context: Context,
  ): Promise<RestoreAppPayload> {
    return change(context, app, { type: "RestoreApp", data: { note: note ?? undefined } }, options);
  }

  @FieldResolver(() => [Environment], {
    description: "Its environments, in order of creation; at most 20 that are not archived.",
  })
  async environments(
    @Root() { slug }: App,
    @Arg("archived", () => ArchivedFilter, { defaultValue: "EXCLUDE", description: "Which ones." })
    archived: ArchivedFilter,
    @Ctx() context: Context,
  ): Promise<readonly Environment[]> {
    const all = (await load(context, environmentsBySlug, slug)) ?? [];
    const shown = isArchivedIn(archived);
    return all.filter((row) => shown.includes(row.is_archived)).map(({ name }) => environmentOf(slug, name));
  }
}

async function change(
  context: Context,
  app: string,
  command: AppOwnCommand,
  options: CommandOptions,
): Promise<EditAppPayload> {
  const executed = await execute(context, app, command, options);
  if (!executed.isDone) return { app: null, errors: executed.errors };
  return { app: await loadApp(context, app), errors: [] };
}
