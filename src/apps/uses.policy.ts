import type { AppState } from "./app.state";
import type { Reference } from "../lib/refusal";
import { referencesInUse, versionEntry, type Release } from "../releases/release.state";

export type KnownRelease = Readonly<{ kind: "Config"; release: Release }>;

/** Everything that has versions, archived or not. */
export function releasesOf({ configs }: AppState): readonly KnownRelease[] {
  return [...configs.values()].map((release) => ({ kind: "Config", release }) as const);
}

/** Everything that keeps a key from being archived. */
export function usersOfKey(state: AppState, name: string): readonly Reference[] {
  return inOrder(
    releasesOf(state)
      .filter(({ release }) => referencesInUse(release).keys.has(name))
      .map(referenceTo),
  );
}

/** Everything that keeps a segment from being archived: releases, and unarchived segments that name it. */
export function usersOfSegment(state: AppState, id: string): readonly Reference[] {
  const users = releasesOf(state)
    .filter(({ release }) => referencesInUse(release).segments.has(id))
    .map(referenceTo);
  for (const segment of state.segments.values()) {
    if (!segment.isArchived && segment.refersTo.includes(id)) {
      users.push({ kind: "Segment", id: segment.id, name: segment.name });
    }
  }
  return inOrder(users);
}

/** Everything that is published in an environment, or will be by a schedule: it keeps it from being archived. */
export function usersOfEnvironment(state: AppState, environment: string): readonly Reference[] {
  return inOrder(
    releasesOf(state)
      .filter(({ release }) => isPublishedIn(release, environment))
      .map(referenceTo),
  );
}

/** Everything that is published or scheduled anywhere. */
export function usersOfAnyEnvironment(state: AppState): readonly Reference[] {
  return inOrder(
    releasesOf(state)
      .filter(({ release }) => isPublishedIn(release, null))
      .map(referenceTo),
  );
}

/** A schedule counts as long as it is open, suspended too: it may be revived. `null` stands for any environment. */
function isPublishedIn({ active, schedules }: Release, environment: string | null): boolean {
  if (environment === null) return active.size > 0 || schedules.size > 0;
  return (
    active.has(environment) ||
    [...schedules.values()].some((schedule) => schedule.environment === environment)
  );
}

/** Whether a version that is active somewhere uses the key, so that its default reaches users at once. */
export function isKeyPublished(state: AppState, name: string): boolean {
  return activeVersions(state).some(({ references }) => references.keys.includes(name));
}

/** Whether a version that is active somewhere uses the segment, or one that contains it at any depth. */
export function isSegmentPublished(state: AppState, id: string): boolean {
  const containing = segmentsContaining(state, id);
  return activeVersions(state).some(({ references }) =>
    references.segments.some((used) => containing.has(used)),
  );
}

/** The segment itself and all unarchived ones whose condition names one of them. */
function segmentsContaining({ segments }: AppState, id: string): ReadonlySet<string> {
  const containing = new Set([id]);
  // The set grows while it is walked, and the walk comes to what was added.
  for (const contained of containing) {
    for (const segment of segments.values()) {
      if (!segment.isArchived && segment.refersTo.includes(contained)) containing.add(segment.id);
    }
  }
  return containing;
}

function activeVersions(state: AppState) {
  return releasesOf(state)
    .filter(({ release }) => !release.isArchived)
    .flatMap(({ release }) => [...release.active.values()].map((version) => versionEntry(release, version)));
}

function referenceTo({ kind, release: { id, name } }: KnownRelease): Reference {
  return { kind, id, name };
}

function inOrder(references: Reference[]): readonly Reference[] {
  const rank = ({ kind, name, id }: Reference) => [kind, name, id].join("\0");
  return references.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}
