import {
  applyPublication,
  publicationReads,
  publicationTable,
  scheduledPublicationTable,
  scheduleIn,
} from "./publication.projection";
import { applyPreview, previewReads, previewTable } from "./preview.projection";
import { releaseEventReader, type ReleaseEvent } from "./release.events";
import { releaseTable, releaseVersionTable, type ReleaseRow } from "./release.tables";
import { releaseDocument } from "./releaseDocument";
import { evolveReleaseRow } from "./releaseRow";
import { applyReleaseUses } from "./releaseUses";
import { slugOfStream } from "../apps/app.events";
import type { RecordedEvent } from "../eventstore/eventStore";
import { NO_LABEL_COLUMNS } from "../labels/labels.policy";
import { invariant } from "../lib/invariant";
import type { JsonObject } from "../lib/json";
import type { RowReference, Rows } from "../projections/projection";
import type { SliceProjection } from "../projections/sliceProjection";

/** What a kind of release adds to what all of them have in common. */
export type ReleaseKind = Readonly<{
  /** The GraphQL type, which also starts the names of its events. */
  kind: string;
  /** What a release with this content is about, whatever the version: `keys` of a config. */
  subjectOf(content: JsonObject): JsonObject;
}>;

/** Keeps the releases of a kind, all their versions, and everything that was published and scheduled of them. */
export function releaseProjection({ kind, subjectOf }: ReleaseKind): SliceProjection {
  const eventIn = releaseEventReader<JsonObject>(kind);
  return {
    // The tables of uses, which it writes too, are listed by the slices that they are about.
    tables: [releaseTable, releaseVersionTable, publicationTable, scheduledPublicationTable, previewTable],

    reads(recorded) {
      const event = eventIn(recorded);
      if (!event) return [];
      const { id } = event.data;
      const release: RowReference = { table: releaseTable, key: [id], isMade: event.type === "Created" };
      return [release, ...versionReads(event), ...publicationReads(event), ...previewReads(event)];
    },

    apply(recorded, rows) {
      const event = eventIn(recorded);
      if (!event) return;
      const before = rows.get(releaseTable, [event.data.id]);
      const after = before ? changed(before, recorded, event, rows) : created(kind, recorded, event);
      if (isSaving(event)) {
        saveVersion(recorded, event, rows);
        after.subject = subjectOf(event.data.content);
      }
      rows.put(releaseTable, after);
      applyPublication(kind, recorded, event, rows);
      applyPreview(kind, recorded, event, rows);
      applyReleaseUses(before, after, rows);
    },

    document(recorded, rows) {
      const event = eventIn(recorded);
      if (!event) return null;
      const { id } = event.data;
      const row = rows.get(releaseTable, [id]);
      const document = row ? releaseDocument(row) : null;
      return { kind, id, environment: environmentOf(event, rows), document };
    },
  };
}

type AnyReleaseEvent = ReleaseEvent<JsonObject>;

/** A version of any age may be published, scheduled or previewed: its content and references come from its row. */
function versionReads(event: AnyReleaseEvent): readonly RowReference[] {
  const isMade = isSaving(event);
  const version = isMade ? event.data.version : versionIn(event);
  return version === null ? [] : [{ table: releaseVersionTable, key: [event.data.id, version], isMade }];
}

/** The version that something is done with. */
function versionIn({ type, data }: AnyReleaseEvent): number | null {
  return type === "Published" || type === "Scheduled" || type === "PreviewStarted" ? data.version : null;
}

type SavingEvent = Extract<AnyReleaseEvent, { type: "Created" | "Edited" }>;

function isSaving(event: AnyReleaseEvent): event is SavingEvent {
  return event.type === "Created" || event.type === "Edited";
}

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
  const { id, name, description, references, note } = event.data;
  return {
    app: slugOfStream(stream),
    id,
    kind,
    name,
    description,
    is_archived: false,
    ...NO_LABEL_COLUMNS,
    latest_version: 1,
    subject: {},
    note,
    active: {},
    schedules: {},
    previews: {},
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
  const number = versionIn(event);
  const version = number === null ? undefined : rows.get(releaseVersionTable, [event.data.id, number]);
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
