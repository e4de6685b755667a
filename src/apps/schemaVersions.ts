import type { AnyAppEvent } from "./app.state";
import type { InstanceEvent } from "./instance.events";
import { invariant } from "../lib/invariant";

type EventType = (AnyAppEvent | InstanceEvent)["type"];

/**
 * The version of each event type's stored shape. Raise one only together with an upcaster, and with a golden file of the
 * new version in `test/storedEvents/`; the old golden file stays for ever.
 */
const VERSIONS: Readonly<Record<EventType, number>> = {
  AppRegistered: 3,
  AdminTokenIssued: 1,
  TokenCreated: 1,
  TokenRotated: 1,
  TokenRevoked: 1,
  AppCreated: 2,
  AppEdited: 1,
  AppSettingsUpdated: 3,
  TestUsersSet: 1,
  AppArchived: 1,
  AppRestored: 1,
  EventSkipped: 1,
  EnvironmentCreated: 2,
  EnvironmentEdited: 1,
  EnvironmentArchived: 1,
  EnvironmentRestored: 1,
  WebhookCreated: 1,
  WebhookEdited: 1,
  WebhookSecretRotated: 1,
  WebhookReplayed: 1,
  WebhookDisabled: 1,
  WebhookEnabled: 1,
  WebhookDeleted: 1,
  KeyCreated: 2,
  KeyEdited: 2,
  KeyLabelled: 1,
  KeyArchived: 2,
  KeyRestored: 2,
  SegmentCreated: 1,
  SegmentEdited: 1,
  SegmentLabelled: 1,
  SegmentArchived: 1,
  SegmentRestored: 1,
  GoalCreated: 1,
  GoalEdited: 1,
  GoalLabelled: 1,
  GoalArchived: 1,
  GoalRestored: 1,
  ConfigCreated: 1,
  ConfigEdited: 1,
  ConfigPublished: 1,
  ConfigUnpublished: 1,
  ConfigScheduled: 1,
  ConfigRescheduled: 1,
  ConfigScheduleCancelled: 1,
  ConfigScheduleSuspended: 1,
  ConfigLabelled: 1,
  ConfigPreviewStarted: 1,
  ConfigPreviewEnded: 1,
  ConfigArchived: 1,
  ConfigRestored: 1,
  FlagCreated: 1,
  FlagEdited: 1,
  FlagPublished: 1,
  FlagUnpublished: 1,
  FlagScheduled: 1,
  FlagRescheduled: 1,
  FlagScheduleCancelled: 1,
  FlagScheduleSuspended: 1,
  FlagLabelled: 1,
  FlagPreviewStarted: 1,
  FlagPreviewEnded: 1,
  FlagArchived: 1,
  FlagRestored: 1,
  FlagDisabled: 1,
  FlagEnabled: 1,
  ExperimentCreated: 1,
  ExperimentEdited: 1,
  ExperimentLabelled: 1,
  ExperimentArchived: 1,
  ExperimentRestored: 1,
};

export const schemaVersions: ReadonlyMap<string, number> = new Map(Object.entries(VERSIONS));

/** The version that new events of a type are stored with. */
export function schemaVersionOf(type: string): number {
  const version = schemaVersions.get(type);
  invariant(version !== undefined, `"${type}" is no event type; add it to the schema versions`);
  return version;
}
