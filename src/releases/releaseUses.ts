import type { ReleaseRow } from "./release.tables";
import { versionsInUseOf } from "./releaseRow";
import { NOTHING_USED, isSameUse, replaceUses } from "../apps/uses.tables";
import { invariant } from "../lib/invariant";
import type { Rows } from "../projections/projection";

/** Brings the rows of what a release uses from one state of it to the next. */
export function applyReleaseUses(
  before: Readonly<ReleaseRow> | undefined,
  after: Readonly<ReleaseRow>,
  rows: Rows,
): void {
  const usedBefore = before ? usedBy(before) : NOTHING_USED;
  const usedAfter = usedBy(after);
  // Most events change neither: a publication of the latest version, for one.
  if (before?.name === after.name && isSameUse(usedBefore, usedAfter)) return;
  const user = { kind: after.kind, id: after.id, name: after.name };
  replaceUses(rows, after.app, user, usedBefore, usedAfter);
}

type UsedSets = Readonly<{ Key: ReadonlySet<string>; Segment: ReadonlySet<string> }>;

/** Everything that the versions in use point at. */
export function usedBy(row: Readonly<ReleaseRow>): UsedSets {
  const keys = new Set<string>();
  const segments = new Set<string>();
  for (const version of versionsInUseOf(row)) {
    const references = row.refers_to[version];
    invariant(references, `the row of "${row.id}" keeps what version ${version} points at`);
    for (const name of references.keys) keys.add(name);
    for (const id of references.segments) segments.add(id);
  }
  return { Key: keys, Segment: segments };
}
