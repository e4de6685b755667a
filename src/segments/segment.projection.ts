import type { SegmentEvent } from "./segment.events";
import { segmentTable, type SegmentRow } from "./segment.tables";
import { slugOfStream } from "../apps/app.events";
import { NOTHING_USED, isSameUse, putUsable, replaceUses, type Used } from "../apps/uses.tables";
import { usableTable, useTable } from "../apps/uses.tables";
import { segmentsIn } from "../evaluation/condition";
import type { RecordedEvent } from "../eventstore/eventStore";
import { labelColumns, labelsOfRow, NO_LABEL_COLUMNS } from "../labels/labels.policy";
import { invariant } from "../lib/invariant";
import type { JsonObject } from "../lib/json";
import type { Rows } from "../projections/projection";
import type { SliceProjection } from "../projections/sliceProjection";

/** Keeps the segments of all apps, and which of them name which others. */
export const segmentProjection: SliceProjection = {
  tables: [segmentTable, usableTable, useTable],

  reads(recorded) {
    const event = segmentEvent(recorded);
    if (!event) return [];
    return [{ table: segmentTable, key: [event.data.id], isMade: event.type === "SegmentCreated" }];
  },

  apply(recorded, rows) {
    const event = segmentEvent(recorded);
    if (!event) return;
    const before = rows.get(segmentTable, [event.data.id]);
    const after = event.type === "SegmentCreated" ? created(recorded, event) : changed(recorded, event, rows);
    rows.put(segmentTable, after);
    if (event.type !== "SegmentEdited" && event.type !== "SegmentLabelled") {
      putUsable(rows, after.app, { kind: "Segment", id: after.id }, !after.is_archived);
    }
    const user = { kind: "Segment", id: after.id, name: after.name };
    const [usedBefore, usedAfter] = [usedBy(before), usedBy(after)];
    // Most edits change neither.
    if (before?.name === after.name && isSameUse(usedBefore, usedAfter)) return;
    replaceUses(rows, after.app, user, usedBefore, usedAfter);
  },

  document(recorded, rows) {
    const event = segmentEvent(recorded);
    if (!event) return null;
    const { id } = event.data;
    const row = rows.get(segmentTable, [id]);
    return { kind: "Segment", id, environment: null, document: row ? documentOf(row) : null };
  },
};

const EVENTS: ReadonlySet<string> = new Set<SegmentEvent["type"]>([
  "SegmentCreated",
  "SegmentEdited",
  "SegmentLabelled",
  "SegmentArchived",
  "SegmentRestored",
]);

function segmentEvent({ type, data }: RecordedEvent): SegmentEvent | null {
  // Events come from the log, where only deciders write them.
  return EVENTS.has(type) ? ({ type, data } as SegmentEvent) : null;
}

type Of<Type extends SegmentEvent["type"]> = Extract<SegmentEvent, { type: Type }>;

function created({ stream, meta }: RecordedEvent, { data }: Of<"SegmentCreated">): SegmentRow {
  return {
    app: slugOfStream(stream),
    id: data.id,
    name: data.name,
    description: data.description,
    condition: data.condition,
    note: data.note,
    cloned_from: data.clonedFrom,
    is_archived: false,
    ...NO_LABEL_COLUMNS,
    created_at: meta.recordedAt,
    created_by: meta.actor,
    updated_at: meta.recordedAt,
    updated_by: meta.actor,
  };
}

function changed(
  { meta }: RecordedEvent,
  { type, data }: Exclude<SegmentEvent, Of<"SegmentCreated">>,
  rows: Rows,
): SegmentRow {
  const before = rows.get(segmentTable, [data.id]);
  invariant(before, () => `the stream changes segment "${data.id}" before it creates it`);
  const row = { ...before, note: data.note, updated_at: meta.recordedAt, updated_by: meta.actor };
  switch (type) {
    case "SegmentEdited":
      return { ...row, name: data.name, description: data.description, condition: data.condition };
    case "SegmentLabelled":
      return { ...row, ...labelColumns(data) };
    case "SegmentArchived":
      return { ...row, is_archived: true };
    case "SegmentRestored":
      return { ...row, is_archived: false };
  }
}

function usedBy(row: Readonly<SegmentRow> | undefined): Used {
  return row && !row.is_archived ? { Segment: segmentsIn(row.condition) } : NOTHING_USED;
}

/** The segment as the change feed shows it. */
function documentOf(row: Readonly<SegmentRow>): JsonObject {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    condition: row.condition,
    clonedFrom: row.cloned_from,
    isArchived: row.is_archived,
    ...labelsOfRow(row),
  };
}
