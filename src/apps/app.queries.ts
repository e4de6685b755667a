import type { AppRow } from "./app.tables";
import { isArchivedIn, type ArchivedFilter } from "../graphql/archivedFilter";
import type { Page, PageRequest } from "../graphql/connection";
import type { Database } from "../postgres/database";

/** Apps by slug; those that do not exist, or not yet, are left out. */
export async function findApps(database: Database, slugs: readonly string[]): Promise<AppRow[]> {
  return database.query<AppRow>(
    `select apps.* from models.apps where apps.app = any($1) and apps.status = 'READY'`,
    [slugs],
    "apps.findApps",
  );
}

/** One page of the apps with these slugs, or of all (null), by slug. */
export async function listApps(
  database: Database,
  slugs: readonly string[] | null,
  archived: ArchivedFilter,
  { limit, after }: PageRequest,
): Promise<Page<AppRow>> {
  const shown = isArchivedIn(archived);
  const [last] = after ?? [];
  const [rows, counts] = await Promise.all([
    database.query<AppRow>(
      `select apps.* from models.apps
        where apps.status = 'READY' and apps.is_archived = any($3) and ($1::text is null or apps.app > $1)
          and ($4::text[] is null or apps.app = any($4))
        order by apps.app limit $2`,
      [last ?? null, limit + 1, shown, slugs],
      "apps.listApps",
    ),
    database.query<{ count: number }>(
      `select count(*) as count from models.apps
        where apps.status = 'READY' and apps.is_archived = any($1) and ($2::text[] is null or apps.app = any($2))`,
      [shown, slugs],
      "apps.countApps",
    ),
  ]);
  return {
    rows: rows.slice(0, limit),
    hasNextPage: rows.length > limit,
    totalCount: counts[0]?.count ?? 0,
  };
}

/** Apps whose slug is reserved and whose stream has not begun. */
export async function findRegisteredApps(database: Database, limit: number): Promise<AppRow[]> {
  return database.query<AppRow>(
    `select apps.* from models.apps where apps.status = 'REGISTERED' order by apps.app limit $1`,
    [limit],
  );
}
