import { SETTINGS_AT_FIRST, settingsIn, type AppEvent, type AppSettings } from "./app.events";
import type { EnvironmentEvent } from "./environment.events";
import { evolveEnvironments, type Environments } from "./environment.state";
import type { TokenEvent } from "../access/token.events";
import { evolveTokens, type Tokens } from "../access/token.state";
import type { ConfigEvent } from "../configs/config.events";
import { evolveConfigs } from "../configs/config.state";
import { isExperimentEvent, type ExperimentEvent } from "../experiments/experiment.events";
import { evolveExperiments, type Experiments } from "../experiments/experiment.state";
import type { GoalEvent } from "../goals/goal.events";
import { evolveGoals, type Goals } from "../goals/goal.state";
import { isFlagEvent, type FlagEvent } from "../flags/flag.events";
import { evolveFlags, type DisabledFlags } from "../flags/flag.state";
import type { UserListReference } from "../evaluation/condition";
import type { KeyEvent } from "../keys/key.events";
import { evolveKeys, type Keys } from "../keys/key.state";
import type { EventFacts } from "../lib/decider";
import { copyOfReleases, type Releases } from "../releases/release.state";
import type { SegmentEvent } from "../segments/segment.events";
import { evolveSegments, type Segments } from "../segments/segment.state";
import { isWebhookEvent, type WebhookEvent } from "../webhooks/webhook.events";
import { evolveWebhooks, type Webhooks } from "../webhooks/webhook.state";

/** All events of an app's stream. */
export type AnyAppEvent =
  | AppEvent
  | EnvironmentEvent
  | KeyEvent
  | SegmentEvent
  | GoalEvent
  | ConfigEvent
  | FlagEvent
  | ExperimentEvent
  | TokenEvent
  | WebhookEvent;

/** The fold of an app's stream. Every slice decides over all of it and evolves its own part. */
export type AppState = {
  slug: string | null;
  name: string;
  isArchived: boolean;
  settings: AppSettings;
  /** Null: nobody is one. */
  testUsers: UserListReference | null;
  readonly environments: Environments;
  readonly keys: Keys;
  readonly segments: Segments;
  readonly goals: Goals;
  readonly configs: Releases;
  readonly flags: Releases;
  readonly disabledFlags: DisabledFlags;
  readonly experiments: Experiments;
  readonly tokens: Tokens;
  readonly webhooks: Webhooks;
};

/** Part of the name under which snapshots are kept: raise it when the shape or the meaning of the state changes. */
export const APP_STATE_VERSION = 11;

export const initialAppState = (): AppState => ({
  slug: null,
  name: "",
  isArchived: false,
  settings: SETTINGS_AT_FIRST,
  testUsers: null,
  environments: new Map(),
  keys: new Map(),
  segments: new Map(),
  goals: new Map(),
  configs: new Map(),
  flags: new Map(),
  disabledFlags: new Map(),
  experiments: new Map(),
  tokens: new Map(),
  webhooks: new Map(),
});

/** A state to decide on and lose: whatever evolves it leaves the original as it is. */
export function copyOfAppState(state: AppState): AppState {
  return {
    ...state,
    environments: new Map(state.environments),
    keys: new Map(state.keys),
    segments: new Map(state.segments),
    goals: new Map(state.goals),
    configs: copyOfReleases(state.configs),
    flags: copyOfReleases(state.flags),
    disabledFlags: new Map(state.disabledFlags),
    experiments: new Map(state.experiments),
    tokens: new Map(state.tokens),
    webhooks: new Map(state.webhooks),
  };
}

/** Changes `state` in place: the fold that asks for it owns it. */
export function evolveApp(state: AppState, event: AnyAppEvent, facts: EventFacts): AppState {
  switch (event.type) {
    case "AppCreated":
    case "AppEdited":
    case "AppSettingsUpdated":
    case "TestUsersSet":
    case "AppArchived":
    case "AppRestored":
    case "EventSkipped":
      return evolveOwn(state, event);
    case "EnvironmentCreated":
    case "EnvironmentEdited":
    case "EnvironmentArchived":
    case "EnvironmentRestored":
      evolveEnvironments(state.environments, event);
      return state;
    case "KeyCreated":
    case "KeyEdited":
    case "KeyLabelled":
    case "KeyArchived":
    case "KeyRestored":
      evolveKeys(state.keys, event);
      return state;
    case "SegmentCreated":
    case "SegmentEdited":
    case "SegmentLabelled":
    case "SegmentArchived":
    case "SegmentRestored":
      evolveSegments(state.segments, event);
      return state;
    case "TokenCreated":
    case "TokenRotated":
    case "TokenRevoked":
      evolveTokens(state.tokens, event);
      return state;
    case "GoalCreated":
    case "GoalEdited":
    case "GoalLabelled":
    case "GoalArchived":
    case "GoalRestored":
      evolveGoals(state.goals, event);
      return state;
    default:
      if (isWebhookEvent(event)) evolveWebhooks(state.webhooks, event);
      else if (isFlagEvent(event)) evolveFlags(state, event, facts);
      else if (isExperimentEvent(event)) evolveExperiments(state.experiments, event);
      else evolveConfigs(state.configs, event, facts);
      return state;
  }
}

function evolveOwn(state: AppState, { type, data }: AppEvent): AppState {
  switch (type) {
    case "AppCreated":
      state.slug = data.slug;
      state.name = data.name;
      return state;
    case "AppEdited":
      state.name = data.name;
      return state;
    case "AppSettingsUpdated":
      state.settings = settingsIn(data);
      return state;
    case "TestUsersSet":
      state.testUsers = data.count === 0 ? null : { list: data.list, count: data.count };
      return state;
    case "AppArchived":
      state.isArchived = true;
      return state;
    case "AppRestored":
      state.isArchived = false;
      return state;
    case "EventSkipped":
      return state;
  }
}
