import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import type { GoalCommand } from "./goal.decider";
import { Goal } from "./goal.graphql";
import { ArchiveGoalInput, CreateGoalInput, EditGoalInput, RestoreGoalInput } from "./goal.inputs.graphql";
import { goalsById, goalUsersById, toGoal } from "./goal.nodes";
import {
  ArchiveGoalPayload,
  CreateGoalPayload,
  EditGoalPayload,
  RestoreGoalPayload,
} from "./goal.payloads.graphql";
import { listGoals } from "./goal.queries";
import { App } from "../apps/app.graphql";
import { connectionOf, connectionType, type Connection } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { appOfId, execute, withoutApp, type CommandOptions } from "../graphql/execute";
import { load } from "../graphql/load";
import { NamedNode } from "../graphql/node.graphql";
import { ThingListArguments } from "../listing/listing.graphql";
import { positionIn } from "../listing/listing.queries";
import { listRequest } from "../listing/listRequest.graphql";
import type { UserError } from "../graphql/userError";

const GoalConnection = connectionType(Goal, "Goal");

const INPUT = { description: "What to do, and with what." };

@Resolver(() => Goal)
export class GoalResolver {
  @Query(() => Goal, {
    nullable: true,
    description: "The goal with this id, archived or not; null if there is none.",
  })
  async goal(
    @Arg("id", () => ID, { description: "The goal's id." }) id: string,
    @Ctx() context: Context,
  ): Promise<Goal | null> {
    return (await load(context, goalsById, id)) ?? null;
  }

  @Mutation(() => CreateGoalPayload, { description: "Creates a goal." })
  createGoal(
    @Arg("input", () => CreateGoalInput, INPUT) { app, name, events, ...rest }: CreateGoalInput,
    @Ctx() context: Context,
  ): Promise<GoalOutcome> {
    const data = { name, events, valueProperty: rest.valueProperty, ...describing(rest) };
    return change(context, app, { type: "CreateGoal", data }, { commandId: rest.commandId });
  }

  @Mutation(() => EditGoalPayload, {
    description:
      "Changes a goal. What experiments measure stays as it was when they started or took the goal up.",
  })
  editGoal(
    @Arg("input", () => EditGoalInput, INPUT) { goalId: id, name, events, ...rest }: EditGoalInput,
    @Ctx() context: Context,
  ): Promise<GoalOutcome> {
    const { valueProperty, commandId } = rest;
    const edit = { name: name ?? undefined, events: events ?? undefined, valueProperty };
    const data = { id, ...edit, ...describing(rest) };
    return change(context, appOfId(id), { type: "EditGoal", data }, { commandId });
  }

  @Mutation(() => ArchiveGoalPayload, {
    description: "Puts a goal away. Refused with IN_USE while something uses it. Repeating it is harmless.",
  })
  archiveGoal(
    @Arg("input", () => ArchiveGoalInput, INPUT) { goalId: id, note, ...options }: ArchiveGoalInput,
    @Ctx() context: Context,
  ): Promise<GoalOutcome> {
    const data = { id, note: note ?? undefined };
    return change(context, appOfId(id), { type: "ArchiveGoal", data }, options);
  }

  @Mutation(() => RestoreGoalPayload, {
    description: "Takes an archived goal back. Repeating it is harmless.",
  })
  restoreGoal(
    @Arg("input", () => RestoreGoalInput, INPUT) { goalId: id, note, commandId }: RestoreGoalInput,
    @Ctx() context: Context,
  ): Promise<GoalOutcome> {
    const data = { id, note: note ?? undefined };
    return change(context, appOfId(id), { type: "RestoreGoal", data }, { commandId });
  }

  @FieldResolver(() => [NamedNode], {
    description: "Everything that uses it, and so keeps it from being archived.",
  })
  async usedBy(@Root() { id }: Goal, @Ctx() context: Context): Promise<readonly NamedNode[]> {
    return (await load(context, goalUsersById, id)) ?? [];
  }
}

/** What the goals slice adds to `App`. */
@Resolver(() => App)
export class AppGoalResolver {
  @FieldResolver(() => GoalConnection, { description: "Its goals; by name, if no other order is asked for." })
  async goals(
    @Root() { slug }: App,
    @Args(() => ThingListArguments) given: ThingListArguments,
    @Ctx() { server }: Context,
  ): Promise<Connection<Goal>> {
    const request = listRequest(given, given.filter);
    const page = await listGoals(server.database, slug, request, given.filter?.isUsed);
    return connectionOf(page, toGoal, (row) => positionIn(request.order, row, row.id));
  }
}

type GoalOutcome = { goal: Goal | null; errors: readonly UserError[] };
type Described = Readonly<{ description?: string | null; note?: string | null }>;

/** Null is as good as absent. */
function describing({ description, note }: Described) {
  return { description: description ?? undefined, note: note ?? undefined };
}

async function change(
  context: Context,
  app: string,
  command: GoalCommand,
  options: CommandOptions,
): Promise<GoalOutcome> {
  const isNew = command.type === "CreateGoal";
  const executed = await execute(context, app, command, options);
  if (!executed.isDone) {
    const { errors } = executed;
    return { goal: null, errors: isNew ? errors : withoutApp(errors, { noun: "goal", field: "goalId" }) };
  }
  const goal = await load(context, goalsById, isNew ? executed.newId("goal") : command.data.id);
  return { goal: goal ?? null, errors: [] };
}
