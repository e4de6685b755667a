import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { changeExperiment, createExperiment, draftIn, variationsIn } from "./changeExperiment";
import { Experiment, ExperimentGoal } from "./experiment.graphql";
import {
  ArchiveExperimentInput,
  CreateExperimentInput,
  EditExperimentInput,
  RestoreExperimentInput,
} from "./experiment.inputs.graphql";
import { experimentsById, toExperiment } from "./experiment.nodes";
import {
  ArchiveExperimentPayload,
  CreateExperimentPayload,
  EditExperimentPayload,
  RestoreExperimentPayload,
  type ExperimentPayload,
} from "./experiment.payloads.graphql";
import { listExperiments } from "./experiment.queries";
import { ExperimentListArguments } from "./experimentList.graphql";
import { App, Environment, environmentOf } from "../apps/app.graphql";
import { connectionOf, connectionType, type Connection } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { load } from "../graphql/load";
import { nodeOf } from "../graphql/nodeOf";
import { Goal } from "../goals/goal.graphql";
import { invariant } from "../lib/invariant";
import { positionIn } from "../listing/listing.queries";
import { checkedList, listRequest } from "../listing/listRequest.graphql";
import { Segment } from "../segments/segment.graphql";

const ExperimentConnection = connectionType(Experiment, "Experiment");

const INPUT = { description: "What to do, and with what." };

@Resolver(() => Experiment)
export class ExperimentResolver {
  @Query(() => Experiment, {
    nullable: true,
    description: "The experiment with this id, archived or not; null if there is none.",
  })
  async experiment(
    @Arg("id", () => ID, { description: "The experiment's id." }) id: string,
    @Ctx() context: Context,
  ): Promise<Experiment | null> {
    return (await load(context, experimentsById, id)) ?? null;
  }

  @Mutation(() => CreateExperimentPayload, {
    description: "Creates an experiment as a draft, which gives nobody a value.",
  })
  createExperiment(
    @Arg("input", () => CreateExperimentInput, INPUT) input: CreateExperimentInput,
    @Ctx() context: Context,
  ): Promise<ExperimentPayload> {
    const data = { ...draftIn(input), name: input.name, variations: variationsIn(input.variations) };
    return createExperiment(context, input.app, { type: "CreateExperiment", data }, input);
  }

  @Mutation(() => EditExperimentPayload, { description: "Changes an experiment." })
  editExperiment(
    @Arg("input", () => EditExperimentInput, INPUT) input: EditExperimentInput,
    @Ctx() context: Context,
  ): Promise<ExperimentPayload> {
    const data = { ...draftIn(input), id: input.experimentId };
    return changeExperiment(context, { type: "EditExperiment", data }, input);
  }

  @Mutation(() => ArchiveExperimentPayload, {
    description: "Puts an experiment away, which releases what it uses. Repeating it is harmless.",
  })
  archiveExperiment(
    @Arg("input", () => ArchiveExperimentInput, INPUT) input: ArchiveExperimentInput,
    @Ctx() context: Context,
  ): Promise<ExperimentPayload> {
    const data = { id: input.experimentId, note: input.note ?? undefined };
    return changeExperiment(context, { type: "ArchiveExperiment", data }, input);
  }

  @Mutation(() => RestoreExperimentPayload, {
    description: "Takes an archived experiment back, if all that it uses is there. Repeating it is harmless.",
  })
  restoreExperiment(
    @Arg("input", () => RestoreExperimentInput, INPUT) input: RestoreExperimentInput,
    @Ctx() context: Context,
  ): Promise<ExperimentPayload> {
    const data = { id: input.experimentId, note: input.note ?? undefined };
    return changeExperiment(context, { type: "RestoreExperiment", data }, input);
  }

  @FieldResolver(() => Environment, { description: "Where it is to run." })
  environment(@Root() { app, environmentName }: Experiment): Environment {
    return environmentOf(app, environmentName);
  }

  @FieldResolver(() => Segment, { nullable: true, description: "Whom it is for; null: everyone." })
  segment(@Root() { segmentId }: Experiment, @Ctx() context: Context): Promise<Segment | null> {
    return nodeOf<Segment>(context, "Segment", segmentId);
  }
}

@Resolver(() => ExperimentGoal)
export class ExperimentGoalResolver {
  @FieldResolver(() => Goal, { description: "The goal." })
  async goal(@Root() { goalId }: ExperimentGoal, @Ctx() context: Context): Promise<Goal> {
    const goal = await nodeOf<Goal>(context, "Goal", goalId);
    invariant(goal, () => `an experiment names goal "${goalId}", so there is one`);
    return goal;
  }
}

/** What the experiments slice adds to `App`. */
@Resolver(() => App)
export class AppExperimentsResolver {
  @FieldResolver(() => ExperimentConnection, {
    description: "Its experiments; by name, if no other order is asked for.",
  })
  async experiments(
    @Root() { slug }: App,
    @Args(() => ExperimentListArguments) given: ExperimentListArguments,
    @Ctx() { server }: Context,
  ): Promise<Connection<Experiment>> {
    const request = listRequest(given, given.filter);
    const environments = checkedList("environments", given.filter?.environments ?? null);
    const page = await listExperiments(server.database, slug, request, environments);
    return connectionOf(page, toExperiment, (row) => positionIn(request.order, row, row.id));
  }
}
