import type { KeyRow } from "./key.tables";
import { isArchivedIn, type ArchivedFilter } from "../graphql/archivedFilter";
import type { Page, PageRequest } from "../graphql/connection";
import type { Queryable } from "../postgres/database";

export type KeyName = Readonly<{ app: string; name: string }>;

/** Keys by app and name; those that do not exist are left out. */
export async function findKeys(database: Queryable, wanted: readonly KeyName[]): Promise<KeyRow[]> {
  return database.query<KeyRow>(
    `select keys.* from models.keys
       join unnest($1::text[], $2::text[]) as wanted (app, name)
         on keys.app = wanted.app and keys.name = wanted.name`,
    [wanted.map(({ app }) => app), wanted.map(({ name }) => name)],
    "keys.findKeys",
  );
}

/** One page of an app's keys, by name. */
export async function listKeys(
  database: Queryable,
  app: string,
  archived: ArchivedFilter,
  { limit, after }: PageRequest,
): Promise<Page<KeyRow>> {
  const shown = isArchivedIn(archived);
  const [rows, counts] = await Promise.all([
    database.query<KeyRow>(
      `select keys.* from models.keys
        where keys.app = $1 and keys.is_archived = any($2) and ($3::text is null or keys.name > $3)
        order by keys.name limit $4`,
      [app, shown, after?.[0] ?? null, limit + 1],
      "keys.listKeys",
    ),
    database.query<{ count: number }>(
      "select count(*) as count from models.keys where keys.app = $1 and keys.is_archived = any($2)",
      [app, shown],
      "keys.countKeys",
    ),
  ]);
  return { rows: rows.slice(0, limit), hasNextPage: rows.length > limit, totalCount: counts[0]?.count ?? 0 };
}
