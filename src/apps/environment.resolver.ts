import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { Environment, environmentOf } from "./app.graphql";
import { environmentPlace, environmentsByPlace } from "./app.loaders";
import {
  ArchiveEnvironmentPayload,
  CreateEnvironmentPayload,
  EditEnvironmentPayload,
  RestoreEnvironmentPayload,
} from "./app.payloads.graphql";
import type { EnvironmentRow } from "./app.tables";
import type { EnvironmentCommand } from "./environment.decider";
import {
  ArchiveEnvironmentInput,
  CreateEnvironmentInput,
  EditEnvironmentInput,
  RestoreEnvironmentInput,
} from "./environment.inputs.graphql";
import { ActorType } from "../graphql/actor.graphql";
import type { Context } from "../graphql/context";
import { execute, type CommandOptions } from "../graphql/execute";
import { load } from "../graphql/load";
import { DateTimeScalar } from "../graphql/scalars";
import { invariant } from "../lib/invariant";

const INPUT = { description: "What to do, and with what." };

@Resolver(() => Environment)
export class EnvironmentResolver {
  @Mutation(() => CreateEnvironmentPayload, {
    description: "Adds an environment to an app. Nothing is published in it yet.",
  })
  createEnvironment(
    @Arg("input", () => CreateEnvironmentInput, INPUT) input: CreateEnvironmentInput,
    @Ctx() context: Context,
  ): Promise<CreateEnvironmentPayload> {
    return change(context, input.app, { type: "CreateEnvironment", data: described(input) }, input);
  }

  @Mutation(() => EditEnvironmentPayload, { description: "Changes an environment's description." })
  editEnvironment(
    @Arg("input", () => EditEnvironmentInput, INPUT) input: EditEnvironmentInput,
    @Ctx() context: Context,
  ): Promise<EditEnvironmentPayload> {
    return change(context, input.app, { type: "EditEnvironment", data: described(input) }, input);
  }

  @Mutation(() => ArchiveEnvironmentPayload, {
    description:
      "Puts an environment away: it answers nobody. Refused with IN_USE while something is published or scheduled there, and for the last one.",
  })
  archiveEnvironment(
    @Arg("input", () => ArchiveEnvironmentInput, INPUT) input: ArchiveEnvironmentInput,
    @Ctx() context: Context,
  ): Promise<ArchiveEnvironmentPayload> {
    const data = { name: input.name, note: input.note ?? undefined };
    return change(context, input.app, { type: "ArchiveEnvironment", data }, input);
  }

  @Mutation(() => RestoreEnvironmentPayload, {
    description: "Takes an archived environment back. Repeating it is harmless.",
  })
  restoreEnvironment(
    @Arg("input", () => RestoreEnvironmentInput, INPUT) input: RestoreEnvironmentInput,
    @Ctx() context: Context,
  ): Promise<RestoreEnvironmentPayload> {
    const data = { name: input.name, note: input.note ?? undefined };
    return change(context, input.app, { type: "RestoreEnvironment", data }, input);
  }

  @FieldResolver(() => String, { description: "What it is for; may be empty." })
  async description(@Root() environment: Environment, @Ctx() context: Context): Promise<string> {
    return (await rowOf(context, environment)).description;
  }

  @FieldResolver(() => Boolean, {
    description:
      "Archived environments answer nobody, and nothing is published in them; they can be restored.",
  })
  async isArchived(@Root() environment: Environment, @Ctx() context: Context): Promise<boolean> {
    return (await rowOf(context, environment)).is_archived;
  }

  @FieldResolver(() => DateTimeScalar, { description: "When it was created." })
  async createdAt(@Root() environment: Environment, @Ctx() context: Context): Promise<string> {
    return (await rowOf(context, environment)).created_at;
  }

  @FieldResolver(() => ActorType, { description: "Who created it." })
  async createdBy(@Root() environment: Environment, @Ctx() context: Context): Promise<ActorType> {
    return { id: (await rowOf(context, environment)).created_by };
  }
}

async function change(
  context: Context,
  app: string,
  command: EnvironmentCommand,
  options: CommandOptions,
): Promise<CreateEnvironmentPayload> {
  const executed = await execute(context, app, command, options);
  if (!executed.isDone) return { environment: null, errors: executed.errors };
  return { environment: environmentOf(app, command.data.name), errors: [] };
}

async function rowOf(context: Context, { app, name }: Environment): Promise<EnvironmentRow> {
  const row = await load(context, environmentsByPlace, environmentPlace(app, name));
  invariant(row, `environment "${name}" of "${app}" is shown, so it exists`);
  return row;
}

/** Null is as good as absent. */
function described({ name, description, note }: CreateEnvironmentInput) {
  return { name, description: description ?? undefined, note: note ?? undefined };
}
