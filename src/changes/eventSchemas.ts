import { DOCUMENT_SCHEMAS, type EntityKind } from "./documentSchemas";
import type { AnyAppEvent } from "../apps/app.state";
import { invariant } from "../lib/invariant";
import type { JsonObject } from "../lib/json";

type EventType = AnyAppEvent["type"];

/** What an event of the feed is about, and the version of what it promises. */
type Published = Readonly<{ kind: EntityKind; version: number }>;

const of = (kind: EntityKind): Published => ({ kind, version: 1 });

/**
 * The public events. What a version promises stays: members are only added to it. Whatever must take one away raises the
 * version, beside which the old schema goes on being published.
 */
const PUBLISHED: Readonly<Record<EventType, Published>> = {
  AppCreated: of("App"),
  AppEdited: of("App"),
  AppSettingsUpdated: of("App"),
  TestUsersSet: of("App"),
  AppArchived: of("App"),
  AppRestored: of("App"),
  EventSkipped: of("App"),
  EnvironmentCreated: of("Environment"),
  EnvironmentEdited: of("Environment"),
  EnvironmentArchived: of("Environment"),
  EnvironmentRestored: of("Environment"),
  TokenCreated: of("Token"),
  TokenRotated: of("Token"),
  TokenRevoked: of("Token"),
  WebhookCreated: of("Webhook"),
  WebhookEdited: of("Webhook"),
  WebhookSecretRotated: of("Webhook"),
  WebhookReplayed: of("Webhook"),
  WebhookDisabled: of("Webhook"),
  WebhookEnabled: of("Webhook"),
  WebhookDeleted: of("Webhook"),
  KeyCreated: of("Key"),
  KeyEdited: of("Key"),
  KeyLabelled: of("Key"),
  KeyArchived: of("Key"),
  KeyRestored: of("Key"),
  SegmentCreated: of("Segment"),
  SegmentEdited: of("Segment"),
  SegmentLabelled: of("Segment"),
  SegmentArchived: of("Segment"),
  SegmentRestored: of("Segment"),
  GoalCreated: of("Goal"),
  GoalEdited: of("Goal"),
  GoalLabelled: of("Goal"),
  GoalArchived: of("Goal"),
  GoalRestored: of("Goal"),
  ConfigCreated: of("Config"),
  ConfigEdited: of("Config"),
  ConfigPublished: of("Config"),
  ConfigUnpublished: of("Config"),
  ConfigScheduled: of("Config"),
  ConfigRescheduled: of("Config"),
  ConfigScheduleCancelled: of("Config"),
  ConfigScheduleSuspended: of("Config"),
  ConfigLabelled: of("Config"),
  ConfigPreviewStarted: of("Config"),
  ConfigPreviewEnded: of("Config"),
  ConfigArchived: of("Config"),
  ConfigRestored: of("Config"),
  FlagCreated: of("Flag"),
  FlagEdited: of("Flag"),
  FlagPublished: of("Flag"),
  FlagUnpublished: of("Flag"),
  FlagScheduled: of("Flag"),
  FlagRescheduled: of("Flag"),
  FlagScheduleCancelled: of("Flag"),
  FlagScheduleSuspended: of("Flag"),
  FlagLabelled: of("Flag"),
  FlagPreviewStarted: of("Flag"),
  FlagPreviewEnded: of("Flag"),
  FlagArchived: of("Flag"),
  FlagRestored: of("Flag"),
  FlagDisabled: of("Flag"),
  FlagEnabled: of("Flag"),
  ExperimentCreated: of("Experiment"),
  ExperimentEdited: of("Experiment"),
  ExperimentLabelled: of("Experiment"),
  ExperimentArchived: of("Experiment"),
  ExperimentRestored: of("Experiment"),
};

const published: ReadonlyMap<string, Published> = new Map(Object.entries(PUBLISHED));

/** The names of all public events, which a filter can ask for. */
export const EVENT_TYPES: readonly string[] = [...published.keys()];

/** The types of things that events are about, which a filter can ask for. */
export const ENTITY_KINDS: readonly string[] = Object.keys(DOCUMENT_SCHEMAS);

export const SCHEMAS_PATH = "/events";

/** The file that an event's schema is published as. */
export function schemaFile(type: string): string {
  // What a newer server has recorded is told by an older one too.
  return `${type}.v${published.get(type)?.version ?? 1}.schema.json`;
}

/** Where a server answers with the schema of what it sends: the `dataschema` of an event. */
export const schemaPath = (type: string): string => `${SCHEMAS_PATH}/${schemaFile(type)}`;

/** The JSON Schema (2020-12) of an event as the feed sends it. */
export function eventSchema(type: string): JsonObject {
  const kind = published.get(type)?.kind;
  invariant(kind, () => `"${type}" is no public event; add it to the published ones`);
  const thing = { $ref: "#/$defs/thing" };
  const thingOrNull = { anyOf: [{ type: "null" }, thing] };
  const isFirst = type.endsWith("Created");
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: type,
    description: `Sent by the feed of changes. Members may be added; skip what you do not know.`,
    type: "object",
    required: [...Object.keys(ENVELOPE), "type", "dataschema", "entityKind", "before", "after"],
    properties: {
      ...ENVELOPE,
      type: { const: type },
      dataschema: { const: schemaPath(type) },
      entityKind: { const: kind },
      before: isFirst ? { type: "null" } : thingOrNull,
      after: thingOrNull,
    },
    $defs: { thing: DOCUMENT_SCHEMAS[kind] },
  };
}

/** What all events have; the fields of CloudEvents 1.0, and a few more. */
const ENVELOPE: JsonObject = {
  specversion: { const: "1.0" },
  id: { type: "string", format: "uuid" },
  source: { type: "string", pattern: "^/apps/" },
  subject: { type: "string", description: "The id of the thing." },
  time: { type: "string", format: "date-time" },
  datacontenttype: { const: "application/json" },
  sequence: { type: "string", pattern: "^[0-9]{20}$" },
  actor: { type: "object", required: ["id"], properties: { id: { type: "string" } } },
  note: { type: "string" },
  environment: { type: ["string", "null"] },
};
