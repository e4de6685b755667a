import { Arg, Ctx, Mutation, Resolver, type ClassType } from "type-graphql";
import { changeRelease, newSchedule, scheduleRelease, type ChangedRelease } from "./changeRelease";
import type { PlacedInput, PublishInput, ScheduleInput } from "./release.inputs.graphql";
import { idIn, type ReleaseInputs } from "./releaseInputs.graphql";
import type { KnownRelease } from "../apps/uses.policy";
import type { ValidatableInput } from "../graphql/command.graphql";
import type { Context } from "../graphql/context";
import type { UserError } from "../graphql/userError";

export type ReleaseMutationsOptions = Readonly<{
  kind: KnownRelease["kind"];
  inputs: ReleaseInputs;
  payloads: Readonly<Record<Verb, ClassType>>;
  /** In the kind's own words; `publish` adds to what is true of all. */
  descriptions: Readonly<Record<Exclude<Verb, "schedule">, string>>;
  toPayload: (changed: ChangedRelease) => ReleasePayload;
}>;

/** Previews are declared where all about them is. */
type Verb = Exclude<keyof ReleaseInputs, "preview">;

/** With the release beside the errors, under the kind's own name. */
type ReleasePayload = Readonly<{ errors: readonly UserError[] }>;

/** Declares what is done alike with every kind of release: publishConfig, unpublishConfig … for configs. */
export function releaseMutationsResolver(options: ReleaseMutationsOptions) {
  const { kind, inputs, payloads, descriptions } = options;
  const field = (verb: Verb) => ({
    name: `${verb}${kind}`,
    description: describe(verb, descriptions),
  });
  const change = async (context: Context, command: Change, input: ValidatableInput) =>
    options.toPayload(await changeRelease(context, command, input));
  const about = (input: ValidatableInput) => ({
    id: idIn(kind, input),
    note: input.note ?? undefined,
  });

  @Resolver()
  class ReleaseMutationsResolver {
    @Mutation(() => payloads.publish, field("publish"))
    publish(
      @Arg("input", () => inputs.publish, WHAT_AND_WHERE) input: PublishInput,
      @Ctx() context: Context,
    ) {
      const { version, environment } = input;
      const data = { ...about(input), version, environment };
      return change(context, { type: `Publish${kind}`, data }, input);
    }

    @Mutation(() => payloads.unpublish, field("unpublish"))
    unpublish(
      @Arg("input", () => inputs.unpublish, WHAT_AND_WHERE) input: PlacedInput,
      @Ctx() context: Context,
    ) {
      const data = { ...about(input), environment: input.environment };
      return change(context, { type: `Unpublish${kind}`, data }, input);
    }

    @Mutation(() => payloads.schedule, field("schedule"))
    schedule(
      @Arg("input", () => inputs.schedule, WHAT_AND_WHEN) input: ScheduleInput,
      @Ctx() context: Context,
    ) {
      const data = newSchedule(about(input).id, input);
      return scheduleRelease(context, { type: `Schedule${kind}`, data }, input);
    }

    @Mutation(() => payloads.archive, field("archive"))
    archive(@Arg("input", () => inputs.archive, WHICH) input: ValidatableInput, @Ctx() context: Context) {
      return change(context, { type: `Archive${kind}`, data: about(input) }, input);
    }

    @Mutation(() => payloads.restore, field("restore"))
    restore(@Arg("input", () => inputs.restore, WHICH) input: ValidatableInput, @Ctx() context: Context) {
      return change(context, { type: `Restore${kind}`, data: about(input) }, input);
    }
  }
  return ReleaseMutationsResolver;
}

function describe(verb: Verb, descriptions: ReleaseMutationsOptions["descriptions"]): string {
  if (verb === "schedule") return SCHEDULE;
  return verb === "publish" ? `${PUBLISH}${descriptions.publish}` : descriptions[verb];
}

const PUBLISH =
  "Makes a version of any age the active one in an environment, at once. Reverting is publishing an older one. " +
  "Ends a scheduled publication that runs there.";
const SCHEDULE =
  "Makes a version active at a time to come, perhaps until another time. If it cannot be done then, it is suspended and says why.";

type Change = Parameters<typeof changeRelease>[1];

const WHAT_AND_WHERE = { description: "What is meant, and where." };
const WHAT_AND_WHEN = { description: "What to publish where, and when." };
const WHICH = { description: "Which one is meant." };
