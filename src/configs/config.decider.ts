import type { ConfigContent } from "./config.events";
import { checkConfig } from "./configCheck.policy";
import { contentOfDraft, type ConfigDraft } from "./configDraft.policy";
import type { AppState } from "../apps/app.state";
import { openEnvironments } from "../apps/environment.state";
import type { NamedCommand, ReleaseCommand } from "../releases/release.commands";
import { createReleaseDecider } from "../releases/release.decider";
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
  segments: ({ segments }) => segments,
  check: checkConfig,
  offerOf: ({ keys, rules }) => ({
    keys: keys.map((name, index) => ({ name, path: ["keys", String(index)] })),
    rules: rules.map((rule) => ({ rule, sets: rule.values.map(({ key }) => key) })),
  }),
  // In one order whatever the content's is, so that versions which differ in other things share one list in memory.
  referencesOf: ({ keys, rules }) => ({ keys: [...keys].sort(), segments: segmentsOf(rules) }),
});
