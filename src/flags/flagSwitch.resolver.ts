import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { toFlag } from "./flag.graphql";
import { DisableFlagInput, EnableFlagInput } from "./flag.inputs.graphql";
import { DisableFlagPayload, EnableFlagPayload } from "./flag.payloads.graphql";
import type { FlagSwitchCommand } from "./flagSwitch.decider";
import type { Context } from "../graphql/context";
import { changeRelease } from "../releases/changeRelease";

/** The kill switch. */
@Resolver()
export class FlagSwitchResolver {
  @Mutation(() => DisableFlagPayload, {
    description:
      "Switches a flag off in an environment, at once: its key has its default value there, whatever is published, until somebody enables it. Repeating it is harmless.",
  })
  disableFlag(
    @Arg("input", () => DisableFlagInput, { description: "What to disable where." })
    input: DisableFlagInput,
    @Ctx() context: Context,
  ): Promise<DisableFlagPayload> {
    return switchFlag(context, "DisableFlag", input);
  }

  @Mutation(() => EnableFlagPayload, {
    description:
      "Switches a disabled flag on again in an environment, at once: what is published there gives values again. Repeating it is harmless.",
  })
  enableFlag(
    @Arg("input", () => EnableFlagInput, { description: "What to enable where." })
    input: EnableFlagInput,
    @Ctx() context: Context,
  ): Promise<EnableFlagPayload> {
    return switchFlag(context, "EnableFlag", input);
  }
}

async function switchFlag(
  context: Context,
  type: FlagSwitchCommand["type"],
  input: DisableFlagInput,
): Promise<DisableFlagPayload> {
  const { flagId: id, environment, note } = input;
  const data = { id, environment, note: note ?? undefined };
  const { row, ...said } = await changeRelease(context, { type, data }, input);
  return { flag: row && toFlag(row), ...said };
}
