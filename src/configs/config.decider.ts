import type { ConfigContent } from "./config.events";
import { checkConfig } from "./configCheck.policy";
import { contentOfDraft, type ConfigDraft } from "./configDraft.policy";
import type { AppState } from "../apps/app.state";
import { openEnvironments } from "../apps/environment.state";
import { createReleaseDecider, type NamedCommand, type ReleaseCommand } from "../releases/release.decider";
import { segmentsOf } from "../releases/ruleSegments.policy";

/** Unarchived ones. */
export const CONFIGS_PER_APP_MAX = 500;

export type ConfigCommand = NamedCommand<"Config", ReleaseCommand<ConfigDraft>>;

/** Decides over all configs of an app, by the rules that releases share. */
export const configDecider = createReleaseDecider<"Config", ConfigContent, ConfigDraft, AppState>({
  kind: "Config",
  noun: "config",
  idPrefix: "config",
  idField: "configId",
  unarchivedMax: CONFIGS_PER_APP_MAX,
  releases: ({ configs }) => configs,
  environments: openEnvironments,
  hasTestUsers: ({ testUsers }) => testUsers !== null,
  contentOf: (draft, latest, { keys }, circumstances) =>
    contentOfDraft(draft, latest, keys, (prefix, ordinal) => circumstances.newId(prefix, ordinal)),
  check: checkConfig,
  // In one order whatever the content's is, so that versions which differ in other things share one list in memory.
  referencesOf: ({ keys, rules }) => ({ keys: [...keys].sort(), segments: segmentsOf(rules) }),
});
