import { Args, Ctx, FieldResolver, Resolver, Root, type ClassType } from "type-graphql";
import { spanFault } from "./buckets.policy";
import { findReach, REACH_DAYS_MAX } from "./findReach";
import { DeliveryReach, ReachArguments } from "./reach.graphql";
import { DeliveryStatistics, StatisticsArguments } from "./statistics.graphql";
import { findStatistics } from "./statistics.queries";
import { badInput } from "./userInput.graphql";
import { appStream } from "../apps/app.events";
import { Config } from "../configs/config.graphql";
import { Flag } from "../flags/flag.graphql";
import type { Context, Server } from "../graphql/context";
import { noSuchEnvironment, notThere } from "../graphql/notThere";
import type { ReleaseType } from "../releases/release.graphql";

export const ConfigStatisticsResolver = statisticsResolver(Config);
export const FlagStatisticsResolver = statisticsResolver(Flag);

/** Declares what is told of the deliveries of a kind of release. */
function statisticsResolver(release: ClassType<ReleaseType>) {
  @Resolver(() => release)
  class StatisticsResolver {
    @FieldResolver(() => DeliveryStatistics, {
      description: "How often it was delivered: a trend, and by value, reason and version.",
    })
    async statistics(
      @Root() { id: source, row }: ReleaseType,
      @Args(() => StatisticsArguments) asked: StatisticsArguments,
      @Ctx() { server }: Context,
    ): Promise<DeliveryStatistics> {
      const { environment, from, to, bucket, segmentId = null } = asked;
      const fault = spanFault(asked, bucket);
      if (fault !== null) throw badInput(fault, ["to"]);
      const timeZone = await placeOf(server, row.app, asked);
      return findStatistics(server.database, {
        ...{ source, environment, from, to, bucket, timeZone, segmentId },
      });
    }

    @FieldResolver(() => DeliveryReach, {
      description: "How many different users it was delivered to: on each day, by key and by version.",
    })
    async reach(
      @Root() { id: source, row }: ReleaseType,
      @Args(() => ReachArguments) asked: ReachArguments,
      @Ctx() { server }: Context,
    ): Promise<DeliveryReach> {
      const fault = spanFault(asked, "DAY", REACH_DAYS_MAX);
      if (fault !== null) throw badInput(fault, ["to"]);
      const timeZone = await placeOf(server, row.app, asked);
      return findReach(server.database, { ...asked, source, timeZone });
    }
  }
  return StatisticsResolver;
}

/** The time zone there. @throws NOT_FOUND if the app has no such environment or segment. */
async function placeOf(
  server: Server,
  app: string,
  { environment, segmentId }: Pick<StatisticsArguments, "environment"> & { segmentId?: string | null },
): Promise<string> {
  const { state } = await server.apps.state(appStream(app));
  if (!state.environments.has(environment)) throw noSuchEnvironment(app, environment, "environment");
  if (typeof segmentId === "string" && !state.segments.has(segmentId)) {
    throw notThere(`There is no segment "${segmentId}" in the app; check its id.`, ["segmentId"]);
  }
  return state.settings.timeZone;
}
