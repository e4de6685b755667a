import type { Documents } from "./documentText";
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
  /** Why it was changed, in its author's words; may be empty. */
  note: string;
  before: JsonObject | null;
  after: JsonObject | null;
};

/** A change as readers of the feed get it. */
export type FeedRow = Omit<ChangeRow, "before" | "after"> & Documents;

/** What is stored of it: `after` as JSON text, and `before` not at all, since an earlier row has it. */
export type StoredChange = Omit<ChangeRow, "before" | "after"> & { after: string | null };

export const changeTable: Table<StoredChange> = {
  name: "changes",
  primaryKey: ["app", "revision"],
  isAppendOnly: true,
  isNeverRead: true,
};

/** `after` is what the event was about, right after it was applied. */
export function putChange(rows: Rows, app: string, event: RecordedEvent, after: EntityDocument): void {
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
    note: noteIn(event.data),
    after: after.document && JSON.stringify(after.document),
  });
}

/** Every event that somebody brings about by hand carries its note; what a schedule does has none. */
function noteIn(data: unknown): string {
  const { note } = data as Readonly<{ note?: unknown }>;
  return typeof note === "string" ? note : "";
}
