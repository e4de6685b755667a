import type { ChangeEvent, ChangeItem } from "./changeFeed";
import type { ChangeRow } from "./changes.projection";
import type { Cursors } from "./cursor";
import { schemaPath } from "./eventSchemas";

const SEQUENCE_DIGITS = 20;

/** A row as the feed shows it. */
export function changeItem(cursors: Cursors, row: ChangeRow): ChangeItem {
  return { cursor: cursors.encode(row), kind: "EVENT", event: changeEvent(row) };
}

export function changeEvent(row: ChangeRow): ChangeEvent {
  return {
    id: row.id,
    type: row.type,
    source: `/apps/${row.app}`,
    dataschema: schemaPath(row.type),
    sequence: String(row.revision).padStart(SEQUENCE_DIGITS, "0"),
    subject: row.entity,
    entityKind: row.kind,
    time: row.time,
    actor: row.actor,
    note: row.note,
    environment: row.environment,
    before: row.before,
    after: row.after,
  };
}
