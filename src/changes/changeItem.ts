import type { ChangeEvent, ChangeItem, SnapshotItem } from "./changeFeed";
import type { ChangeRow, FeedRow } from "./changes.projection";
import type { Cursors } from "./cursor";
import { schemaPath } from "./eventSchemas";
import type { SnapshotRow } from "./snapshot.queries";

const SEQUENCE_DIGITS = 20;

/** A row as the feed shows it. */
export function changeItem(cursors: Cursors, row: FeedRow): ChangeItem {
  return { cursor: cursors.encode(row), kind: "EVENT", event: changeEvent(row), texts: row.texts };
}

/** Revisions as texts that are in the same order. */
const sequenceOf = (revision: number): string => String(revision).padStart(SEQUENCE_DIGITS, "0");

/** What the feed shows of a thing at the moment of a snapshot. */
export function snapshotItem({ entity, kind, revision, after }: SnapshotRow): SnapshotItem {
  return { subject: entity, entityKind: kind, sequence: sequenceOf(revision), after };
}

export function changeEvent(row: ChangeRow | FeedRow): ChangeEvent {
  return {
    id: row.id,
    type: row.type,
    source: `/apps/${row.app}`,
    dataschema: schemaPath(row.type),
    sequence: sequenceOf(row.revision),
    subject: row.entity,
    entityKind: row.kind,
    time: row.time,
    actor: row.actor,
    note: row.note,
    environment: row.environment,
    // Not before somebody looks into them.
    get before() {
      return row.before;
    },
    get after() {
      return row.after;
    },
  };
}
