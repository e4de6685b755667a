import type { References, ReleaseEvent } from "./release.events";
import { labelsIn, NO_LABELS, type Labels } from "../labels/labels.policy";
import { invariant } from "../lib/invariant";
import { isSameList } from "../lib/lists";

export type Release = Readonly<{
  id: string;
  name: string;
  description: string;
  isArchived: boolean;
  labels: Labels;
  /** Version n stands at index n − 1. Equal references are one shared array, so an unlimited history costs little. */
  versions: readonly VersionEntry[];
  /** Environment → the version that is active there. */
  active: ReadonlyMap<string, number>;
  /** Open ones only: pending, running (its end is still to come) or suspended. */
  schedules: ReadonlyMap<string, Schedule>;
  /** Those that have not ended, by id; at most one in each environment. */
  previews: ReadonlyMap<string, Preview>;
}>;

/** `revision` is where in the stream the version's content stands. */
export type VersionEntry = Readonly<{ revision: number; references: References }>;

export type Schedule = Readonly<{
  id: string;
  version: number;
  environment: string;
  startsAt: string;
  endsAt: string | null;
  status: "PENDING" | "RUNNING" | "SUSPENDED";
  /** True once its version was published: only its end is still to come. */
  hasStarted: boolean;
  /** Once it has started: the version that becomes active again at its end, or null for none. */
  fallback: number | null;
}>;

/** Past `endsAt` nobody gets it any more, also if its end has not been recorded yet. */
export type Preview = Readonly<{ id: string; version: number; environment: string; endsAt: string }>;

export type Releases = Map<string, Release>;

/** Lists of versions grow in place, so they are copied; everything else is replaced when it changes. */
export function copyOfReleases(releases: Releases): Releases {
  return new Map([...releases].map(([id, release]) => [id, { ...release, versions: [...release.versions] }]));
}

export function evolveReleases(
  releases: Releases,
  { type, data }: ReleaseEvent<unknown>,
  { revision }: { revision: number },
): void {
  if (type === "Created") {
    const { id, name, description, references } = data;
    const versions = [{ revision, references }];
    releases.set(id, {
      id,
      name,
      description,
      isArchived: false,
      labels: NO_LABELS,
      versions,
      active: new Map(),
      schedules: new Map(),
      previews: new Map(),
    });
    return;
  }
  const release = releases.get(data.id);
  invariant(release, `the stream changes "${data.id}" before it creates it`);
  releases.set(data.id, evolveRelease(release, { type, data } as ChangeOfRelease, revision));
}

type ChangeOfRelease = Exclude<ReleaseEvent<unknown>, { type: "Created" }>;

function evolveRelease(release: Release, { type, data }: ChangeOfRelease, revision: number): Release {
  switch (type) {
    case "Edited": {
      const { name, description } = data;
      // The history belongs to this fold alone, so it may grow in place: copying it would make n edits cost n².
      (release.versions as VersionEntry[]).push({ revision, references: shared(release, data.references) });
      return { ...release, name, description };
    }
    case "Published": {
      const active = new Map(release.active).set(data.environment, data.version);
      const schedules = data.cause.kind === "BY_HAND" ? release.schedules : afterScheduled(release, data);
      return { ...release, active, schedules };
    }
    case "Unpublished": {
      const active = without(release.active, data.environment);
      const ended = data.cause.kind === "SCHEDULE_END" ? data.cause.scheduleId : null;
      return { ...release, active, schedules: ended ? without(release.schedules, ended) : release.schedules };
    }
    case "Scheduled":
      return withSchedule(release, newSchedule(data));
    case "Rescheduled": {
      const schedule = existingSchedule(release, data.scheduleId);
      const status = schedule.hasStarted ? "RUNNING" : "PENDING";
      return withSchedule(release, { ...schedule, status, startsAt: data.startsAt, endsAt: data.endsAt });
    }
    case "ScheduleSuspended":
      return withSchedule(release, { ...existingSchedule(release, data.scheduleId), status: "SUSPENDED" });
    case "ScheduleCancelled":
      return { ...release, schedules: without(release.schedules, data.scheduleId) };
    case "Labelled":
      return { ...release, labels: labelsIn(data) };
    case "PreviewStarted":
      return withPreview(release, data);
    case "PreviewEnded":
      return { ...release, previews: without(release.previews, data.previewId) };
    case "Archived":
      return { ...release, isArchived: true };
    case "Restored":
      return { ...release, isArchived: false };
  }
}

