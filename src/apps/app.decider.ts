import type { AppEvent } from "./app.events";
import { PRODUCTION } from "./app.events";
import { evolveApp, initialAppState, type AnyAppEvent, type AppState } from "./app.state";
import { configDecider, isConfigCommand, type ConfigCommand } from "../configs/config.decider";
import { isKeyCommand, keyDecider, type KeyCommand } from "../keys/key.decider";
import { accept, refuse, type Circumstances, type Command, type Decider } from "../lib/decider";
import { isSegmentCommand, segmentDecider, type SegmentCommand } from "../segments/segment.decider";

/** Everything that can be asked of an app's stream. */
export type AppCommand = AppOwnCommand | KeyCommand | SegmentCommand | ConfigCommand;

/** The second half of creating an app, after its slug was reserved; asked again, it does nothing. */
export type AppOwnCommand = Command<"CreateApp", { slug: string; name: string }>;

/** Composes the slices' deciders into the one that decides over an app's stream. */
export const appDecider: Decider<AppState, AppCommand, AnyAppEvent> = {
  initialState: initialAppState,
  evolve: evolveApp,

  needs(command, state) {
    if (isKeyCommand(command)) return keyDecider.needs(command, state);
    if (isConfigCommand(command)) return configDecider.needs(command, state);
    return [];
  },

  decide(command, state, circumstances: Circumstances) {
    if (command.type === "CreateApp") return state.slug === null ? createApp(command.data) : accept();
    if (state.slug === null) return refuse(noSuchApp);
    if (isKeyCommand(command)) return keyDecider.decide(command, state, circumstances);
    if (isSegmentCommand(command)) return segmentDecider.decide(command, state, circumstances);
    return configDecider.decide(command, state, circumstances);
  },
};

const noSuchApp = {
  code: "NOT_FOUND",
  message: "There is no such app; create it first or check its slug.",
  path: ["app"],
} as const;

function createApp(data: AppOwnCommand["data"]) {
  return accept<AppEvent>(
    { type: "AppCreated", data },
    { type: "EnvironmentCreated", data: { name: PRODUCTION } },
  );
}
