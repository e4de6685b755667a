import type { AppEvent } from "./app.events";
import type { ConfigEvent } from "../configs/config.events";
import { evolveConfigs } from "../configs/config.state";
import type { KeyEvent } from "../keys/key.events";
import { evolveKeys, type Keys } from "../keys/key.state";
import type { EventFacts } from "../lib/decider";
import type { Releases } from "../releases/release.state";
import type { SegmentEvent } from "../segments/segment.events";
import { evolveSegments, type Segments } from "../segments/segment.state";

/** All events of an app's stream. */
export type AnyAppEvent = AppEvent | KeyEvent | SegmentEvent | ConfigEvent;

/** The fold of an app's stream. Every slice decides over all of it and evolves its own part. */
export type AppState = {
  slug: string | null;
  name: string;
  /** In order of creation. */
  environments: string[];
  readonly keys: Keys;
  readonly segments: Segments;
  readonly configs: Releases;
};

/** Part of the name under which snapshots are kept: raise it when the shape or the meaning of the state changes. */
export const APP_STATE_VERSION = 1;

export const initialAppState = (): AppState => ({
  slug: null,
  name: "",
  environments: [],
  keys: new Map(),
  segments: new Map(),
  configs: new Map(),
});

/** Changes `state` in place: the fold that asks for it owns it. */
export function evolveApp(state: AppState, event: AnyAppEvent, facts: EventFacts): AppState {
  switch (event.type) {
    case "AppCreated":
      state.slug = event.data.slug;
      state.name = event.data.name;
      return state;
    case "EnvironmentCreated":
      state.environments.push(event.data.name);
      return state;
    case "KeyCreated":
    case "KeyEdited":
    case "KeyArchived":
    case "KeyRestored":
      evolveKeys(state.keys, event);
      return state;
    case "SegmentCreated":
    case "SegmentEdited":
    case "SegmentArchived":
    case "SegmentRestored":
      evolveSegments(state.segments, event);
      return state;
    default:
      evolveConfigs(state.configs, event, facts);
      return state;
  }
}
