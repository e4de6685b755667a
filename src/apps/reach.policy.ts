import type { AnyAppEvent, AppState } from "./app.state";
import { openEnvironments } from "./environment.state";
import { environmentsWithKey, environmentsWithSegment } from "./live.policy";
import { releasesOf } from "./uses.policy";
import type { ConfigEvent } from "../configs/config.events";
import { isExperimentEvent, type ExperimentEvent } from "../experiments/experiment.events";
import { isFlagEvent, type FlagEvent } from "../flags/flag.events";
import { isServedAlike } from "../keys/key.state";
import type { Circumstances, Command } from "../lib/decider";
import { jsonEquals } from "../lib/json";
import type { Refusal } from "../lib/refusal";

/**
 * Refuses what changes something where its actor may not: what users get takes the right to publish there, what only test
 * users get the right to edit. It asks what was decided and not what was wanted, so
 * nothing that a command does on the side escapes it, and it knows the state that the decision was made over.
 */
export function reachRefusals(
  command: Command<string, object>,
  events: readonly AnyAppEvent[],
  state: AppState,
  { may }: Pick<Circumstances, "may">,
): readonly Refusal[] {
  const withheldFrom = (right: "PUBLISH" | "EDIT", reached: readonly string[]) =>
    [...new Set(reached)].filter((environment) => !may(right, environment)).sort();
  const live = withheldFrom(
    "PUBLISH",
    events.flatMap((event) => reachOf(event, state)),
  );
  const previewed = withheldFrom("EDIT", events.flatMap(previewReachOf));
  const path = pathOf(command);
  return [
    ...forbidden(
      live,
      (where) => `This changes what users get in ${where}, and you may not publish there.`,
      path,
    ),
    ...forbidden(
      previewed.filter((environment) => !live.includes(environment)),
      (where) => `This changes what test users get in ${where}, and you may not edit there.`,
      path,
    ),
  ];
}

function forbidden(
  environments: readonly string[],
  say: (where: string) => string,
  path: readonly string[],
): readonly Refusal[] {
  if (environments.length === 0) return [];
  const where = environments.map((environment) => `"${environment}"`).join(", ");
  return [{ code: "FORBIDDEN", message: `${say(where)} Ask somebody who may.`, path }];
}

/** The environment where an event changes what test users get, and nobody else. */
function previewReachOf({ type, data }: AnyAppEvent): readonly string[] {
  switch (type) {
    case "ConfigPreviewStarted":
    case "FlagPreviewStarted":
      return [data.environment];
    case "ConfigPreviewEnded":
    case "FlagPreviewEnded":
      // Past its time nobody got it any more.
      return data.cause === "TIME_UP" ? [] : [data.environment];
    default:
      return [];
  }
}

/** The environments where an event changes what users get: at once, or at a time that is set already. */
export function reachOf(event: AnyAppEvent, state: AppState): readonly string[] {
  if (isOfGiving(event)) return reachOfGiving(event, state);
  switch (event.type) {
    case "KeyEdited": {
      const key = state.keys.get(event.data.name);
      return key && !isServedAlike(key, event.data) ? environmentsOfDefault(state, key.name) : [];
    }
    case "SegmentEdited": {
      const segment = state.segments.get(event.data.id);
      const isKept = segment && jsonEquals(segment.condition, event.data.condition);
      return isKept ? [] : environmentsWithSegment(state, event.data.id);
    }
    case "TestUsersSet":
      return environmentsWithPreviews(state);
    // What is in use cannot be archived, and what was archived is in no use.
    case "KeyCreated":
    case "KeyArchived":
    case "KeyRestored":
    case "SegmentCreated":
    case "SegmentArchived":
    case "SegmentRestored":
    // Goals say what is counted, and not what users get.
    case "GoalCreated":
    case "GoalEdited":
    case "GoalArchived":
    case "GoalRestored":
    // Nothing that users get depends on labels.
    case "KeyLabelled":
    case "SegmentLabelled":
    case "GoalLabelled":
    // Those who administer an app are limited to no environment.
    case "AppCreated":
    case "AppEdited":
    case "AppSettingsUpdated":
    case "AppArchived":
    case "AppRestored":
    case "EventSkipped":
    case "EnvironmentCreated":
    case "EnvironmentEdited":
    case "EnvironmentArchived":
    case "EnvironmentRestored":
    case "TokenCreated":
    case "TokenRotated":
    case "TokenRevoked":
    case "WebhookCreated":
    case "WebhookEdited":
    case "WebhookSecretRotated":
    case "WebhookReplayed":
    case "WebhookDisabled":
    case "WebhookEnabled":
    case "WebhookDeleted":
      return [];
  }
}

