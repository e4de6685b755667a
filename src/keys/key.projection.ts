import type { KeyContent, KeyEvent } from "./key.events";
import { keyTable, type KeyRow } from "./key.tables";
import { slugOfStream } from "../apps/app.events";
import { putUsable, usableTable, useTable } from "../apps/uses.tables";
import type { RecordedEvent } from "../eventstore/eventStore";
import { makeId } from "../lib/ids";
import { labelColumns, labelsOfRow, NO_LABEL_COLUMNS } from "../labels/labels.policy";
import { invariant } from "../lib/invariant";
import type { JsonObject } from "../lib/json";
import type { Rows } from "../projections/projection";
import type { SliceProjection } from "../projections/sliceProjection";

/** A key's opaque id starts with it. */
export const KEY_ID_PREFIX = "key";

/** Keeps the keys of all apps. Who uses them is written by the slices that use them. */
export const keyProjection: SliceProjection = {
  tables: [keyTable, usableTable, useTable],

  reads(recorded) {
    const event = keyEvent(recorded);
    if (!event) return [];
    const key = [slugOfStream(recorded.stream), event.data.name];
    return [{ table: keyTable, key, isMade: event.type === "KeyCreated" }];
  },

  apply(recorded, rows) {
    const event = keyEvent(recorded);
    if (!event) return;
    const row = event.type === "KeyCreated" ? created(recorded, event) : changed(recorded, event, rows);
    rows.put(keyTable, row);
    if (event.type === "KeyEdited" || event.type === "KeyLabelled") return;
    putUsable(rows, row.app, { kind: "Key", id: row.name }, !row.is_archived);
  },

  document(recorded, rows) {
    const event = keyEvent(recorded);
    if (!event) return null;
    const app = slugOfStream(recorded.stream);
    const { name } = event.data;
    const row = rows.get(keyTable, [app, name]);
    const id = makeId(KEY_ID_PREFIX, app, name);
    return { kind: "Key", id, environment: null, document: row ? documentOf(id, row) : null };
  },
};

const EVENTS: ReadonlySet<string> = new Set<KeyEvent["type"]>([
  "KeyCreated",
  "KeyEdited",
  "KeyLabelled",
  "KeyArchived",
  "KeyRestored",
]);

function keyEvent({ type, data }: RecordedEvent): KeyEvent | null {
  // Events come from the log, where only deciders write them.
  return EVENTS.has(type) ? ({ type, data } as KeyEvent) : null;
}

type Of<Type extends KeyEvent["type"]> = Extract<KeyEvent, { type: Type }>;

function created({ stream, meta }: RecordedEvent, { data }: Of<"KeyCreated">): KeyRow {
  return {
    app: slugOfStream(stream),
    name: data.name,
    type: data.type,
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
  { stream, meta }: RecordedEvent,
  event: Exclude<KeyEvent, Of<"KeyCreated">>,
  rows: Rows,
): KeyRow {
  const before = rows.get(keyTable, [slugOfStream(stream), event.data.name]);
  invariant(before, () => `the stream changes key "${event.data.name}" before it creates it`);
  const { note } = event.data;
  const row = { ...before, note, updated_at: meta.recordedAt, updated_by: meta.actor };
  switch (event.type) {
    case "KeyEdited":
      return { ...row, ...contentColumns(event.data) };
    case "KeyLabelled":
      return { ...row, ...labelColumns(event.data) };
    case "KeyArchived":
      return { ...row, is_archived: true };
    case "KeyRestored":
      return { ...row, is_archived: false };
  }
}

function contentColumns(content: KeyContent) {
  return {
    default_value: content.defaultValue,
    description: content.description,
    value_schema: content.valueSchema,
    is_visible_to_clients: content.isVisibleToClients,
  };
}

/** The key as the change feed shows it. */
function documentOf(id: string, row: Readonly<KeyRow>): JsonObject {
  return {
    id,
    name: row.name,
    type: row.type,
    defaultValue: row.default_value,
    description: row.description,
    valueSchema: row.value_schema,
    isVisibleToClients: row.is_visible_to_clients,
    isArchived: row.is_archived,
    ...labelsOfRow(row),
  };
}
