import type { ReleaseEvent } from "./release.events";
import type { OpenSchedule, ReleaseRow, ReleaseVersionRow } from "./release.tables";
import type { EventMeta } from "../eventstore/eventStore";
import { labelColumns } from "../labels/labels.policy";
import { invariant } from "../lib/invariant";
import type { JsonObject } from "../lib/json";

type Change = ReleaseEvent<JsonObject>;
type ChangeData<Type extends Change["type"]> = Extract<Change, { type: Type }>["data"];
type Row = Readonly<ReleaseRow>;

/** The row after an event; `version` is the row of the version that is published, scheduled or previewed. */
export function evolveReleaseRow(
  row: Row,
  { type, data }: Change,
  meta: EventMeta,
  version: Readonly<ReleaseVersionRow> | undefined,
): Row {
  switch (type) {
    case "Created":
      return row;
    case "Edited": {
      const { name, description, note, references } = data;
      const refers_to = { ...row.refers_to, [data.version]: references };
      return tidied({ ...row, name, description, note, refers_to, latest_version: data.version });
    }
    case "Published":
      return tidied(published(row, data, meta, existing(version)));
    case "Unpublished": {
      const ended = data.cause.kind === "SCHEDULE_END" ? data.cause.scheduleId : null;
      const schedules = ended === null ? row.schedules : without(row.schedules, ended);
      return tidied({ ...row, active: without(row.active, data.environment), schedules });
    }
    case "Scheduled": {
      const refers_to = { ...row.refers_to, [data.version]: existing(version).refers_to };
      return withSchedule({ ...row, refers_to }, data.scheduleId, newSchedule(data));
    }
    case "Rescheduled": {
      const { startsAt, endsAt } = data;
      const schedule = openSchedule(row, data.scheduleId);
      const status = schedule.hasStarted ? "RUNNING" : "PENDING";
      return withSchedule(row, data.scheduleId, { ...schedule, startsAt, endsAt, status });
    }
    case "ScheduleSuspended": {
      const schedule = openSchedule(row, data.scheduleId);
      return withSchedule(row, data.scheduleId, { ...schedule, status: "SUSPENDED" });
    }
    case "ScheduleCancelled":
      return tidied({ ...row, schedules: without(row.schedules, data.scheduleId) });
    case "Labelled":
      return { ...row, ...labelColumns(data) };
    case "PreviewStarted":
      return withPreview(row, data, existing(version));
    case "PreviewEnded":
      return tidied({ ...row, previews: without(row.previews, data.previewId) });
    case "Archived":
      return { ...row, is_archived: true };
    case "Restored":
      return { ...row, is_archived: false };
  }
}

/** The versions that count as in use, as they are counted in the state. */
export function versionsInUseOf({
  is_archived,
  latest_version,
  active,
  schedules,
  previews,
}: Row): ReadonlySet<number> {
  if (is_archived) return new Set();
  const inUse = new Set([latest_version, ...Object.values(active).map(({ version }) => version)]);
  for (const { status, version, fallback } of Object.values(schedules)) {
    if (status !== "SUSPENDED") inUse.add(version);
    if (fallback !== null) inUse.add(fallback);
  }
  for (const { version } of Object.values(previews)) inUse.add(version);
  return inUse;
}

function published(
  row: Row,
  { version, environment, previousVersion, cause }: ChangeData<"Published">,
  { recordedAt: publishedAt, actor: publishedBy }: EventMeta,
  { refers_to: references }: Readonly<ReleaseVersionRow>,
): Row {
  const active = { ...row.active, [environment]: { version, publishedAt, publishedBy } };
  const refers_to = { ...row.refers_to, [version]: references };
  const next = { ...row, active, refers_to };
  if (!("scheduleId" in cause)) return next;
  const schedule = openSchedule(row, cause.scheduleId);
  if (cause.kind === "SCHEDULE_END" || schedule.endsAt === null) {
    return { ...next, schedules: without(row.schedules, cause.scheduleId) };
  }
  const running = { ...schedule, status: "RUNNING", hasStarted: true, fallback: previousVersion } as const;
  return withSchedule(next, cause.scheduleId, running);
}

function withPreview(
  row: Row,
  { previewId, version, environment, endsAt }: ChangeData<"PreviewStarted">,
  { refers_to: references }: Readonly<ReleaseVersionRow>,
): Row {
  const refers_to = { ...row.refers_to, [version]: references };
  return { ...row, refers_to, previews: { ...row.previews, [previewId]: { version, environment, endsAt } } };
}

function newSchedule({ version, environment, startsAt, endsAt }: ChangeData<"Scheduled">): OpenSchedule {
  return { version, environment, startsAt, endsAt, status: "PENDING", hasStarted: false, fallback: null };
}

function withSchedule(row: Row, id: string, schedule: OpenSchedule): Row {
  return { ...row, schedules: { ...row.schedules, [id]: schedule } };
}

function openSchedule({ schedules }: Row, id: string): OpenSchedule {
  const schedule = schedules[id];
  invariant(schedule, `the stream changes schedule "${id}", which is not open`);
  return schedule;
}

/** Forgets what old versions point at, unless they are active, may become so, or are previewed. */
function tidied(row: Row): Row {
  const old = Object.keys(row.refers_to).filter((version) => !isKept(row, Number(version)));
  if (old.length === 0) return row;
  const kept = Object.entries(row.refers_to).filter(([version]) => !old.includes(version));
  return { ...row, refers_to: Object.fromEntries(kept) };
}

function isKept({ latest_version, active, schedules, previews }: Row, version: number): boolean {
  return (
    version === latest_version ||
    Object.values(active).some((publication) => publication.version === version) ||
    Object.values(schedules).some(
      (schedule) => schedule.version === version || schedule.fallback === version,
    ) ||
    Object.values(previews).some((preview) => preview.version === version)
  );
}

function without<Value>(record: Readonly<Record<string, Value>>, name: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([other]) => other !== name));
}

function existing(version: Readonly<ReleaseVersionRow> | undefined): Readonly<ReleaseVersionRow> {
  invariant(version, "a version is saved before anything is done with it");
  return version;
}
