import { GraphQLError } from "graphql";
import { Arg, Query, Resolver } from "type-graphql";
import { alphaPlanned, daysNeeded, reachOf, usersNeeded } from "./plan";
import { ExperimentPlan, PlanExperimentInput } from "./plan.graphql";
import { DAYS_MAX, planOf, USERS_MAX } from "./planBounds";

@Resolver()
export class PlanResolver {
  @Query(() => ExperimentPlan, {
    description:
      "How many users and days an A/B test needs to find what is worth finding, before it is started.",
  })
  planExperiment(
    @Arg("input", () => PlanExperimentInput, { description: "The test." }) input: PlanExperimentInput,
  ): ExperimentPlan {
    const { baselineRate = null, baselineMean = null, standardDeviation = null } = input;
    const { usersPerDay = null, usersPerVariation: given = null, traffic, variations } = input;
    const checked = planOf({
      ...input,
      baselineRate,
      baselineMean,
      standardDeviation,
      usersPerDay,
      usersPerVariation: given,
    });
    if (checked.fault !== null) throw refused(checked.fault.message, checked.fault.path);
    const { asked } = checked;
    const usersPerVariation = usersNeeded(asked);
    if (usersPerVariation > USERS_MAX) {
      throw refused(`This takes more than ${USERS_MAX} users for each variation; ask for a larger lift.`, [
        "minimumLift",
      ]);
    }
    const users = usersPerVariation * variations;
    const days = usersPerDay === null ? null : daysNeeded(users, usersPerDay, traffic);
    if (days !== null && days > DAYS_MAX) {
      throw refused("This takes more than a hundred years; ask for a larger lift, or for more traffic.", [
        "usersPerDay",
      ]);
    }
    const reached = given === null ? null : reachOf(asked, given);
    return { alpha: alphaPlanned(asked), usersPerVariation, users, days, reached };
  }
}

const refused = (message: string, path: readonly string[]): GraphQLError =>
  new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT", path: ["input", ...path] } });
