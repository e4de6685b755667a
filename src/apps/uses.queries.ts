import type { KeyUseRow, SegmentUseRow } from "./uses.tables";
import type { Reference } from "../lib/refusal";
import type { Queryable } from "../postgres/database";

/** Everything that uses the keys of an app, by kind and name. */
export async function findKeyUses(
  database: Queryable,
  wanted: readonly Readonly<{ app: string; name: string }>[],
): Promise<KeyUseRow[]> {
  return database.query<KeyUseRow>(
    `select key_uses.app, key_uses.key, key_uses.user_kind, key_uses.user_id, key_uses.user_name
       from models.key_uses
       join unnest($1::text[], $2::text[]) as wanted (app, name)
         on key_uses.app = wanted.app and key_uses.key = wanted.name
      order by key_uses.user_kind, key_uses.user_name, key_uses.user_id`,
    [wanted.map(({ app }) => app), wanted.map(({ name }) => name)],
    "uses.findKeyUses",
  );
}

/** Everything that uses segments, by kind and name. */
export async function findSegmentUses(
  database: Queryable,
  wanted: readonly Readonly<{ app: string; id: string }>[],
): Promise<SegmentUseRow[]> {
  return database.query<SegmentUseRow>(
    `select segment_uses.app, segment_uses.segment, segment_uses.user_kind, segment_uses.user_id, segment_uses.user_name
       from models.segment_uses
       join unnest($1::text[], $2::text[]) as wanted (app, id)
         on segment_uses.app = wanted.app and segment_uses.segment = wanted.id
      order by segment_uses.user_kind, segment_uses.user_name, segment_uses.user_id`,
    [wanted.map(({ app }) => app), wanted.map(({ id }) => id)],
    "uses.findSegmentUses",
  );
}

export function userOf(row: Readonly<Pick<KeyUseRow, "user_kind" | "user_id" | "user_name">>): Reference {
  return { kind: row.user_kind, id: row.user_id, name: row.user_name };
}
