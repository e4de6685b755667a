import { Arg, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Estimate } from "./estimate.policy";
import { sampleSizes } from "./sampleSizes";
import { EstimatedSize } from "./size.graphql";
import { PRODUCTION } from "../apps/app.events";
import { rulesetOf } from "../delivery/rulesetOf.graphql";
import type { Context, Server } from "../graphql/context";
import { appOfId } from "../graphql/execute";
import { load } from "../graphql/load";
import { Segment } from "../segments/segment.graphql";

/** How many users are in a segment. */
@Resolver(() => Segment)
export class SegmentSizeResolver {
  @FieldResolver(() => EstimatedSize, {
    nullable: true,
    description:
      "How many of the users who are known are in the segment now, by a sample of them; null if it is archived.",
  })
  async estimatedSize(
    @Root() { id }: Segment,
    @Arg("environment", () => String, { defaultValue: PRODUCTION, description: "The environment's name." })
    environment: string,
    @Ctx() context: Context,
  ): Promise<EstimatedSize | null> {
    const { ruleset } = await rulesetOf(context.server, { app: appOfId(id), environment });
    if (!ruleset.source.segments.some((segment) => segment.id === id)) return null;
    return (await load(context, estimatesOf, askedOf(environment, id))) ?? null;
  }
}

const askedOf = (environment: string, id: string): string => JSON.stringify([environment, id]);

/** For `load`: all segments of one environment are looked for among the same users at once. */
async function estimatesOf(server: Server, asked: readonly string[]): Promise<ReadonlyMap<string, Estimate>> {
  const estimates = new Map<string, Estimate>();
  for (const [place, ids] of byPlace(asked)) {
    const [app, environment] = JSON.parse(place) as [string, string];
    const { ruleset, nowMs } = await rulesetOf(server, { app, environment });
    // One may have been archived since it was asked for.
    const segmentIds = ids.filter((id) => ruleset.source.segments.some((segment) => segment.id === id));
    const found = await sampleSizes(server.database, ruleset.source, { segmentIds, nowMs });
    for (const [id, estimate] of found) estimates.set(askedOf(environment, id), estimate);
  }
  return estimates;
}

function byPlace(asked: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const each of asked) {
    const [environment, id] = JSON.parse(each) as [string, string];
    const place = JSON.stringify([appOfId(id), environment]);
    places.set(place, [...(places.get(place) ?? []), id]);
  }
  return places;
}
