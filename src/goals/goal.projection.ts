import type { GoalContent, GoalEvent } from "./goal.events";
import { goalTable, type GoalRow } from "./goal.tables";
import { slugOfStream } from "../apps/app.events";
import { putUsable, usableTable } from "../apps/uses.tables";
import type { RecordedEvent } from "../eventstore/eventStore";
import { labelColumns, labelsOfRow, NO_LABEL_COLUMNS } from "../labels/labels.policy";
import { invariant } from "../lib/invariant";
import type { Json, JsonObject } from "../lib/json";
import type { Rows } from "../projections/projection";
import type { SliceProjection } from "../projections/sliceProjection";

/** Keeps the goals of all apps. Who uses them is written by the slices that use them. */
export const goalProjection: SliceProjection = {
  tables: [goalTable, usableTable],

  reads(recorded) {
    const event = goalEvent(recorded);
    return event ? [{ table: goalTable, key: [event.data.id] }] : [];
  },

  apply(recorded, rows) {
    const event = goalEvent(recorded);
    if (!event) return;
    const row = event.type === "GoalCreated" ? created(recorded, event) : changed(recorded, event, rows);
    rows.put(goalTable, row);
    if (event.type === "GoalEdited" || event.type === "GoalLabelled") return;
    putUsable(rows, row.app, { kind: "Goal", id: row.id }, !row.is_archived);
  },

  document(recorded, rows) {
    const event = goalEvent(recorded);
    if (!event) return null;
    const { id } = event.data;
    const row = rows.get(goalTable, [id]);
    return { kind: "Goal", id, environment: null, document: row ? documentOf(row) : null };
  },
};

const EVENTS: ReadonlySet<string> = new Set<GoalEvent["type"]>([
  "GoalCreated",
  "GoalEdited",
  "GoalLabelled",
  "GoalArchived",
  "GoalRestored",
]);

function goalEvent({ type, data }: RecordedEvent): GoalEvent | null {
  // Events come from the log, where only deciders write them.
  return EVENTS.has(type) ? ({ type, data } as GoalEvent) : null;
}

type Of<Type extends GoalEvent["type"]> = Extract<GoalEvent, { type: Type }>;

function created({ stream, meta }: RecordedEvent, { data }: Of<"GoalCreated">): GoalRow {
  return {
    app: slugOfStream(stream),
    id: data.id,
    ...contentColumns(data),
    note: data.note,
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
  { type, data }: Exclude<GoalEvent, Of<"GoalCreated">>,
  rows: Rows,
): GoalRow {
  const before = rows.get(goalTable, [data.id]);
  invariant(before, `the stream changes goal "${data.id}" before it creates it`);
  const row = { ...before, note: data.note, updated_at: meta.recordedAt, updated_by: meta.actor };
  switch (type) {
    case "GoalEdited":
      return { ...row, ...contentColumns(data) };
    case "GoalLabelled":
      return { ...row, ...labelColumns(data) };
    case "GoalArchived":
      return { ...row, is_archived: true };
    case "GoalRestored":
      return { ...row, is_archived: false };
  }
}

function contentColumns({ name, description, events, valueProperty }: GoalContent) {
  return { name, description, events, value_property: valueProperty };
}

/** The goal as the change feed shows it. */
function documentOf(row: Readonly<GoalRow>): JsonObject {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    events: row.events as Json,
    valueProperty: row.value_property,
    isArchived: row.is_archived,
    ...labelsOfRow(row),
  };
}
