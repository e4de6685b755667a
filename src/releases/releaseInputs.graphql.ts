import { Field, ID, InputType, type ClassType } from "type-graphql";
import { ValidatableInput } from "../graphql/command.graphql";
import { PlacedInput, PreviewInput, PublishInput, ScheduleInput } from "./release.inputs.graphql";

/** What names a kind of release, in types and in words. */
export type ReleaseNaming = Readonly<{
  kind: string;
  /** What it holds on to: "its keys". */
  keys: string;
}>;

/** The inputs of what is done alike with every kind, under the kind's own names: PublishConfigInput with its `configId`. */
export type ReleaseInputs = Readonly<{
  publish: ClassType<PublishInput>;
  unpublish: ClassType<PlacedInput>;
  schedule: ClassType<ScheduleInput>;
  preview: ClassType<PreviewInput>;
  archive: ClassType<ValidatableInput>;
  restore: ClassType<ValidatableInput>;
}>;

export function releaseInputs({ kind, keys }: ReleaseNaming): ReleaseInputs {
  const noun = kind.toLowerCase();

  @InputType(`Publish${kind}Input`, {
    description: "A version to make active in an environment; an older one is a revert.",
  })
  class Publish extends PublishInput {}

  @InputType(`Unpublish${kind}Input`, {
    description: `An environment in which a ${noun} is to give no values any more.`,
  })
  class Unpublish extends PlacedInput {}

  @InputType(`Schedule${kind}Input`, { description: "A version to make active at a time to come." })
  class Schedule extends ScheduleInput {}

  @InputType(`Preview${kind}Input`, {
    description: "A version to give to the app's test users alone, while it is not active.",
  })
  class Preview extends PreviewInput {}

  @InputType(`Archive${kind}Input`, {
    description: `A ${noun} to put away: it is unpublished everywhere and lets go of ${keys}.`,
  })
  class Archive extends ValidatableInput {}

  @InputType(`Restore${kind}Input`, { description: `An archived ${noun} to take back, with ${keys}.` })
  class Restore extends ValidatableInput {}

  const inputs = {
    publish: Publish,
    unpublish: Unpublish,
    schedule: Schedule,
    preview: Preview,
    archive: Archive,
    restore: Restore,
  };
  // The decorator called by hand, since the field is named after the kind.
  for (const Input of Object.values(inputs)) {
    Field(() => ID, { description: `The ${noun}.` })(Input.prototype, idField(kind));
  }
  return inputs;
}

/** The field of an input that names the release. */
function idField(kind: string): string {
  return `${kind.toLowerCase()}Id`;
}

/** The id of the release that an input of its kind names. */
export function idIn(kind: string, input: ValidatableInput): string {
  // Every input of the kind has the field.
  return (input as unknown as Record<string, string>)[idField(kind)] ?? "";
}
