import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { DisabledFlag, Flag, FlagRule, FlagVersion, flagKey, toFlag } from "./flag.graphql";
import type { FlagContent } from "./flag.events";
import { findFlagSwitches } from "./flag.queries";
import type { Disabled } from "./flag.tables";
import { FLAG_CONTENT_DIFF } from "./flagDiff";
import { FlagListArguments } from "./flagList.graphql";
import { howFlagsAre } from "./flagList.queries";
import { PRODUCTION } from "../apps/app.events";
import { App, environmentOf } from "../apps/app.graphql";
import { connectionType, type Connection } from "../graphql/connection";
import type { Context, Server } from "../graphql/context";
import { load } from "../graphql/load";
import { nodeOf } from "../graphql/nodeOf";
import { Key } from "../keys/key.graphql";
import { makeId } from "../lib/ids";
import { invariant } from "../lib/invariant";
import { publicationsResolver } from "../releases/publications.resolver";
import { loadContent, loadRelease } from "../releases/release.loaders";
import { releaseList } from "../releases/releaseList";
import { versionsResolver } from "../releases/versions.resolver";
import { Segment } from "../segments/segment.graphql";

const FlagConnection = connectionType(Flag, "Flag");

export const FlagVersionsResolver = versionsResolver({
  release: Flag,
  version: FlagVersion,
});
export const FlagPublicationsResolver = publicationsResolver({ release: Flag, content: FLAG_CONTENT_DIFF });

@Resolver(() => Flag)
export class FlagResolver {
  @Query(() => Flag, { nullable: true, description: "The flag with this id; null if there is none." })
  async flag(
    @Arg("id", () => ID, { description: "As its `id` field gave it." }) id: string,
    @Ctx() context: Context,
  ): Promise<Flag | null> {
    const row = await loadRelease(context, "Flag", id);
    return row && toFlag(row);
  }

  @FieldResolver(() => Key, { description: "The key of its latest version." })
  key(@Root() { row }: Flag, @Ctx() context: Context): Promise<Key> {
    return loadKey(context, row.app, flagKey(row));
  }

  @FieldResolver(() => Boolean, {
    description:
      "False while the kill switch is on: then its key has the default value there, whatever is published.",
  })
  async isEnabled(
    @Root() { id }: Flag,
    @Arg("environment", () => String, { defaultValue: PRODUCTION, description: "Where." })
    environment: string,
    @Ctx() context: Context,
  ): Promise<boolean> {
    return !Object.hasOwn((await load(context, disabledById, id)) ?? {}, environment);
  }

  @FieldResolver(() => [DisabledFlag], {
    description: "Where it is disabled now, by the environment's name.",
  })
  async disabledIn(@Root() { id, row }: Flag, @Ctx() context: Context): Promise<readonly DisabledFlag[]> {
    const disabledIn = Object.entries((await load(context, disabledById, id)) ?? {});
    return disabledIn
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([environment, { disabledAt, disabledBy, note }]) => ({
        environment: environmentOf(row.app, environment),
        disabledAt,
        disabledBy: { id: disabledBy },
        note,
      }));
  }
}

@Resolver(() => FlagVersion)
export class FlagVersionResolver {
  @FieldResolver(() => Key, { description: "The key that its rules set." })
  async key(@Root() version: FlagVersion, @Ctx() context: Context): Promise<Key> {
    return loadKey(context, version.app, (await contentOf(context, version)).key);
  }

  @FieldResolver(() => [FlagRule], {
    description: "In order of priority, the highest first; at most 100.",
  })
  async rules(@Root() version: FlagVersion, @Ctx() context: Context): Promise<readonly FlagRule[]> {
    return (await contentOf(context, version)).rules;
  }
}

@Resolver(() => FlagRule)
export class FlagRuleResolver {
  @FieldResolver(() => Segment, { nullable: true, description: "Whom the rule is for; null: everyone." })
  segment(@Root() { segmentId }: FlagRule, @Ctx() context: Context): Promise<Segment | null> {
    return nodeOf<Segment>(context, "Segment", segmentId);
  }
}

@Resolver(() => App)
export class AppFlagsResolver {
  @FieldResolver(() => FlagConnection, {
    description: "The app's flags; by name, if no other order is asked for.",
  })
  flags(
    @Root() { slug }: App,
    @Args(() => FlagListArguments) given: FlagListArguments,
    @Ctx() { server }: Context,
  ): Promise<Connection<Flag>> {
    return releaseList(server, { app: slug, kind: "Flag" }, given, toFlag, [howFlagsAre(given.filter)]);
  }
}

/** The content of a flag's version, which was saved as one. */
async function contentOf(
  context: Context,
  { releaseId, number: version }: FlagVersion,
): Promise<FlagContent> {
  return (await loadContent(context, { releaseId, version })) as FlagContent;
}

async function loadKey(context: Context, app: string, name: string): Promise<Key> {
  const key = await nodeOf<Key>(context, "Key", makeId("key", app, name));
  invariant(key, `a version names key "${name}", so there is one`);
  return key;
}

/** For `load`: where flags are disabled. */
async function disabledById(
  { database }: Server,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, Disabled>>>> {
  const rows = await findFlagSwitches(database, ids);
  return new Map(rows.map(({ flag_id, disabled_in }) => [flag_id, disabled_in]));
}
