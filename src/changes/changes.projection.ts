import type { RecordedEvent } from "../eventstore/eventStore";
import type { JsonObject } from "../lib/json";
import type { Rows, Table } from "../projections/projection";
import type { EntityDocument } from "../projections/sliceProjection";

/** One event of an app's stream, as the change feed and the histories show it. */
export type ChangeRow = {
  app: string;
  revision: number;
  id: string;
  type: string;
  /** The entity's GraphQL type name. */
  kind: string;
  entity: string;
  environment: string | null;
  time: string;
  actor: string;
  before: JsonObject | null;
  after: JsonObject | null;
};

export const changeTable: Table<ChangeRow> = { name: "changes", primaryKey: ["app", "revision"] };

/** What an event was about, right before and right after it was applied. */
export type ChangeDocuments = Readonly<{ before: EntityDocument; after: EntityDocument }>;

export function putChange(rows: Rows, app: string, event: RecordedEvent, documents: ChangeDocuments): void {
  const { before, after } = documents;
  rows.put(changeTable, {
    app,
    revision: event.revision,
    id: event.id,
    type: event.type,
    kind: after.kind,
    entity: after.id,
    environment: after.environment,
    time: event.meta.recordedAt,
    actor: event.meta.actor,
    before: before.document,
    after: after.document,
  });
}
