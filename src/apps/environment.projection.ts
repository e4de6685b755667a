import { slugOfStream } from "./app.events";
import { environmentTable, type EnvironmentRow } from "./app.tables";
import type { EnvironmentEvent } from "./environment.events";
import type { RecordedEvent } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";
import type { SliceProjection } from "../projections/sliceProjection";

/** Keeps which environments apps have. Their table is listed with the apps', which it refers to. */
export const environmentProjection: SliceProjection = {
  tables: [],

  reads(event) {
    const change = environmentEvent(event);
    return change ? [{ table: environmentTable, key: [slugOfStream(event.stream), change.data.name] }] : [];
  },

  apply(event, rows) {
    const change = environmentEvent(event);
    if (!change) return;
    const app = slugOfStream(event.stream);
    const before = rows.get(environmentTable, [app, change.data.name]);
    rows.put(environmentTable, {
      ...(before ?? created(app, event, change)),
      ...changed(change),
      updated_at: event.meta.recordedAt,
      updated_by: event.meta.actor,
    });
  },

  document(event, rows) {
    const change = environmentEvent(event);
    if (!change) return null;
    const app = slugOfStream(event.stream);
    const { name } = change.data;
    const id = `environment_${app}_${name}`;
    const row = rows.get(environmentTable, [app, name]);
    const document = row
      ? { id, name, description: row.description, isArchived: row.is_archived, createdAt: row.created_at }
      : null;
    return { kind: "Environment", id, environment: name, document };
  },
};

const EVENTS: ReadonlySet<string> = new Set<EnvironmentEvent["type"]>([
  "EnvironmentCreated",
  "EnvironmentEdited",
  "EnvironmentArchived",
  "EnvironmentRestored",
]);

function environmentEvent({ type, data }: RecordedEvent): EnvironmentEvent | null {
  // Events come from the log, where only deciders write them.
  return EVENTS.has(type) ? ({ type, data } as EnvironmentEvent) : null;
}

function created(
  app: string,
  { revision, meta }: RecordedEvent,
  { type, data }: EnvironmentEvent,
): EnvironmentRow {
  invariant(
    type === "EnvironmentCreated",
    `the stream changes environment "${data.name}" before it creates it`,
  );
  return {
    app,
    name: data.name,
    description: data.description,
    is_archived: false,
    // The stream's revision grows with every environment, so it orders them.
    ordinal: revision,
    created_at: meta.recordedAt,
    created_by: meta.actor,
    updated_at: meta.recordedAt,
    updated_by: meta.actor,
  };
}

function changed({ type, data }: EnvironmentEvent): Partial<EnvironmentRow> {
  switch (type) {
    case "EnvironmentCreated":
      return {};
    case "EnvironmentEdited":
      return { description: data.description };
    case "EnvironmentArchived":
      return { is_archived: true };
    case "EnvironmentRestored":
      return { is_archived: false };
  }
}
