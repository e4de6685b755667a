import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { ConversionsArguments, GoalConversions } from "./conversions.graphql";
import { CONVERSION_DAYS_MAX, findConversions } from "./findConversions";
import { appStream } from "../apps/app.events";
import { spanFault, startsOf } from "../delivery/buckets.policy";
import { missingPlace } from "../delivery/rulesetOf.graphql";
import { badInput } from "../delivery/userInput.graphql";
import { Goal } from "../goals/goal.graphql";
import type { Context } from "../graphql/context";
import { appOfId } from "../graphql/execute";

@Resolver(() => Goal)
export class GoalConversionsResolver {
  @FieldResolver(() => GoalConversions, {
    description:
      "How often users converted, as the goal stands now: so it is seen to work before it is used.",
  })
  async conversions(
    @Root() { id, events }: Goal,
    @Args(() => ConversionsArguments) { environment, ...span }: ConversionsArguments,
    @Ctx() { server }: Context,
  ): Promise<GoalConversions> {
    const fault = spanFault(span, "DAY", CONVERSION_DAYS_MAX);
    if (fault !== null) throw badInput(fault, ["to"]);
    const place = { app: appOfId(id), environment };
    const missing = await missingPlace(server, place);
    if (missing) throw missing;
    const { state } = await server.apps.state(appStream(place.app));
    const starts = startsOf(span, "DAY", state.settings.timeZone);
    return findConversions(server.database, { ...place, events, starts, nowMs: server.now().getTime() });
  }
}
