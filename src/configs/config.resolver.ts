import { GraphQLError } from "graphql";
import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import { Config, ConfigDiff, ConfigVersion, toConfig } from "./config.graphql";
import { diffConfigs } from "./configDiff";
import { configsById, publicationPages, scheduledPublicationPages, versionPages } from "./config.loaders";
import { listConfigs } from "./config.queries";
import { loadKeys, loadVersion, toVersion } from "./configVersion.resolver";
import { App } from "../apps/app.graphql";
import { PRODUCTION } from "../apps/app.events";
import { ArchivedFilter } from "../graphql/archivedFilter";
import { connectionOf, connectionType, pageRequest, PageArguments } from "../graphql/connection";
import type { Connection, Page } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { load, type Batch } from "../graphql/load";
import { invariant } from "../lib/invariant";
import { Key } from "../keys/key.graphql";
import { historyPageName } from "../releases/historyPage";
import {
  Publication,
  ScheduledPublication,
  toPublication,
  toScheduledPublication,
} from "../releases/publication.graphql";

const ConfigConnection = connectionType(Config, "Config");
const ConfigVersionConnection = connectionType(ConfigVersion, "ConfigVersion");
const PublicationConnection = connectionType(Publication, "Publication");
const ScheduledPublicationConnection = connectionType(ScheduledPublication, "ScheduledPublication");

@Resolver(() => Config)
export class ConfigResolver {
  @Authorized("READ")
  @Query(() => Config, { nullable: true, description: "The config with this id; null if there is none." })
  async config(
    @Arg("id", () => ID, { description: "As its `id` field gave it." }) id: string,
    @Ctx() context: Context,
  ): Promise<Config | null> {
    const row = await load(context, configsById, id);
    return row ? toConfig(row) : null;
  }

  @FieldResolver(() => [Key], { description: "The keys of its latest version; at most 100." })
  keys(@Root() { row }: Config, @Ctx() context: Context): Promise<readonly Key[]> {
    return loadKeys(context, row.app, row.content.keys);
  }

  @FieldResolver(() => ConfigVersion, { description: "The version that was saved last." })
  async latestVersion(@Root() config: Config, @Ctx() context: Context): Promise<ConfigVersion> {
    const version = await loadVersion(context, config, config.row.latest_version);
    invariant(version, `"${config.id}" has its latest version`);
    return version;
  }

  @FieldResolver(() => ConfigVersion, {
    nullable: true,
    description: "The version with this number; null if there is none.",
  })
  version(
    @Root() config: Config,
    @Arg("number", () => Int, { description: "Its number." }) number: number,
    @Ctx() context: Context,
  ): Promise<ConfigVersion | null> {
    return loadVersion(context, config, number);
  }

  @FieldResolver(() => ConfigVersion, {
    nullable: true,
    description: "The version that users get values from; null if none is published there.",
  })
  async activeVersion(
    @Root() config: Config,
    @Arg("environment", () => String, { defaultValue: PRODUCTION, description: "Where." })
    environment: string,
    @Ctx() context: Context,
  ): Promise<ConfigVersion | null> {
    const { active } = config.row;
    const version = Object.hasOwn(active, environment) ? active[environment]?.version : undefined;
    return version === undefined ? null : loadVersion(context, config, version);
  }

  @FieldResolver(() => ConfigVersionConnection, { description: "All versions, the newest first." })
  async versions(
    @Root() config: Config,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() context: Context,
  ): Promise<Connection<ConfigVersion>> {
    const found = await loadPage(context, versionPages, config, page);
    return connectionOf(
      found,
      (row) => toVersion(row, config.row),
      ({ version }) => [version],
    );
  }

  @FieldResolver(() => PublicationConnection, {
    description: "Everything that was published and unpublished, the newest first.",
  })
  async publications(
    @Root() config: Config,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() context: Context,
  ): Promise<Connection<Publication>> {
    const found = await loadPage(context, publicationPages, config, page);
    return connectionOf(found, toPublication, ({ revision }) => [revision]);
  }

  @FieldResolver(() => ScheduledPublicationConnection, {
    description: "Everything that is and was scheduled, the newest first.",
  })
  async scheduledPublications(
    @Root() config: Config,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() context: Context,
  ): Promise<Connection<ScheduledPublication>> {
    const found = await loadPage(context, scheduledPublicationPages, config, page);
    return connectionOf(found, toScheduledPublication, ({ revision }) => [revision]);
  }

  @FieldResolver(() => ConfigDiff, { description: "What is different between two versions." })
  async diff(
    @Root() config: Config,
    @Arg("from", () => Int, { description: "The version before." }) from: number,
    @Arg("to", () => Int, { description: "The version after." }) to: number,
    @Ctx() context: Context,
  ): Promise<ConfigDiff> {
    const [before, after] = await Promise.all([
      loadVersion(context, config, from),
      loadVersion(context, config, to),
    ]);
    if (!before) throw noSuchVersion(config, from, "from");
    if (!after) throw noSuchVersion(config, to, "to");
    return { from, to, changes: diffConfigs(before.content, after.content) };
  }
}

@Resolver(() => App)
export class AppConfigsResolver {
  @FieldResolver(() => ConfigConnection, { description: "The app's configs, by name." })
  async configs(
    @Root() { slug }: App,
    @Args(() => PageArguments) page: PageArguments,
    @Arg("archived", () => ArchivedFilter, { defaultValue: "EXCLUDE", description: "Which ones." })
    archived: ArchivedFilter,
    @Ctx() { server }: Context,
  ): Promise<Connection<Config>> {
    const found = await listConfigs(server.database, slug, archived, pageRequest(page, ["text", "text"]));
    return connectionOf(found, toConfig, ({ name, id }) => [name, id]);
  }
}

@Resolver(() => ScheduledPublication)
export class ScheduledPublicationResolver {
  @FieldResolver(() => Config, { description: "The config that is published." })
  async config(@Root() { releaseId }: ScheduledPublication, @Ctx() context: Context): Promise<Config> {
    const row = await load(context, configsById, releaseId);
    invariant(row, `"${releaseId}" is a config`);
    return toConfig(row);
  }
}

async function loadPage<Row>(
  context: Context,
  batch: Batch<string, Page<Row>>,
  { id }: Config,
  page: PageArguments,
): Promise<Page<Row>> {
  const found = await load(context, batch, historyPageName(id, pageRequest(page, ["integer"])));
  invariant(found, "every page that is asked for is answered");
  return found;
}

function noSuchVersion({ name, row }: Config, version: number, argument: string): GraphQLError {
  const message = `"${name}" has the versions 1 to ${row.latest_version}, and no version ${version}.`;
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT", path: [argument] } });
}