/** A schedule that published something runs until its end if it has one, and is over otherwise. */
function afterScheduled(release: Release, data: DataOf<"Published">): ReadonlyMap<string, Schedule> {
  if (data.cause.kind !== "SCHEDULE" && data.cause.kind !== "SCHEDULE_END") return release.schedules;
  const schedule = existingSchedule(release, data.cause.scheduleId);
  if (data.cause.kind === "SCHEDULE_END" || schedule.endsAt === null) {
    return without(release.schedules, schedule.id);
  }
  const running = {
    ...schedule,
    status: "RUNNING",
    hasStarted: true,
    fallback: data.previousVersion,
  } as const;
  return withSchedule(release, running).schedules;
}

function withPreview(
  release: Release,
  { previewId: id, version, environment, endsAt }: DataOf<"PreviewStarted">,
): Release {
  return { ...release, previews: new Map(release.previews).set(id, { id, version, environment, endsAt }) };
}

type DataOf<Type extends ChangeOfRelease["type"]> = Extract<ChangeOfRelease, { type: Type }>["data"];

function newSchedule({
  scheduleId: id,
  version,
  environment,
  startsAt,
  endsAt,
}: DataOf<"Scheduled">): Schedule {
  const isPending = { status: "PENDING", hasStarted: false, fallback: null } as const;
  return { id, version, environment, startsAt, endsAt, ...isPending };
}

function withSchedule(release: Release, schedule: Schedule): Release {
  return { ...release, schedules: new Map(release.schedules).set(schedule.id, schedule) };
}

function existingSchedule(release: Release, scheduleId: string): Schedule {
  const schedule = release.schedules.get(scheduleId);
  invariant(schedule, `the stream changes schedule "${scheduleId}", which is not open`);
  return schedule;
}

function without<Id, Value>(map: ReadonlyMap<Id, Value>, id: Id): ReadonlyMap<Id, Value> {
  const rest = new Map(map);
  rest.delete(id);
  return rest;
}

/** How many versions back equal references are looked for: edits go to and fro between few. */
const SHARED_WITHIN_VERSIONS = 20;

/** A recent version's references, if these are the same, so that both share one object. */
function shared({ versions }: Release, references: References): References {
  const oldest = Math.max(0, versions.length - SHARED_WITHIN_VERSIONS);
  for (let index = versions.length - 1; index >= oldest; index -= 1) {
    const earlier = versions[index]?.references;
    if (earlier && isSameReferences(earlier, references)) return earlier;
  }
  return references;
}

export function isSameReferences(a: References, b: References): boolean {
  return isSameList(a.keys, b.keys) && isSameList(a.segments, b.segments);
}

/** The versions that count as in use: the latest, the active, the scheduled, the fallback and the previewed ones; none if archived. */
export function versionsInUse(release: Release): ReadonlySet<number> {
  if (release.isArchived) return new Set();
  const inUse = new Set([release.versions.length, ...release.active.values()]);
  for (const { status, version, fallback } of release.schedules.values()) {
    if (status !== "SUSPENDED") inUse.add(version);
    if (fallback !== null) inUse.add(fallback);
  }
  for (const { version } of release.previews.values()) inUse.add(version);
  return inUse;
}

export function versionEntry(release: Release, version: number): VersionEntry {
  const entry = release.versions[version - 1];
  invariant(entry, `"${release.id}" has no version ${version}`);
  return entry;
}

/** Everything that the versions in use point at. */
export function referencesInUse(release: Release): { keys: Set<string>; segments: Set<string> } {
  const keys = new Set<string>();
  const segments = new Set<string>();
  for (const version of versionsInUse(release)) {
    const { references } = versionEntry(release, version);
    for (const name of references.keys) keys.add(name);
    for (const id of references.segments) segments.add(id);
  }
  return { keys, segments };
}
