import type { FlagContent, FlagEvent } from "./flag.events";
import type { FlagDraft } from "./flagDraft.policy";
import { flagRules } from "./flagRules.policy";
import { isFlagSwitchCommand, switchFlag, type FlagSwitchCommand } from "./flagSwitch.decider";
import type { AppState } from "../apps/app.state";
import type { Circumstances, ContentReference, Decision } from "../lib/decider";
import type { KindlessCommand, NamedCommand, ReleaseCommand } from "../releases/release.commands";
import { createReleaseDecider } from "../releases/release.decider";

export type FlagReleaseCommand = NamedCommand<"Flag", ReleaseCommand<FlagDraft>>;
export type FlagCommand = FlagReleaseCommand | FlagSwitchCommand;

const releases = createReleaseDecider<"Flag", FlagContent, FlagDraft, AppState>(flagRules);

/** Decides over all flags of an app: their versions by the rules that releases share, and the kill switch beside them. */
export const flagDecider = {
  isCommand: (command: { type: string }): command is FlagCommand =>
    releases.isCommand(command) || isFlagSwitchCommand(command),

  isOfKind: releases.isOfKind,

  needs(command: FlagCommand | KindlessCommand, state: AppState): readonly ContentReference[] {
    return isFlagSwitchCommand(command) ? [] : releases.needs(command, state);
  },

  decide(
    command: FlagCommand | KindlessCommand,
    state: AppState,
    circumstances: Circumstances,
  ): Decision<FlagEvent> {
    return isFlagSwitchCommand(command)
      ? switchFlag(command, state)
      : releases.decide(command, state, circumstances);
  },
};
