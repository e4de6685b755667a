import { Arg, Args, Ctx, FieldResolver, Int, Resolver, Root, type ClassType } from "type-graphql";
import { ReleaseType, versionFields, VersionType } from "./release.graphql";
import { loadHistoryPage, loadVersion, versionPages } from "./release.loaders";
import type { ReleaseRow, VersionHeadRow } from "./release.tables";
import { PRODUCTION } from "../apps/app.events";
import { connectionOf, connectionType, PageArguments, type Connection } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { invariant } from "../lib/invariant";

export type VersionsOptions = Readonly<{
  release: ClassType<ReleaseType>;
  version: ClassType<VersionType>;
}>;

/** Declares what a kind of release shows of its versions. */
export function versionsResolver(options: VersionsOptions) {
  const { version: Version } = options;
  const VersionConnection = connectionType(Version, Version.name);
  const find = async (context: Context, { row }: ReleaseType, number: number) => {
    const found = await loadVersion(context, row, number);
    return found && versionFields(found, row);
  };

  @Resolver(() => options.release)
  class VersionsResolver {
    @FieldResolver(() => Version, { description: "The version that was saved last." })
    async latestVersion(@Root() release: ReleaseType, @Ctx() context: Context): Promise<VersionType> {
      const version = await find(context, release, release.row.latest_version);
      invariant(version, `"${release.id}" has its latest version`);
      return version;
    }

    @FieldResolver(() => Version, {
      nullable: true,
      description: "The version with this number; null if there is none.",
    })
    version(
      @Root() release: ReleaseType,
      @Arg("number", () => Int, { description: "Its number." }) number: number,
      @Ctx() context: Context,
    ): Promise<VersionType | null> {
      return find(context, release, number);
    }

    @FieldResolver(() => Version, {
      nullable: true,
      description: "The version that users get values from; null if none is published there.",
    })
    async activeVersion(
      @Root() release: ReleaseType,
      @Arg("environment", () => String, WHERE) environment: string,
      @Ctx() context: Context,
    ): Promise<VersionType | null> {
      return find(context, release, activeNumber(release.row, environment));
    }

    @FieldResolver(() => VersionConnection, { description: "All versions, the newest first." })
    async versions(
      @Root() { row }: ReleaseType,
      @Args(() => PageArguments) page: PageArguments,
      @Ctx() context: Context,
    ): Promise<Connection<VersionType>> {
      const found = await loadHistoryPage(context, versionPages, row, page);
      const toNode = (each: VersionHeadRow) => versionFields(each, row);
      return connectionOf(found, toNode, ({ version }) => [version]);
    }
  }
  return VersionsResolver;
}

const WHERE = { defaultValue: PRODUCTION, description: "Where." };
/** No version has it: they count from 1. */
const NONE = 0;

function activeNumber({ active }: ReleaseRow, environment: string): number {
  // An environment may be asked for by any name.
  return Object.hasOwn(active, environment) ? (active[environment]?.version ?? NONE) : NONE;
}
