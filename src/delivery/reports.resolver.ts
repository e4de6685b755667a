import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { saveDelivered } from "./deliveries.queries";
import { outcomeId } from "./outcomeId";
import { merged, REPORTED_OUTCOMES_PER_HOUR_MAX } from "./outcomeBound";
import { checkReport } from "./checkReport";
import { ReportDeliveriesInput, ReportDeliveriesPayload } from "./reports.graphql";
import { missingPlace, rulesetOf } from "./rulesetOf.graphql";
import { isClient } from "../access/roles.policy";
import { appStream } from "../apps/app.events";
import type { Context } from "../graphql/context";
import { userErrors } from "../graphql/execute";
import type { Refusal } from "../lib/refusal";

@Resolver()
export class ReportsResolver {
  @Mutation(() => ReportDeliveriesPayload, {
    description:
      "Counts what users were given by who evaluates by himself. All of the batch, or nothing of it; once however often it is sent.",
  })
  async reportDeliveries(
    @Arg("input", () => ReportDeliveriesInput, { description: "What was given, and where." })
    { batchId, userId = null, deliveries, ...place }: ReportDeliveriesInput,
    @Ctx() context: Context,
  ): Promise<ReportDeliveriesPayload> {
    const { server, actor } = context;
    const missing = await missingPlace(server, place);
    if (missing) {
      const path = missing.extensions["path"] as readonly string[];
      return refused(context, [{ code: "NOT_FOUND", message: missing.message, path }]);
    }
    const { ruleset, nowMs } = await rulesetOf(server, place);
    const { state } = await server.apps.state(appStream(place.app));
    const rows = deliveries.map(({ value = null, sourceId, version, segmentId, ...row }) => ({
      ...{ ...row, value },
      ...{ sourceId: sourceId ?? null, version: version ?? null, segmentId: segmentId ?? null },
    }));
    const circumstances = { state, source: ruleset.source, isClient: isClient(actor), nowMs };
    const { delivered, refusals } = checkReport({ batchId, userId, rows }, circumstances);
    if (refusals.length > 0) return refused(context, refusals);
    const named = merged(delivered.map((each) => ({ ...each, id: outcomeId(each.outcome) })));
    const batch = { app: place.app, id: `${place.environment} ${batchId}` };
    const isNew = await saveDelivered(server.database, batch, named, REPORTED_OUTCOMES_PER_HOUR_MAX);
    // Again for a repeat, since the server that took it first may have lost it.
    if (userId !== null)
      for (const { outcome, hourMs } of named) server.deliveries.reached(outcome, userId, hourMs);
    const accepted = isNew ? named.reduce((sum, { count }) => sum + count, 0) : 0;
    return { accepted, isRepeat: !isNew, errors: [] };
  }
}

async function refused(context: Context, refusals: readonly Refusal[]): Promise<ReportDeliveriesPayload> {
  return { accepted: null, isRepeat: null, errors: await userErrors(context, refusals) };
}
