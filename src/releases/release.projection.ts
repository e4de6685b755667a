import {
  applyPublication,
  publicationReads,
  publicationTable,
  scheduledPublicationTable,
  scheduleIn,
} from "./publication.projection";
import { releaseEventReader, type ReleaseEvent } from "./release.events";
import { releaseTable, releaseVersionTable, type ReleaseRow } from "./release.tables";
import { evolveReleaseRow } from "./releaseRow";
import { applyReleaseUses } from "./releaseUses";
import { slugOfStream } from "../apps/app.events";
import type { RecordedEvent } from "../eventstore/eventStore";
import { labelsOfRow, NO_LABEL_COLUMNS } from "../labels/labels.policy";
import { invariant } from "../lib/invariant";
import type { JsonObject } from "../lib/json";
import type { RowReference, Rows } from "../projections/projection";
import type { SliceProjection } from "../projections/sliceProjection";

/** What a kind of release adds to what all of them have in common. */
export type ReleaseKind = Readonly<{
  /** The GraphQL type, which also starts the names of its events. */
  kind: string;
  /** What the feed says of a release beside its versions: `keys` of a config. `content` is of the latest one. */
  subjectOf(content: JsonObject): JsonObject;
}>;

/** Keeps the releases of a kind, all their versions, and everything that was published and scheduled of them. */
export function releaseProjection({ kind, subjectOf }: ReleaseKind): SliceProjection {
  const eventIn = releaseEventReader<JsonObject>(kind);
  return {
    // The tables of uses, which it writes too, are listed by the slices that they are about.
    tables: [releaseTable, releaseVersionTable, publicationTable, scheduledPublicationTable],

    reads(recorded) {
      const event = eventIn(recorded);
      if (!event) return [];
      const release: RowReference = { table: releaseTable, key: [event.data.id] };
      return [release, ...versionReads(event), ...publicationReads(event)];
    },

    apply(recorded, rows) {
      const event = eventIn(recorded);
      if (!event) return;
      const before = rows.get(releaseTable, [event.data.id]);
      if (event.type === "Created" || event.type === "Edited") saveVersion(recorded, event, rows);
      const after = before ? changed(before, recorded, event, rows) : created(kind, recorded, event);
      rows.put(releaseTable, after);
      applyPublication(kind, recorded, event, rows);
      applyReleaseUses(before, after, rows);
    },

    document(recorded, rows) {
      const event = eventIn(recorded);
      if (!event) return null;
      const { id } = event.data;
      const row = rows.get(releaseTable, [id]);
      const document = row ? releaseDocument(row, subjectOf(row.content)) : null;
      return { kind, id, environment: environmentOf(event, rows), document };
    },
  };
}

type AnyReleaseEvent = ReleaseEvent<JsonObject>;

/** A version of any age may be published or scheduled: its content and references come from its row. */
function versionReads({ type, data }: AnyReleaseEvent): readonly RowReference[] {
  if (type !== "Published" && type !== "Scheduled") return [];
  return [{ table: releaseVersionTable, key: [data.id, data.version] }];
}

type SavingEvent = Extract<AnyReleaseEvent, { type: "Created" | "Edited" }>;

function saveVersion({ stream, meta }: RecordedEvent, { data }: SavingEvent, rows: Rows): void {
  rows.put(releaseVersionTable, {
    app: slugOfStream(stream),
    release_id: data.id,
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

function created(kind: string, { stream, meta }: RecordedEvent, event: AnyReleaseEvent): ReleaseRow {
  invariant(event.type === "Created", `the stream changes "${event.data.id}" before it creates it`);
  const { id, name, description, content, references, note } = event.data;
  return {
    app: slugOfStream(stream),
    id,
    kind,
    name,
    description,
    is_archived: false,
    ...NO_LABEL_COLUMNS,
    latest_version: 1,
    content,
    note,
    active: {},
    schedules: {},
    refers_to: { 1: references },
    created_at: meta.recordedAt,
    created_by: meta.actor,
    updated_at: meta.recordedAt,
    updated_by: meta.actor,
  };
}

function changed(
  row: Readonly<ReleaseRow>,
  { meta }: RecordedEvent,
  event: AnyReleaseEvent,
  rows: Rows,
): ReleaseRow {
  const { data, type } = event;
  const version =
    type === "Published" || type === "Scheduled"
      ? rows.get(releaseVersionTable, [data.id, data.version])
      : undefined;
  const after = evolveReleaseRow(row, event, meta, version);
  return { ...after, updated_at: meta.recordedAt, updated_by: meta.actor };
}

function environmentOf(event: AnyReleaseEvent, rows: Rows): string | null {
  if ("environment" in event.data) return event.data.environment;
  const scheduleId = scheduleIn(event);
  return scheduleId === null
    ? null
    : (rows.get(scheduledPublicationTable, [scheduleId])?.environment ?? null);
}

/** A release as the change feed shows it. */
export function releaseDocument(row: Readonly<ReleaseRow>, subject: JsonObject): JsonObject {
  const { id, name, description, is_archived: isArchived, content, note } = row;
  const environments = Object.entries(row.active).map(
    ([environment, { version, content: active }]) => [environment, { version, ...active }] as const,
  );
  return {
    id,
    name,
    description,
    isArchived,
    ...labelsOfRow(row),
    ...subject,
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
