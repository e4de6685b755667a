import type { AppState } from "./app.state";
import { releasesOf } from "./uses.policy";
import type { References } from "../releases/release.events";
import { versionEntry, type Release } from "../releases/release.state";

/** The environments where something uses the key that is active, or will be without anybody doing more. */
export function environmentsWithKey(state: AppState, name: string): readonly string[] {
  return environmentsWith(state, ({ keys }) => keys.includes(name));
}

/** The environments where the segment is live, by itself or in one that contains it at any depth. */
export function environmentsWithSegment(state: AppState, id: string): readonly string[] {
  const containing = segmentsContaining(state, id);
  return environmentsWith(state, ({ segments }) => segments.some((used) => containing.has(used)));
}

function environmentsWith(state: AppState, isIn: (references: References) => boolean): readonly string[] {
  const environments = new Set<string>();
  for (const { release } of releasesOf(state)) {
    for (const { environment, version } of liveVersions(release)) {
      if (isIn(versionEntry(release, version).references)) environments.add(environment);
    }
  }
  return [...environments];
}

/** What is active, what a schedule will publish, and what will be active again after one. A suspended one waits for somebody's decision. */
function liveVersions({
  isArchived,
  active,
  schedules,
}: Release): readonly { environment: string; version: number }[] {
  if (isArchived) return [];
  const live = [...active].map(([environment, version]) => ({ environment, version }));
  for (const { environment, version, fallback, status } of schedules.values()) {
    if (status === "SUSPENDED") continue;
    live.push({ environment, version });
    if (fallback !== null) live.push({ environment, version: fallback });
  }
  return live;
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
