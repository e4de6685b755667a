import type { Rows, Table } from "../projections/projection";
import type { Reference } from "../lib/refusal";

/** One thing that uses a key: what `usedBy` lists, and what the database refuses to leave with an archived key. */
export type KeyUseRow = { app: string; key: string } & UserColumns;

/** One thing that uses a segment. */
export type SegmentUseRow = { app: string; segment: string } & UserColumns;

type UserColumns = { user_kind: string; user_id: string; user_name: string };

export const keyUseTable: Table<KeyUseRow> = {
  name: "key_uses",
  primaryKey: ["app", "key", "user_kind", "user_id"],
};

export const segmentUseTable: Table<SegmentUseRow> = {
  name: "segment_uses",
  primaryKey: ["app", "segment", "user_kind", "user_id"],
};

/** What a thing uses; nothing if it does not exist or is archived. */
export type Used = Readonly<{ keys: Iterable<string>; segments: Iterable<string> }>;

export const NOTHING_USED: Used = { keys: [], segments: [] };

export function isSameUse(before: Used, after: Used): boolean {
  return isSame(before.keys, after.keys) && isSame(before.segments, after.segments);
}

function isSame(before: Iterable<string>, after: Iterable<string>): boolean {
  const [one, other] = [new Set(before), new Set(after)];
  return one.size === other.size && [...one].every((used) => other.has(used));
}

/**
 * Brings the rows of one user from what it used before to what it uses after; its name may have changed too. Reads no
 * row, so a projection that calls it need not name any in `reads`.
 */
export function replaceUses(rows: Rows, app: string, user: Reference, before: Used, after: Used): void {
  const { kind, id, name } = user;
  const columns = { app, user_kind: kind, user_id: id, user_name: name };
  replaceEach(
    before.keys,
    after.keys,
    (key) => rows.put(keyUseTable, { ...columns, key }),
    (key) => rows.remove(keyUseTable, [app, key, kind, id]),
  );
  replaceEach(
    before.segments,
    after.segments,
    (segment) => rows.put(segmentUseTable, { ...columns, segment }),
    (segment) => rows.remove(segmentUseTable, [app, segment, kind, id]),
  );
}

function replaceEach(
  before: Iterable<string>,
  after: Iterable<string>,
  put: (used: string) => void,
  remove: (used: string) => void,
): void {
  const kept = new Set(after);
  for (const used of before) if (!kept.has(used)) remove(used);
  for (const used of kept) put(used);
}
