import { GraphQLError } from "graphql";
import { Arg, Args, Ctx, FieldResolver, Int, Resolver, Root, type ClassType } from "type-graphql";
import {
  Publication,
  ScheduledPublication,
  toPublication,
  toScheduledPublication,
} from "./publication.graphql";
import { ReleaseType, VersionDiff } from "./release.graphql";
import { loadContent, loadHistoryPage, publicationPages, scheduledPublicationPages } from "./release.loaders";
import type { ReleaseRow } from "./release.tables";
import { connectionOf, connectionType, PageArguments, type Connection } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { diff } from "../lib/diff";
import type { MembersRule } from "../lib/diffRule";

const PublicationConnection = connectionType(Publication, "Publication");
const ScheduledPublicationConnection = connectionType(ScheduledPublication, "ScheduledPublication");

export type PublicationsOptions = Readonly<{
  release: ClassType<ReleaseType>;
  /** How the contents of two versions are compared. */
  content: MembersRule;
}>;

/** Declares what a kind of release shows of what was published, and of what is different between versions. */
export function publicationsResolver(options: PublicationsOptions) {
  @Resolver(() => options.release)
  class PublicationsResolver {
    @FieldResolver(() => PublicationConnection, {
      description: "Everything that was published and unpublished, the newest first.",
    })
    async publications(
      @Root() { row }: ReleaseType,
      @Args(() => PageArguments) page: PageArguments,
      @Ctx() context: Context,
    ): Promise<Connection<Publication>> {
      const found = await loadHistoryPage(context, publicationPages, row, page);
      return connectionOf(found, toPublication, ({ revision }) => [revision]);
    }

    @FieldResolver(() => ScheduledPublicationConnection, {
      description: "Everything that is and was scheduled, the newest first.",
    })
    async scheduledPublications(
      @Root() { row }: ReleaseType,
      @Args(() => PageArguments) page: PageArguments,
      @Ctx() context: Context,
    ): Promise<Connection<ScheduledPublication>> {
      const found = await loadHistoryPage(context, scheduledPublicationPages, row, page);
      return connectionOf(found, toScheduledPublication, ({ revision }) => [revision]);
    }

    @FieldResolver(() => VersionDiff, { description: "What is different between two versions." })
    async diff(
      @Root() { row }: ReleaseType,
      @Arg("from", () => Int, { description: "The version before." }) from: number,
      @Arg("to", () => Int, { description: "The version after." }) to: number,
      @Ctx() context: Context,
    ): Promise<VersionDiff> {
      if (!hasVersion(row, from)) throw noSuchVersion(row, from, "from");
      if (!hasVersion(row, to)) throw noSuchVersion(row, to, "to");
      const [before, after] = await Promise.all([
        loadContent(context, { releaseId: row.id, version: from }),
        loadContent(context, { releaseId: row.id, version: to }),
      ]);
      return { from, to, changes: diff(before, after, options.content) };
    }
  }
  return PublicationsResolver;
}

function hasVersion({ latest_version }: ReleaseRow, version: number): boolean {
  return version >= 1 && version <= latest_version;
}

function noSuchVersion(
  { name, latest_version }: ReleaseRow,
  version: number,
  argument: string,
): GraphQLError {
  const message = `"${name}" has the versions 1 to ${latest_version}, and no version ${version}.`;
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT", path: [argument] } });
}
