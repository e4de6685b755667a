import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { Flag, toFlag } from "./flag.graphql";
import { CreateFlagInput, EditFlagInput, flagInputs } from "./flag.inputs.graphql";
import {
  ArchiveFlagPayload,
  CreateFlagPayload,
  EditFlagPayload,
  PreviewFlagPayload,
  PublishFlagPayload,
  RestoreFlagPayload,
  ScheduleFlagPayload,
  UnpublishFlagPayload,
} from "./flag.payloads.graphql";
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
export class FlagMutationResolver {
  @Mutation(() => CreateFlagPayload, {
    description: "Creates a flag with its version 1. Nothing is published yet.",
  })
  async createFlag(
    @Arg("input", () => CreateFlagInput, { description: "The flag to create." }) input: CreateFlagInput,
    @Ctx() context: Context,
  ): Promise<CreateFlagPayload> {
    const { app, key, rules } = input;
    const command = { type: "CreateFlag", data: { key, rules, ...textsIn(input) } } as const;
    return toPayload(await createRelease(context, app, "flag", command, input));
  }

  @Mutation(() => EditFlagPayload, {
    description:
      "Saves the next version of a flag. What is published stays as it is. Without a change nothing is saved.",
  })
  async editFlag(
    @Arg("input", () => EditFlagInput, { description: "What to change." }) input: EditFlagInput,
    @Ctx() context: Context,
  ): Promise<EditFlagPayload> {
    const content = { key: input.key ?? undefined, rules: input.rules ?? undefined };
    const data = { id: input.flagId, ...content, ...editedIn(input) };
    return toPayload(await changeRelease(context, { type: "EditFlag", data }, input));
  }
}

export const FlagReleaseResolver = releaseMutationsResolver({
  kind: "Flag",
  inputs: flagInputs,
  payloads: {
    publish: PublishFlagPayload,
    unpublish: UnpublishFlagPayload,
    schedule: ScheduleFlagPayload,
    archive: ArchiveFlagPayload,
    restore: RestoreFlagPayload,
  },
  descriptions: {
    publish: " A disabled flag stays disabled.",
    unpublish: "Takes a flag out of an environment, at once: its key has its default value there.",
    archive:
      "Puts a flag away: unpublishes it everywhere, cancels what is scheduled, and lets go of its key.",
    restore:
      "Takes an archived flag back, with its key, unpublished; refused if a config or another flag has the key. Where it was disabled it still is.",
  },
  toPayload,
});

export const FlagPreviewsResolver = previewsResolver({
  kind: "Flag",
  release: Flag,
  input: flagInputs.preview,
  payload: PreviewFlagPayload,
});

function toPayload({ row, ...said }: ChangedRelease): EditFlagPayload {
  return { flag: row && toFlag(row), ...said };
}
