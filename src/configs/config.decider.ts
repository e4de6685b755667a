import type { ConfigContent, ConfigEvent } from "./config.events";
import { checkConfig } from "./configCheck.policy";
import { contentOfDraft, type ConfigDraft, type RuleDraft } from "./configDraft.policy";
import type { AppState } from "../apps/app.state";
import { openEnvironments } from "../apps/environment.state";
import type { Circumstances, Command, ContentReference, Decision } from "../lib/decider";
import type { ArchiveOrRestore } from "../releases/archive.decider";
import type { Due } from "../releases/due.decider";
import type { Publish, Unpublish } from "../releases/publication.decider";
import { createReleaseDecider, type ReleaseCommand } from "../releases/release.decider";
import type { References } from "../releases/release.events";
import type { ReleaseDecision, ReleaseRules } from "../releases/releaseRules.policy";
import type { NewSchedule, Reschedule } from "../releases/schedule.decider";

/** Unarchived ones. */
export const CONFIGS_PER_APP_MAX = 500;

/** In an edit, what is left out stays as it is. Elsewhere a text left out is empty. */
export type ConfigCommand =
  | Command<
      "CreateConfig",
      { name: string; keys: readonly string[]; rules: readonly RuleDraft[] } & Describing
    >
  | Command<
      "EditConfig",
      { id: string; expectedVersion?: number | undefined; name?: string | undefined } & Describing &
        ConfigDraft
    >
  | Command<"PublishConfig", Publish>
  | Command<"UnpublishConfig", Unpublish>
  | Command<"ScheduleConfig", NewSchedule>
  | Command<"RescheduleConfig", Reschedule>
  | Command<"CancelScheduledPublication", { scheduleId: string; note?: string | undefined }>
  | Command<"StartScheduledPublication" | "EndScheduledPublication", Due>
  | Command<"ArchiveConfig" | "RestoreConfig", ArchiveOrRestore>;

type Describing = { description?: string | undefined; note?: string | undefined };

/** Decides over all configs of an app, by the rules that releases share. */
export const configDecider = {
  needs(command: ConfigCommand, state: AppState): readonly ContentReference[] {
    return releases.needs(releaseCommand(command), state);
  },

  decide(command: ConfigCommand, state: AppState, circumstances: Circumstances): Decision<ConfigEvent> {
    return named(releases.decide(releaseCommand(command), state, circumstances));
  },
};

export function isConfigCommand(command: { type: string }): command is ConfigCommand {
  return COMMANDS.has(command.type);
}

const COMMANDS: ReadonlySet<string> = new Set<ConfigCommand["type"]>([
  "CreateConfig",
  "EditConfig",
  "PublishConfig",
  "UnpublishConfig",
  "ScheduleConfig",
  "RescheduleConfig",
  "CancelScheduledPublication",
  "StartScheduledPublication",
  "EndScheduledPublication",
  "ArchiveConfig",
  "RestoreConfig",
]);

const rules: ReleaseRules<ConfigContent, ConfigDraft, AppState> = {
  noun: "config",
  idPrefix: "config",
  idField: "configId",
  unarchivedMax: CONFIGS_PER_APP_MAX,
  releases: ({ configs }) => configs,
  environments: openEnvironments,
  contentOf: (draft, latest, { keys }, circumstances) =>
    contentOfDraft(draft, latest, keys, (prefix, ordinal) => circumstances.newId(prefix, ordinal)),
  check: checkConfig,
  referencesOf,
};

const releases = createReleaseDecider(rules);

/** In one order whatever the content's is, so that versions which differ in other things share one list in memory. */
function referencesOf({ keys, rules }: ConfigContent): References {
  const segments = new Set(rules.flatMap(({ segmentId }) => segmentId ?? []));
  return { keys: [...keys].sort(), segments: [...segments].sort() };
}

function releaseCommand(command: ConfigCommand): ReleaseCommand<ConfigDraft> {
  switch (command.type) {
    case "CreateConfig":
    case "EditConfig": {
      const { keys, rules: drafts, ...rest } = command.data;
      const draft = { keys, rules: drafts };
      return "id" in rest
        ? { type: "Edit", data: { ...rest, draft } }
        : { type: "Create", data: { ...rest, draft } };
    }
    case "PublishConfig":
      return { type: "Publish", data: command.data };
    case "UnpublishConfig":
      return { type: "Unpublish", data: command.data };
    case "ScheduleConfig":
      return { type: "Schedule", data: command.data };
    case "RescheduleConfig":
      return { type: "Reschedule", data: command.data };
    case "ArchiveConfig":
      return { type: "Archive", data: command.data };
    case "RestoreConfig":
      return { type: "Restore", data: command.data };
    case "CancelScheduledPublication":
    case "StartScheduledPublication":
    case "EndScheduledPublication":
      return command;
  }
}

function named(decision: ReleaseDecision<ConfigContent>): Decision<ConfigEvent> {
  if (decision.outcome === "refused") return decision;
  // Each name with its prefix is a ConfigEvent, which is what `Named` says; the compiler cannot follow.
  const events = decision.events.map(({ type, data }) => ({ type: `Config${type}`, data }) as ConfigEvent);
  return { outcome: "accepted", events };
}
