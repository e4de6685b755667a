import type { ConfigContent, ConfigEvent } from "./config.events";
import { configTable, configVersionTable, type ConfigRow } from "./config.tables";
import { evolveConfigRow } from "./configRow";
import { applyConfigUses } from "./configUses";
import { slugOfStream } from "../apps/app.events";
import type { RecordedEvent } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";
import type { JsonObject } from "../lib/json";
import type { RowReference, Rows } from "../projections/projection";
import type { SliceProjection } from "../projections/sliceProjection";
import {
  applyPublication,
  publicationReads,
  publicationTable,
  scheduledPublicationTable,
  scheduleIn,
} from "../releases/publication.projection";
import type { ReleaseEvent } from "../releases/release.events";

const KIND = "Config";

/** Keeps configs, all their versions, and everything that was published and scheduled of them. */
export const configProjection: SliceProjection = {
  // The tables of uses, which it writes too, are listed by the slices that they are about.
  tables: [configTable, configVersionTable, publicationTable, scheduledPublicationTable],

  reads(recorded) {
    const event = releaseEvent(recorded);
    if (!event) return [];
    const config: RowReference = { table: configTable, key: [event.data.id] };
    return [config, ...versionReads(event), ...publicationReads(event)];
  },

  apply(recorded, rows) {
    const event = releaseEvent(recorded);
    if (!event) return;
    const before = rows.get(configTable, [event.data.id]);
    if (event.type === "Created" || event.type === "Edited") saveVersion(recorded, event, rows);
    const after = before ? changed(before, recorded, event, rows) : created(recorded, event);
    rows.put(configTable, after);
    applyPublication(KIND, recorded, event, rows);
    applyConfigUses(before, after, rows);
  },

  document(recorded, rows) {
    const event = releaseEvent(recorded);
    if (!event) return null;
    const { id } = event.data;
    const row = rows.get(configTable, [id]);
    return {
      kind: KIND,
      id,
      environment: environmentOf(event, rows),
      document: row ? documentOf(row) : null,
    };
  },
};

type ConfigReleaseEvent = ReleaseEvent<ConfigContent>;

/** The event in the words that releases share, or null for another slice's. */
function releaseEvent({ type, data }: RecordedEvent): ConfigReleaseEvent | null {
  if (!EVENTS.has(type)) return null;
  // Events come from the log, where only deciders write them.
  return { type: type.slice(KIND.length), data } as ConfigReleaseEvent;
}

const EVENTS: ReadonlySet<string> = new Set<ConfigEvent["type"]>([
  "ConfigCreated",
  "ConfigEdited",
  "ConfigPublished",
  "ConfigUnpublished",
  "ConfigScheduled",
  "ConfigRescheduled",
  "ConfigScheduleCancelled",
  "ConfigScheduleSuspended",
  "ConfigArchived",
  "ConfigRestored",
]);

/** A version of any age may be published or scheduled: its content and references come from its row. */
function versionReads({ type, data }: ConfigReleaseEvent): readonly RowReference[] {
  if (type !== "Published" && type !== "Scheduled") return [];
  return [{ table: configVersionTable, key: [data.id, data.version] }];
}

type SavingEvent = Extract<ConfigReleaseEvent, { type: "Created" | "Edited" }>;

function saveVersion({ stream, meta }: RecordedEvent, { data }: SavingEvent, rows: Rows): void {
  rows.put(configVersionTable, {
    app: slugOfStream(stream),
    config_id: data.id,
    version: data.version,
    name: data.name,
    description: data.description,
    content: data.content,
    refers_to: data.references,
    note: data.note,
    created_at: meta.recordedAt,
    created_by: meta.actor,
  });
}

function created({ stream, meta }: RecordedEvent, event: ConfigReleaseEvent): ConfigRow {
  invariant(event.type === "Created", `the stream changes config "${event.data.id}" before it creates it`);
  const { id, name, description, content, references, note } = event.data;
  return {
    app: slugOfStream(stream),
    id,
    name,
    description,
    is_archived: false,
    latest_version: 1,
    content,
    note,
    active: {},
    schedules: {},
    refers_to: { 1: references },
    created_at: meta.recordedAt,
    created_by: meta.actor,
    updated_at: meta.recordedAt,
  };
}

function changed(
  row: Readonly<ConfigRow>,
  { meta }: RecordedEvent,
  event: ConfigReleaseEvent,
  rows: Rows,
): ConfigRow {
  const { data, type } = event;
  const version =
    type === "Published" || type === "Scheduled"
      ? rows.get(configVersionTable, [data.id, data.version])
      : undefined;
  return { ...evolveConfigRow(row, event, meta, version), updated_at: meta.recordedAt };
}

function environmentOf(event: ConfigReleaseEvent, rows: Rows): string | null {
  if ("environment" in event.data) return event.data.environment;
  const scheduleId = scheduleIn(event);
  return scheduleId === null
    ? null
    : (rows.get(scheduledPublicationTable, [scheduleId])?.environment ?? null);
}

/** The config as the change feed shows it. */
function documentOf(row: Readonly<ConfigRow>): JsonObject {
  const { id, name, description, is_archived: isArchived, content, note } = row;
  const environments = Object.entries(row.active).map(
    ([environment, { version, content: active }]) => [environment, { version, ...active }] as const,
  );
  return {
    id,
    name,
    description,
    isArchived,
    keys: content.keys,
    latestVersion: { number: row.latest_version, ...content, note },
    environments: Object.fromEntries(environments),
    scheduledPublications: Object.entries(row.schedules).map(([scheduleId, schedule]) => ({
      id: scheduleId,
      version: schedule.version,
      environment: schedule.environment,
      startsAt: schedule.startsAt,
      endsAt: schedule.endsAt,
      status: schedule.status,
    })),
  };
}