/** A default is served in all environments, also where nothing sets the key. Nobody counts on one that nothing live has in it. */
function environmentsOfDefault(state: AppState, name: string): readonly string[] {
  return environmentsWithKey(state, name).length > 0 ? openEnvironments(state) : [];
}

type GivingEvent = ConfigEvent | FlagEvent | ExperimentEvent;

function isOfGiving(event: AnyAppEvent): event is GivingEvent {
  return isFlagEvent(event) || isExperimentEvent(event) || event.type.startsWith("Config");
}

function reachOfGiving(event: GivingEvent, state: AppState): readonly string[] {
  // A draft gives nobody a value.
  return isExperimentEvent(event) ? [] : reachOfRelease(event, state);
}

function reachOfRelease(event: ConfigEvent | FlagEvent, state: AppState): readonly string[] {
  switch (event.type) {
    case "ConfigPublished":
    case "ConfigUnpublished":
    case "ConfigScheduled":
    case "FlagPublished":
    case "FlagUnpublished":
    case "FlagScheduled":
    case "FlagDisabled":
    case "FlagEnabled":
      return [event.data.environment];
    case "ConfigRescheduled":
    case "ConfigScheduleCancelled":
    case "FlagRescheduled":
    case "FlagScheduleCancelled":
      return environmentOfSchedule(event.data.scheduleId, state);
    // What archives a config or a flag unpublishes it by events of their own.
    case "ConfigCreated":
    case "ConfigEdited":
    case "ConfigScheduleSuspended":
    case "ConfigLabelled":
    case "ConfigArchived":
    case "ConfigRestored":
    case "FlagCreated":
    case "FlagEdited":
    case "FlagScheduleSuspended":
    case "FlagLabelled":
    case "FlagArchived":
    case "FlagRestored":
    // Test users alone get what is previewed, which is asked for apart.
    case "ConfigPreviewStarted":
    case "FlagPreviewStarted":
    case "ConfigPreviewEnded":
    case "FlagPreviewEnded":
      return [];
  }
}

/** One that the same command has scheduled is not there yet, and its own event says where it is. */
function environmentOfSchedule(scheduleId: string, state: AppState): readonly string[] {
  return releasesOf(state).flatMap(({ release }) => release.schedules.get(scheduleId)?.environment ?? []);
}

function environmentsWithPreviews(state: AppState): readonly string[] {
  return releasesOf(state).flatMap(({ release }) =>
    [...release.previews.values()].map(({ environment }) => environment),
  );
}

/** Where in the input stands what reaches there. */
function pathOf({ type, data }: Command<string, object>): readonly string[] {
  if ("environment" in data) return ["environment"];
  if (type === "EditKey") {
    const isDefaultKept = !("defaultValue" in data) || data.defaultValue === undefined;
    return [isDefaultKept ? "isVisibleToClients" : "defaultValue"];
  }
  return PATHS[type] ?? [];
}

const PATHS: Readonly<Record<string, readonly string[]>> = {
  Promote: ["to"],
  ImportApp: ["definition"],
  ArchiveConfig: ["configId"],
  ArchiveFlag: ["flagId"],
  RescheduleScheduledPublication: ["id"],
  CancelScheduledPublication: ["id"],
  EndPreview: ["id"],
  SetTestUsers: ["userIds"],
  EditSegment: ["condition"],
};
