import { archivedApp, decideApp, isAppOwnCommand, noSuchApp, type AppOwnCommand } from "./appOwn.decider";
import { evolveApp, initialAppState, type AnyAppEvent, type AppState } from "./app.state";
import { decideEnvironment, isEnvironmentCommand, type EnvironmentCommand } from "./environment.decider";
import { configDecider, type ConfigCommand } from "../configs/config.decider";
import { isKeyCommand, keyDecider, type KeyCommand } from "../keys/key.decider";
import { refuse, type Circumstances, type Decider } from "../lib/decider";
import { isScheduledPublicationCommand, type ScheduledPublicationCommand } from "../releases/release.decider";
import { isSegmentCommand, segmentDecider, type SegmentCommand } from "../segments/segment.decider";

/** Everything that can be asked of an app's stream. */
export type AppCommand =
  | AppOwnCommand
  | EnvironmentCommand
  | KeyCommand
  | SegmentCommand
  | ConfigCommand
  | ScheduledPublicationCommand;

/** Composes the slices' deciders into the one that decides over an app's stream. */
export const appDecider: Decider<AppState, AppCommand, AnyAppEvent> = {
  initialState: initialAppState,
  evolve: evolveApp,

  needs(command, state) {
    if (isKeyCommand(command)) return keyDecider.needs(command, state);
    if (configDecider.isCommand(command) || isScheduledPublicationCommand(command))
      return configDecider.needs(command, state);
    return [];
  },

  decide(command, state, circumstances: Circumstances) {
    if (isAppOwnCommand(command)) return decideApp(command, state);
    if (state.slug === null) return refuse(noSuchApp);
    if (state.isArchived) return refuse(archivedApp);
    if (isEnvironmentCommand(command)) return decideEnvironment(command, state);
    if (isKeyCommand(command)) return keyDecider.decide(command, state, circumstances);
    if (isSegmentCommand(command)) return segmentDecider.decide(command, state, circumstances);
    return configDecider.decide(command, state, circumstances);
  },
};
