import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { ConfigCommand } from "./config.decider";
import { toConfig } from "./config.graphql";
import {
  ArchiveConfigInput,
  CreateConfigInput,
  EditConfigInput,
  PublishConfigInput,
  RestoreConfigInput,
  ScheduleConfigInput,
  UnpublishConfigInput,
} from "./config.inputs.graphql";
import {
  ArchiveConfigPayload,
  CreateConfigPayload,
  EditConfigPayload,
  PublishConfigPayload,
  RestoreConfigPayload,
  ScheduleConfigPayload,
  UnpublishConfigPayload,
} from "./config.payloads.graphql";
import type { Context } from "../graphql/context";
import type { CommandOptions } from "../graphql/execute";
import {
  changeRelease,
  createRelease,
  newSchedule,
  scheduleRelease,
  type ChangedRelease,
} from "../releases/changeRelease";

@Resolver()
export class ConfigMutationResolver {
  @Mutation(() => CreateConfigPayload, {
    description: "Creates a config with its version 1. Nothing is published yet.",
  })
  async createConfig(
    @Arg("input", () => CreateConfigInput, { description: "The config to create." }) input: CreateConfigInput,
    @Ctx() context: Context,
  ): Promise<CreateConfigPayload> {
    const { app, name, keys, rules } = input;
    const texts = { description: input.description ?? undefined, note: input.note ?? undefined };
    const command = { type: "CreateConfig", data: { name, keys, rules, ...texts } } as const;
    return payload(await createRelease(context, app, "config", command, input));
  }

  @Mutation(() => EditConfigPayload, {
    description:
      "Saves the next version of a config. What is published stays as it is. Without a change nothing is saved.",
  })
  editConfig(
    @Arg("input", () => EditConfigInput, { description: "What to change." }) input: EditConfigInput,
    @Ctx() context: Context,
  ): Promise<EditConfigPayload> {
    const data = {
      id: input.configId,
      expectedVersion: input.expectedVersion ?? undefined,
      name: input.name ?? undefined,
      description: input.description ?? undefined,
      keys: input.keys ?? undefined,
      rules: input.rules ?? undefined,
      note: input.note ?? undefined,
    };
    return change(context, { type: "EditConfig", data }, input);
  }

  @Mutation(() => PublishConfigPayload, {
    description:
      "Makes a version of any age the active one in an environment, at once. Reverting is publishing an older one. Ends a scheduled publication that runs there.",
  })
  publishConfig(
    @Arg("input", () => PublishConfigInput, { description: "What to publish where." })
    input: PublishConfigInput,
    @Ctx() context: Context,
  ): Promise<PublishConfigPayload> {
    const { configId: id, version, environment, note } = input;
    const data = { id, version, environment, note: note ?? undefined };
    return change(context, { type: "PublishConfig", data }, input);
  }

  @Mutation(() => UnpublishConfigPayload, {
    description: "Takes a config out of an environment, at once: its keys have their default values there.",
  })
  unpublishConfig(
    @Arg("input", () => UnpublishConfigInput, { description: "What to unpublish where." })
    input: UnpublishConfigInput,
    @Ctx() context: Context,
  ): Promise<UnpublishConfigPayload> {
    const { configId: id, environment, note } = input;
    return change(
      context,
      { type: "UnpublishConfig", data: { id, environment, note: note ?? undefined } },
      input,
    );
  }

  @Mutation(() => ScheduleConfigPayload, {
    description:
      "Makes a version active at a time to come, perhaps until another time. If it cannot be done then, it is suspended and says why.",
  })
  scheduleConfig(
    @Arg("input", () => ScheduleConfigInput, { description: "What to publish where, and when." })
    input: ScheduleConfigInput,
    @Ctx() context: Context,
  ): Promise<ScheduleConfigPayload> {
    const data = newSchedule(input.configId, input);
    return scheduleRelease(context, { type: "ScheduleConfig", data }, input);
  }

  @Mutation(() => ArchiveConfigPayload, {
    description:
      "Puts a config away: unpublishes it everywhere, cancels what is scheduled, and lets go of its keys.",
  })
  archiveConfig(
    @Arg("input", () => ArchiveConfigInput, { description: "The config to archive." })
    input: ArchiveConfigInput,
    @Ctx() context: Context,
  ): Promise<ArchiveConfigPayload> {
    const { configId: id, note } = input;
    return change(context, { type: "ArchiveConfig", data: { id, note: note ?? undefined } }, input);
  }

  @Mutation(() => RestoreConfigPayload, {
    description:
      "Takes an archived config back, with its keys, unpublished; refused if another config has one of them.",
  })
  restoreConfig(
    @Arg("input", () => RestoreConfigInput, { description: "The config to restore." })
    input: RestoreConfigInput,
    @Ctx() context: Context,
  ): Promise<RestoreConfigPayload> {
    const { configId: id, note } = input;
    return change(context, { type: "RestoreConfig", data: { id, note: note ?? undefined } }, input);
  }
}

type Change = Extract<ConfigCommand, { data: { id: string } }>;

async function change(
  context: Context,
  command: Change,
  options: CommandOptions,
): Promise<EditConfigPayload> {
  return payload(await changeRelease(context, command, options));
}

function payload({ row, errors }: ChangedRelease): EditConfigPayload {
  return { config: row && toConfig(row), errors };
}
