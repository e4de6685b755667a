import { Arg, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from "type-graphql";
import type { Estimate } from "./estimate.policy";
import { sampleSizes } from "./sampleSizes";
import type { MeasureInput } from "./measureSegment";
import { MEMBERS_SHOWN_MAX, sampleMembers } from "./sampleMembers";
import { EstimatedSize, MeasureSegmentInput, MeasureSegmentPayload, SampledMember } from "./size.graphql";
import { appStream, PRODUCTION } from "../apps/app.events";
import { missingPlace, rulesetOf } from "../delivery/rulesetOf.graphql";
import { badInput } from "../delivery/userInput.graphql";
import type { Context, Server } from "../graphql/context";
import { appOfId, userErrors } from "../graphql/execute";
import { load } from "../graphql/load";
import { startJob } from "../jobs/startJob";
import type { Refusal } from "../lib/refusal";
import { Segment } from "../segments/segment.graphql";

const MEMBERS_SHOWN_DEFAULT = 10;

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

  @FieldResolver(() => [SampledMember], {
    nullable: true,
    description:
      "Some of the users who are in the segment now, found among a sample of all; null if it is archived.",
  })
  async sampleMembers(
    @Root() { id }: Segment,
    @Arg("environment", () => String, { defaultValue: PRODUCTION, description: "The environment's name." })
    environment: string,
    @Arg("first", () => Int, {
      defaultValue: MEMBERS_SHOWN_DEFAULT,
      description: `How many at the most: 1 to ${MEMBERS_SHOWN_MAX}.`,
    })
    first: number,
    @Ctx() { server }: Context,
  ): Promise<readonly SampledMember[] | null> {
    if (first < 1 || first > MEMBERS_SHOWN_MAX) {
      throw badInput(`"first" must be from 1 to ${MEMBERS_SHOWN_MAX}.`, ["first"]);
    }
    const { ruleset, nowMs } = await rulesetOf(server, { app: appOfId(id), environment });
    if (!ruleset.source.segments.some((segment) => segment.id === id)) return null;
    return sampleMembers(server.database, ruleset, { segmentId: id, nowMs, first });
  }

  @Mutation(() => MeasureSegmentPayload, {
    description: "Counts the users who are in a segment, one by one, in the background.",
  })
  async measureSegment(
    @Arg("input", () => MeasureSegmentInput, { description: "Which segment, and where." })
    { segmentId, environment }: MeasureSegmentInput,
    @Ctx() context: Context,
  ): Promise<MeasureSegmentPayload> {
    const { server } = context;
    const app = appOfId(segmentId);
    const refusal = await measureFault(server, { app, environment, segmentId });
    if (refusal) return { job: null, errors: await userErrors(context, [refusal]) };
    const input: MeasureInput = { segmentId };
    const { job, refusals } = await startJob(context, { app, environment, kind: "MEASURE_SEGMENT", input });
    return { job, errors: await userErrors(context, refusals) };
  }
}

/** Why a segment cannot be measured there; null if it can. */
async function measureFault(
  server: Server,
  { segmentId, ...place }: Readonly<{ app: string; environment: string; segmentId: string }>,
): Promise<Refusal | null> {
  const { state } = await server.apps.state(appStream(place.app));
  const segment = state.segments.get(segmentId);
  const path = ["segmentId"];
  if (!segment) {
    return { code: "NOT_FOUND", message: `There is no segment "${segmentId}"; check its id.`, path };
  }
  if (segment.isArchived)
    return { code: "ARCHIVED", message: "The segment is archived; restore it first.", path };
  const missing = await missingPlace(server, place);
  return missing && { code: "NOT_FOUND", message: missing.message, path: ["environment"] };
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
