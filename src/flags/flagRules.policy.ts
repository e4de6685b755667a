import type { FlagContent } from "./flag.events";
import { checkFlag } from "./flagCheck.policy";
import { contentOfDraft, type FlagDraft } from "./flagDraft.policy";
import type { AppState } from "../apps/app.state";
import { openEnvironments } from "../apps/environment.state";
import type { ReleaseRules } from "../releases/releaseRules.policy";
import { segmentsOf } from "../releases/ruleSegments.policy";

/** Unarchived ones. */
export const FLAGS_PER_APP_MAX = 500;

/** What is special about flags among all that has versions. */
export const flagRules: ReleaseRules<FlagContent, FlagDraft, AppState> & Readonly<{ kind: "Flag" }> = {
  kind: "Flag",
  noun: "flag",
  idPrefix: "flag",
  idField: "flagId",
  unarchivedMax: FLAGS_PER_APP_MAX,
  releases: ({ flags }) => flags,
  environments: openEnvironments,
  hasTestUsers: ({ testUsers }) => testUsers !== null,
  contentOf: (draft, latest, _state, circumstances) =>
    contentOfDraft(draft, latest, (prefix, ordinal) => circumstances.newId(prefix, ordinal)),
  segments: ({ segments }) => segments,
  check: checkFlag,
  offerOf: ({ key, rules }) => ({
    keys: [{ name: key, path: ["key"] }],
    rules: rules.map((rule) => ({ rule, sets: [key] })),
  }),
  referencesOf: ({ key, rules }) => ({ keys: [key], segments: segmentsOf(rules) }),
};
