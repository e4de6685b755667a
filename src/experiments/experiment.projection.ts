import { isExperimentEvent, type ExperimentContent, type ExperimentEvent } from "./experiment.events";
import { keysIn } from "./experiment.state";
import { experimentTable, type ExperimentRow } from "./experiment.tables";
import { slugOfStream } from "../apps/app.events";
import { isSameUse, NOTHING_USED, replaceUses, useTable, type Used } from "../apps/uses.tables";
import type { RecordedEvent } from "../eventstore/eventStore";
import { labelColumns, labelsOfRow, NO_LABEL_COLUMNS } from "../labels/labels.policy";
import { invariant } from "../lib/invariant";
import type { Json, JsonObject } from "../lib/json";
import type { Rows } from "../projections/projection";
import type { SliceProjection } from "../projections/sliceProjection";

/** Keeps the experiments of all apps, and which keys, segments and goals they use. */
export const experimentProjection: SliceProjection = {
  tables: [experimentTable, useTable],

  reads(recorded) {
    const event = experimentEvent(recorded);
    if (!event) return [];
    return [{ table: experimentTable, key: [event.data.id], isMade: event.type === "ExperimentCreated" }];
  },

  apply(recorded, rows) {
    const event = experimentEvent(recorded);
    if (!event) return;
    const before = rows.get(experimentTable, [event.data.id]);
    const after =
      event.type === "ExperimentCreated" ? created(recorded, event) : changed(recorded, event, rows);
    rows.put(experimentTable, after);
    const [usedBefore, usedAfter] = [usedBy(before), usedBy(after)];
    if (before?.name === after.name && isSameUse(usedBefore, usedAfter)) return;
    const user = { kind: "Experiment", id: after.id, name: after.name };
    replaceUses(rows, after.app, user, usedBefore, usedAfter);
  },

  document(recorded, rows) {
    const event = experimentEvent(recorded);
    if (!event) return null;
    const { id } = event.data;
    const row = rows.get(experimentTable, [id]);
    const environment = row?.environment ?? null;
    return { kind: "Experiment", id, environment, document: row ? documentOf(row) : null };
  },
};

function experimentEvent({ type, data }: RecordedEvent): ExperimentEvent | null {
  // Events come from the log, where only deciders write them.
  const event = { type, data } as ExperimentEvent;
  return isExperimentEvent(event) ? event : null;
}

type Of<Type extends ExperimentEvent["type"]> = Extract<ExperimentEvent, { type: Type }>;

function created({ stream, meta }: RecordedEvent, { data }: Of<"ExperimentCreated">): ExperimentRow {
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
  { type, data }: Exclude<ExperimentEvent, Of<"ExperimentCreated">>,
  rows: Rows,
): ExperimentRow {
  const before = rows.get(experimentTable, [data.id]);
  invariant(before, () => `the stream changes experiment "${data.id}" before it creates it`);
  const row = { ...before, note: data.note, updated_at: meta.recordedAt, updated_by: meta.actor };
  switch (type) {
    case "ExperimentEdited":
      return { ...row, ...contentColumns(data) };
    case "ExperimentLabelled":
      return { ...row, ...labelColumns(data) };
    case "ExperimentArchived":
      return { ...row, is_archived: true };
    case "ExperimentRestored":
      return { ...row, is_archived: false };
  }
}

function contentColumns(content: ExperimentContent) {
  const { name, description, environment, traffic, variations, goals } = content;
  return {
    ...{ name, description, environment, traffic, variations, goals },
    segment_id: content.segmentId,
    bucket_by: content.bucketBy,
    bucket_by_fallback: content.bucketByFallback,
  };
}

function usedBy(row: Readonly<ExperimentRow> | undefined): Used {
  if (!row || row.is_archived) return NOTHING_USED;
  return {
    Key: keysIn(row.variations),
    Segment: row.segment_id === null ? [] : [row.segment_id],
    Goal: row.goals.map(({ goalId }) => goalId),
  };
}

/** The experiment as the change feed shows it. */
function documentOf(row: Readonly<ExperimentRow>): JsonObject {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    environment: row.environment,
    segmentId: row.segment_id,
    traffic: row.traffic,
    bucketBy: row.bucket_by,
    bucketByFallback: row.bucket_by_fallback,
    variations: row.variations as unknown as Json,
    goals: row.goals as unknown as Json,
    isArchived: row.is_archived,
    ...labelsOfRow(row),
  };
}
