import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { Config, ConfigRule, ConfigVersion, configKeys, toConfig } from "./config.graphql";
import type { ConfigContent } from "./config.events";
import { CONFIG_CONTENT_DIFF } from "./configDiff";
import { App } from "../apps/app.graphql";
import { connectionType, type Connection } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { nodeOf } from "../graphql/nodeOf";
import { Key } from "../keys/key.graphql";
import { makeId } from "../lib/ids";
import { invariant } from "../lib/invariant";
import { publicationsResolver } from "../releases/publications.resolver";
import { loadContent, loadRelease } from "../releases/release.loaders";
import { releaseList } from "../releases/releaseList";
import { ReleaseListArguments } from "../releases/releaseList.graphql";
import { versionsResolver } from "../releases/versions.resolver";
import { Segment } from "../segments/segment.graphql";

const ConfigConnection = connectionType(Config, "Config");

export const ConfigVersionsResolver = versionsResolver({
  release: Config,
  version: ConfigVersion,
});
export const ConfigPublicationsResolver = publicationsResolver({
  release: Config,
  content: CONFIG_CONTENT_DIFF,
});

@Resolver(() => Config)
export class ConfigResolver {
  @Query(() => Config, { nullable: true, description: "The config with this id; null if there is none." })
  async config(
    @Arg("id", () => ID, { description: "As its `id` field gave it." }) id: string,
    @Ctx() context: Context,
  ): Promise<Config | null> {
    const row = await loadRelease(context, "Config", id);
    return row && toConfig(row);
  }

  @FieldResolver(() => [Key], { description: "The keys of its latest version; at most 100." })
  keys(@Root() { row }: Config, @Ctx() context: Context): Promise<readonly Key[]> {
    return loadKeys(context, row.app, configKeys(row));
  }
}

@Resolver(() => ConfigVersion)
export class ConfigVersionResolver {
  @FieldResolver(() => [Key], { description: "The keys that its rules may set; at most 100." })
  async keys(@Root() version: ConfigVersion, @Ctx() context: Context): Promise<readonly Key[]> {
    return loadKeys(context, version.app, (await contentOf(context, version)).keys);
  }

  @FieldResolver(() => [ConfigRule], {
    description: "In order of priority, the highest first; at most 100.",
  })
  async rules(@Root() version: ConfigVersion, @Ctx() context: Context): Promise<readonly ConfigRule[]> {
    return (await contentOf(context, version)).rules;
  }
}

@Resolver(() => ConfigRule)
export class ConfigRuleResolver {
  @FieldResolver(() => Segment, { nullable: true, description: "Whom the rule is for; null: everyone." })
  segment(@Root() { segmentId }: ConfigRule, @Ctx() context: Context): Promise<Segment | null> {
    return nodeOf<Segment>(context, "Segment", segmentId);
  }
}

@Resolver(() => App)
export class AppConfigsResolver {
  @FieldResolver(() => ConfigConnection, {
    description: "The app's configs; by name, if no other order is asked for.",
  })
  configs(
    @Root() { slug }: App,
    @Args(() => ReleaseListArguments) given: ReleaseListArguments,
    @Ctx() { server }: Context,
  ): Promise<Connection<Config>> {
    return releaseList(server, { app: slug, kind: "Config" }, given, toConfig);
  }
}

/** The content of a config's version, which was saved as one. */
async function contentOf(
  context: Context,
  { releaseId, number: version }: ConfigVersion,
): Promise<ConfigContent> {
  return (await loadContent(context, { releaseId, version })) as ConfigContent;
}

async function loadKeys(context: Context, app: string, names: readonly string[]): Promise<readonly Key[]> {
  const found = await Promise.all(names.map((name) => nodeOf<Key>(context, "Key", makeId("key", app, name))));
  const keys = found.filter((key) => key !== null);
  invariant(keys.length === names.length, `a version of app "${app}" names only keys that there are`);
  return keys;
}
