import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { Config, ConfigRule, ConfigVersion, configKeys, toConfig, toConfigVersion } from "./config.graphql";
import { CONFIG_CONTENT_DIFF } from "./configDiff";
import { App } from "../apps/app.graphql";
import { connectionType, type Connection } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { nodeOf } from "../graphql/nodeOf";
import { Key } from "../keys/key.graphql";
import { makeId } from "../lib/ids";
import { invariant } from "../lib/invariant";
import { publicationsResolver } from "../releases/publications.resolver";
import { loadRelease } from "../releases/release.loaders";
import { releaseList } from "../releases/releaseList";
import { ReleaseListArguments } from "../releases/releaseList.graphql";
import { versionsResolver } from "../releases/versions.resolver";
import { Segment } from "../segments/segment.graphql";

const ConfigConnection = connectionType(Config, "Config");

export const ConfigVersionsResolver = versionsResolver({
  release: Config,
  version: ConfigVersion,
  toVersion: toConfigVersion,
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
  keys(@Root() { app, keyNames }: ConfigVersion, @Ctx() context: Context): Promise<readonly Key[]> {
    return loadKeys(context, app, keyNames);
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
    return releaseList(server.database, { app: slug, kind: "Config" }, given, toConfig);
  }
}

function loadKeys(context: Context, app: string, names: readonly string[]): Promise<readonly Key[]> {
  return Promise.all(
    names.map(async (name) => {
      const key = await nodeOf<Key>(context, "Key", makeId("key", app, name));
      invariant(key, `a version names key "${name}", so there is one`);
      return key;
    }),
  );
}
