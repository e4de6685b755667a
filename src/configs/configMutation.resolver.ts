import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { Config, toConfig } from "./config.graphql";
import { CreateConfigInput, EditConfigInput, configInputs } from "./config.inputs.graphql";
import {
  ArchiveConfigPayload,
  CreateConfigPayload,
  EditConfigPayload,
  PreviewConfigPayload,
  PublishConfigPayload,
  RestoreConfigPayload,
  ScheduleConfigPayload,
  UnpublishConfigPayload,
} from "./config.payloads.graphql";
import type { Context } from "../graphql/context";
import {
  changeRelease,
  createRelease,
  editedIn,
  textsIn,
  type ChangedRelease,
} from "../releases/changeRelease";
import { previewsResolver } from "../releases/previews.resolver";
import { releaseMutationsResolver } from "../releases/releaseMutations.resolver";

@Resolver()
export class ConfigMutationResolver {
  @Mutation(() => CreateConfigPayload, {
    description: "Creates a config with its version 1. Nothing is published yet.",
  })
  async createConfig(
    @Arg("input", () => CreateConfigInput, { description: "The config to create." }) input: CreateConfigInput,
    @Ctx() context: Context,
  ): Promise<CreateConfigPayload> {
    const { app, keys, rules } = input;
    const command = { type: "CreateConfig", data: { keys, rules, ...textsIn(input) } } as const;
    return toPayload(await createRelease(context, app, "config", command, input));
  }

  @Mutation(() => EditConfigPayload, {
    description:
      "Saves the next version of a config. What is published stays as it is. Without a change nothing is saved.",
  })
  async editConfig(
    @Arg("input", () => EditConfigInput, { description: "What to change." }) input: EditConfigInput,
    @Ctx() context: Context,
  ): Promise<EditConfigPayload> {
    const content = { keys: input.keys ?? undefined, rules: input.rules ?? undefined };
    const data = { id: input.configId, ...content, ...editedIn(input) };
    return toPayload(await changeRelease(context, { type: "EditConfig", data }, input));
  }
}

export const ConfigReleaseResolver = releaseMutationsResolver({
  kind: "Config",
  inputs: configInputs,
  payloads: {
    publish: PublishConfigPayload,
    unpublish: UnpublishConfigPayload,
    schedule: ScheduleConfigPayload,
    archive: ArchiveConfigPayload,
    restore: RestoreConfigPayload,
  },
  descriptions: {
    publish: "",
    unpublish: "Takes a config out of an environment, at once: its keys have their default values there.",
    archive:
      "Puts a config away: unpublishes it everywhere, cancels what is scheduled, and lets go of its keys.",
    restore:
      "Takes an archived config back, with its keys, unpublished; refused if another config or a flag has one of them.",
  },
  toPayload,
});

export const ConfigPreviewsResolver = previewsResolver({
  kind: "Config",
  release: Config,
  input: configInputs.preview,
  payload: PreviewConfigPayload,
});

function toPayload({ row, ...said }: ChangedRelease): EditConfigPayload {
  return { config: row && toConfig(row), ...said };
}
