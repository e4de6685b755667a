import type { AppEvent } from "./app.events";
import { slugOfStream } from "./app.events";
import type { InstanceEvent } from "./instance.events";
import type { RecordedEvent } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";
import type { Rows, RowReference, Table } from "../projections/projection";
import type { EntityDocument, SliceProjection } from "../projections/sliceProjection";

export type AppRow = {
  app: string;
  name: string;
  /** READY once the app's own stream has begun. */
  status: "REGISTERED" | "READY";
  created_at: string;
  created_by: string;
};

export type EnvironmentRow = {
  app: string;
  name: string;
  /** Orders an app's environments by creation. */
  ordinal: number;
  created_at: string;
  created_by: string;
};

export const appTable: Table<AppRow> = { name: "apps", primaryKey: ["app"] };
export const environmentTable: Table<EnvironmentRow> = { name: "environments", primaryKey: ["app", "name"] };

/** Keeps which apps there are and which environments they have. */
export const appProjection: SliceProjection = {
  tables: [appTable, environmentTable],

  reads(event) {
    const change = changeIn(event);
    if (!change) return [];
    const app = rowOf(appTable, slugIn(event, change));
    return change.type === "EnvironmentCreated"
      ? [app, rowOf(environmentTable, slugIn(event, change), change.data.name)]
      : [app];
  },

  apply(event, rows) {
    const change = changeIn(event);
    if (!change) return;
    const app = slugIn(event, change);
    const created = { app, created_at: event.meta.recordedAt, created_by: event.meta.actor };
    switch (change.type) {
      case "AppRegistered":
        rows.put(appTable, { ...created, name: change.data.name, status: "REGISTERED" });
        return;
      case "AppCreated":
        rows.put(appTable, { ...created, name: change.data.name, status: "READY" });
        return;
      case "EnvironmentCreated":
        // The stream's revision grows with every environment, so it orders them.
        rows.put(environmentTable, { ...created, name: change.data.name, ordinal: event.revision });
        return;
    }
  },

  document(event, rows) {
    const change = changeIn(event);
    // A registration is the instance's business; the app's own feed starts with AppCreated.
    if (!change || change.type === "AppRegistered") return null;
    const app = slugIn(event, change);
    return change.type === "AppCreated"
      ? appDocument(app, rows)
      : environmentDocument(app, change.data.name, rows);
  },
};

type AppChange = AppEvent | InstanceEvent;
const CHANGES: ReadonlySet<string> = new Set<AppChange["type"]>([
  "AppRegistered",
  "AppCreated",
  "EnvironmentCreated",
]);

function changeIn({ type, data }: RecordedEvent): Exclude<AppChange, { type: "AdminTokenIssued" }> | null {
  // Events come from the log, where only deciders write them.
  return CHANGES.has(type) ? ({ type, data } as Exclude<AppChange, { type: "AdminTokenIssued" }>) : null;
}

function slugIn({ stream }: RecordedEvent, change: AppChange): string {
  if (change.type === "EnvironmentCreated") return slugOfStream(stream);
  invariant("slug" in change.data, `${change.type} names its app`);
  return change.data.slug;
}

function rowOf<Row extends object>(table: Table<Row>, ...key: string[]): RowReference {
  return { table, key };
}

function appDocument(app: string, rows: Rows): EntityDocument {
  const row = rows.get(appTable, [app]);
  const id = `app_${app}`;
  const document =
    row?.status === "READY" ? { id, slug: app, name: row.name, createdAt: row.created_at } : null;
  return { kind: "App", id, environment: null, document };
}

function environmentDocument(app: string, name: string, rows: Rows): EntityDocument {
  const row = rows.get(environmentTable, [app, name]);
  const id = `environment_${app}_${name}`;
  const document = row ? { id, name, createdAt: row.created_at } : null;
  return { kind: "Environment", id, environment: name, document };
}
