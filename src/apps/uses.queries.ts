import type { UsedKind } from "./uses.policy";
import type { UseRow } from "./uses.tables";
import type { Reference } from "../lib/refusal";
import type { Further, ListedTable } from "../listing/listing.queries";
import type { Queryable } from "../postgres/database";

/** Everything that uses things of one kind, by the user's kind and name. */
export async function findUses(
  database: Queryable,
  kind: UsedKind,
  wanted: readonly Readonly<{ app: string; id: string }>[],
): Promise<UseRow[]> {
  return database.query<UseRow>(
    `select uses.app, uses.used_kind, uses.used_id, uses.user_kind, uses.user_id, uses.user_name
       from models.uses
       join unnest($1::text[], $2::text[]) as wanted (app, id)
         on uses.app = wanted.app and uses.used_id = wanted.id
      where uses.used_kind = $3
      order by uses.user_kind, uses.user_name, uses.user_id`,
    [wanted.map(({ app }) => app), wanted.map(({ id }) => id), kind],
    "uses.findUses",
  );
}

/** For lists of things of that kind, by the column that names one in `uses`: whether anything uses it; null: whether or not. */
export function isUsedAs(kind: UsedKind, { id }: ListedTable, isUsed: boolean | null | undefined): Further {
  return {
    condition: (first) => `($${first}::boolean is null or $${first} = exists (
            select from models.uses
             where uses.app = things.app and uses.used_kind = '${kind}' and uses.used_id = things.${id}))`,
    parameters: [isUsed ?? null],
  };
}

export function userOf(row: Readonly<Pick<UseRow, "user_kind" | "user_id" | "user_name">>): Reference {
  return { kind: row.user_kind, id: row.user_id, name: row.user_name };
}
