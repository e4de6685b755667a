import type { FlagSwitchEvent } from "./flag.events";
import { flagRules } from "./flagRules.policy";
import type { AppState } from "../apps/app.state";
import { accept, withWarnings, type Command, type Decision } from "../lib/decider";
import { noteRefusals } from "../lib/note";
import type { Warning } from "../lib/warning";
import { environmentRefusals } from "../releases/publication.decider";
import type { Release } from "../releases/release.state";
import { archived, notFound, refuseAll } from "../releases/releaseRules.policy";

/** The kill switch of one environment. It needs no version there, and none moves it. */
export type FlagSwitchCommand = Command<
  "DisableFlag" | "EnableFlag",
  { id: string; environment: string; note?: string | undefined }
>;

export function isFlagSwitchCommand(command: { type: string }): command is FlagSwitchCommand {
  return command.type === "DisableFlag" || command.type === "EnableFlag";
}

/** Switches a flag off or on. What is so already stays as it is. */
export function switchFlag(
  { type, data: { id, environment, note = "" } }: FlagSwitchCommand,
  state: AppState,
): Decision<FlagSwitchEvent> {
  const flag = state.flags.get(id);
  if (!flag) return refuseAll([notFound(flagRules.noun, id, [flagRules.idField])]);
  const reasons = [
    ...(flag.isArchived ? [archived(flagRules, flag)] : []),
    ...environmentRefusals(flagRules, environment, state),
    ...noteRefusals(note),
  ];
  if (reasons.length > 0) return refuseAll(reasons);
  const isDisabled = state.disabledFlags.get(id)?.has(environment) ?? false;
  if (isDisabled === (type === "DisableFlag")) {
    return withWarnings(accept<FlagSwitchEvent>(), [switchedAlready(flag, environment, isDisabled)]);
  }
  const data = { id, environment, note };
  return accept<FlagSwitchEvent>({ type: type === "DisableFlag" ? "FlagDisabled" : "FlagEnabled", data });
}

function switchedAlready({ name }: Release, environment: string, isDisabled: boolean): Warning {
  const message = `Flag "${name}" is ${isDisabled ? "disabled" : "enabled"} in "${environment}" already.`;
  return { code: "NOTHING_CHANGES", message, path: ["environment"] };
}
