import type { References } from "./release.events";
import { isSameReferences } from "./release.state";
import type { ReleaseRow } from "./release.tables";
import { versionsInUseOf } from "./releaseRow";
import { NOTHING_USED, isSameUse, replaceUses, type Used } from "../apps/uses.tables";
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

/** Everything that the versions in use point at. */
export function usedBy(row: Readonly<ReleaseRow>): Used {
  const [first, ...others] = referencesInUse(row);
  if (!first) return NOTHING_USED;
  if (others.length === 0) return { Key: first.keys, Segment: first.segments };
  const all = [first, ...others];
  return {
    Key: [...new Set(all.flatMap(({ keys }) => keys))],
    Segment: [...new Set(all.flatMap(({ segments }) => segments))],
  };
}

/** Of the versions in use, mostly one, since most edits change neither the keys nor the segments: each once. */
function referencesInUse(row: Readonly<ReleaseRow>): readonly References[] {
  const found: References[] = [];
  for (const version of versionsInUseOf(row)) {
    const references = row.refers_to[version];
    invariant(references, () => `the row of "${row.id}" keeps what version ${version} points at`);
    if (!found.some((other) => isSameReferences(other, references))) found.push(references);
  }
  return found;
}
