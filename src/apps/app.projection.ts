import { APP_STREAM_PREFIX, SETTINGS_AT_FIRST, settingsIn, slugOfStream, type AppEvent } from "./app.events";
import { appTable, environmentTable, type AppRow } from "./app.tables";
import type { InstanceEvent } from "./instance.events";
import type { RecordedEvent } from "../eventstore/eventStore";
import { EVENT_SKIPPED } from "../lib/eventSkipped";
import { invariant } from "../lib/invariant";
import type { Rows } from "../projections/projection";
import type { EntityDocument, SliceProjection } from "../projections/sliceProjection";

/** Keeps which apps there are. */
export const appProjection: SliceProjection = {
  tables: [appTable, environmentTable],

  reads(event) {
    const change = changeIn(event);
    return change ? [{ table: appTable, key: [slugIn(event, change)] }] : [];
  },

  apply(event, rows) {
    const change = changeIn(event);
    if (!change) return;
    const app = slugIn(event, change);
    const row = rows.get(appTable, [app]);
    if (!row && change.type === EVENT_SKIPPED) return;
    rows.put(appTable, {
      ...(row ?? unborn(app, event)),
      ...changed(change),
      updated_at: event.meta.recordedAt,
      updated_by: event.meta.actor,
    });
  },

  document(event, rows) {
    const change = changeIn(event);
    // A registration is the instance's business; the app's own feed starts with AppCreated.
    if (!change || change.type === "AppRegistered") return null;
    const app = slugIn(event, change);
    return rows.get(appTable, [app]) ? appDocument(app, rows) : null;
  },
};

type AppChange = AppEvent | Extract<InstanceEvent, { type: "AppRegistered" }>;
const CHANGES: ReadonlySet<string> = new Set<AppChange["type"]>([
  "AppRegistered",
  "AppCreated",
  "AppEdited",
  "AppSettingsUpdated",
  "TestUsersSet",
  "AppArchived",
  "AppRestored",
  "EventSkipped",
]);

function changeIn({ stream, type, data }: RecordedEvent): AppChange | null {
  if (type === EVENT_SKIPPED && !stream.startsWith(APP_STREAM_PREFIX)) return null;
  // Events come from the log, where only deciders write them.
  return CHANGES.has(type) ? ({ type, data } as AppChange) : null;
}

function slugIn({ stream }: RecordedEvent, change: AppChange): string {
  return change.type === "AppRegistered" ? change.data.slug : slugOfStream(stream);
}

function unborn(app: string, { meta }: RecordedEvent): AppRow {
  const authored = {
    created_at: meta.recordedAt,
    created_by: meta.actor,
    updated_at: meta.recordedAt,
    updated_by: meta.actor,
  };
  return {
    app,
    name: "",
    status: "REGISTERED",
    registration_note: "",
    registration_copied_from: null,
    settings: SETTINGS_AT_FIRST,
    test_users: null,
    is_archived: false,
    ...authored,
  };
}

function changed({ type, data }: AppChange): Partial<AppRow> {
  switch (type) {
    case "AppRegistered":
      return {
        name: data.name,
        registration_note: data.note,
        registration_copied_from: data.copiedFrom,
      };
    case "AppEdited":
      return { name: data.name };
    case "AppCreated":
      return { name: data.name, status: "READY" };
    case "AppSettingsUpdated":
      return { settings: settingsIn(data) };
    case "TestUsersSet":
      return { test_users: data.count === 0 ? null : { list: data.list, count: data.count } };
    case "AppArchived":
      return { is_archived: true };
    case "AppRestored":
      return { is_archived: false };
    case "EventSkipped":
      return {};
  }
}

function appDocument(app: string, rows: Rows): EntityDocument {
  const row = rows.get(appTable, [app]);
  invariant(row, `the app "${app}" has a row once anything has happened to it`);
  const { name, settings, test_users: testUsers, is_archived: isArchived, created_at: createdAt } = row;
  const id = `app_${app}`;
  const document =
    row.status === "READY" ? { id, slug: app, name, settings, testUsers, isArchived, createdAt } : null;
  return { kind: "App", id, environment: null, document };
}
