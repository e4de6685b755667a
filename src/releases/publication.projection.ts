import type { Cause, ReleaseEvent } from "./release.events";
import { slugOfStream } from "../apps/app.events";
import type { RecordedEvent } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";
import type { Refusal } from "../lib/refusal";
import type { RowReference, Rows, Table } from "../projections/projection";

export type PublicationRow = {
  app: string;
  /** GraphQL type name of what was published. */
  kind: string;
  release_id: string;
  revision: number;
  environment: string;
  /** Null: it was unpublished. */
  version: number | null;
  previous_version: number | null;
  cause: Cause["kind"];
  schedule_id: string | null;
  due_at: string | null;
  note: string;
  published_at: string;
  published_by: string;
};

export const SCHEDULE_STATUSES = ["PENDING", "RUNNING", "DONE", "CANCELLED", "SUSPENDED"] as const;
export type ScheduleStatus = (typeof SCHEDULE_STATUSES)[number];

export type ScheduledPublicationRow = {
  app: string;
  id: string;
  kind: string;
  release_id: string;
  /** Of the event that scheduled it. */
  revision: number;
  version: number;
  environment: string;
  starts_at: string;
  ends_at: string | null;
  status: ScheduleStatus;
  has_started: boolean;
  /** Why it is suspended. */
  reasons: readonly Refusal[];
  /** When its start (PENDING) or its end (RUNNING) has to happen; null if neither will. */
  due_at: string | null;
  note: string;
  created_at: string;
  created_by: string;
};

export const publicationTable: Table<PublicationRow> = {
  name: "publications",
  primaryKey: ["release_id", "revision"],
  isAppendOnly: true,
  isNeverRead: true,
};

export const scheduledPublicationTable: Table<ScheduledPublicationRow> = {
  name: "scheduled_publications",
  primaryKey: ["id"],
  json: ["reasons"],
};

/** The schedule that an event changes, if it is about one that exists already. */
export function scheduleIn({ type, data }: ReleaseEvent<unknown>): string | null {
  switch (type) {
    case "Rescheduled":
    case "ScheduleCancelled":
    case "ScheduleSuspended":
      return data.scheduleId;
    case "Published":
    case "Unpublished":
      return "scheduleId" in data.cause ? data.cause.scheduleId : null;
    case "Created":
    case "Edited":
    case "Scheduled":
    case "Labelled":
    case "PreviewStarted":
    case "PreviewEnded":
    case "Archived":
    case "Restored":
      return null;
  }
}

export function publicationReads(event: ReleaseEvent<unknown>): readonly RowReference[] {
  const scheduleId = scheduleIn(event);
  return scheduleId === null ? [] : [{ table: scheduledPublicationTable, key: [scheduleId] }];
}

/** Keeps the exact history of what was published and scheduled, for releases of any kind. */
export function applyPublication(
  kind: string,
  recorded: RecordedEvent,
  event: ReleaseEvent<unknown>,
  rows: Rows,
): void {
  const { type, data } = event;
  switch (type) {
    case "Published":
    case "Unpublished":
      rows.put(publicationTable, publicationRow(kind, recorded, event));
      if ("scheduleId" in data.cause) advance(data.cause, rows);
      return;
    case "Scheduled":
      rows.put(scheduledPublicationTable, scheduledRow(kind, recorded, data));
      return;
    case "Rescheduled": {
      const { has_started } = existing(data.scheduleId, rows);
      const { startsAt: starts_at, endsAt: ends_at } = data;
      const status = has_started ? "RUNNING" : "PENDING";
      const due_at = has_started ? ends_at : starts_at;
      change(data.scheduleId, rows, { starts_at, ends_at, status, due_at, reasons: [] });
      return;
    }
    case "ScheduleCancelled":
      change(data.scheduleId, rows, { status: "CANCELLED", due_at: null });
      return;
    case "ScheduleSuspended":
      change(data.scheduleId, rows, { status: "SUSPENDED", due_at: null, reasons: data.reasons });
      return;
    case "Created":
    case "Edited":
    case "Labelled":
    case "PreviewStarted":
    case "PreviewEnded":
    case "Archived":
    case "Restored":
      return;
  }
}

function publicationRow(
  kind: string,
  { stream, revision, meta }: RecordedEvent,
  { type, data }: Extract<ReleaseEvent<unknown>, { type: "Published" | "Unpublished" }>,
): PublicationRow {
  const { id, environment, previousVersion, cause, note } = data;
  return {
    app: slugOfStream(stream),
    kind,
    release_id: id,
    revision,
    environment,
    version: type === "Published" ? data.version : null,
    previous_version: previousVersion,
    cause: cause.kind,
    schedule_id: "scheduleId" in cause ? cause.scheduleId : null,
    due_at: "dueAt" in cause ? cause.dueAt : null,
    note,
    published_at: meta.recordedAt,
    published_by: meta.actor,
  };
}

function scheduledRow(
  kind: string,
  { stream, revision, meta }: RecordedEvent,
  data: Extract<ReleaseEvent<unknown>, { type: "Scheduled" }>["data"],
): ScheduledPublicationRow {
  return {
    app: slugOfStream(stream),
    id: data.scheduleId,
    kind,
    release_id: data.id,
    revision,
    version: data.version,
    environment: data.environment,
    starts_at: data.startsAt,
    ends_at: data.endsAt,
    status: "PENDING",
    has_started: false,
    reasons: [],
    due_at: data.startsAt,
    note: data.note,
    created_at: meta.recordedAt,
    created_by: meta.actor,
  };
}

/** What a schedule did leaves it running if an end is still to come, and done otherwise. */
function advance(cause: Extract<Cause, { scheduleId: string }>, rows: Rows): void {
  const { ends_at } = existing(cause.scheduleId, rows);
  const isRunning = cause.kind === "SCHEDULE" && ends_at !== null;
  change(cause.scheduleId, rows, {
    status: isRunning ? "RUNNING" : "DONE",
    has_started: true,
    due_at: isRunning ? ends_at : null,
  });
}

function change(id: string, rows: Rows, changed: Partial<ScheduledPublicationRow>): void {
  rows.put(scheduledPublicationTable, { ...existing(id, rows), ...changed });
}

function existing(id: string, rows: Rows): Readonly<ScheduledPublicationRow> {
  const row = rows.get(scheduledPublicationTable, [id]);
  invariant(row, `the stream changes schedule "${id}" before it makes it`);
  return row;
}
