import type { AppRow, EnvironmentRow } from "./app.projection";
import type { Page, PageRequest } from "../graphql/connection";
import type { Database } from "../postgres/database";

/** Apps by slug; those that do not exist, or not yet, are left out. */
export async function findApps(database: Database, slugs: readonly string[]): Promise<AppRow[]> {
  return database.query<AppRow>(
    `select apps.app, apps.name, apps.status, apps.created_at, apps.created_by
     from models.apps where apps.app = any($1) and apps.status = 'READY'`,
    [slugs],
    "apps.findApps",
  );
}

/** One page of all apps, by slug. */
export async function listApps(database: Database, { limit, after }: PageRequest): Promise<Page<AppRow>> {
  const [last] = after ?? [];
  const [rows, counts] = await Promise.all([
    database.query<AppRow>(
      `select apps.app, apps.name, apps.status, apps.created_at, apps.created_by
       from models.apps where apps.status = 'READY' and ($1::text is null or apps.app > $1)
       order by apps.app limit $2`,
      [last ?? null, limit + 1],
      "apps.listApps",
    ),
    database.query<{ count: number }>(
      `select count(*) as count from models.apps where apps.status = 'READY'`,
      [],
      "apps.countApps",
    ),
  ]);
  return {
    rows: rows.slice(0, limit),
    hasNextPage: rows.length > limit,
    totalCount: counts[0]?.count ?? 0,
  };
}

/** The environments of the apps, in order of creation. */
export async function findEnvironmentsOf(
  database: Database,
  slugs: readonly string[],
): Promise<EnvironmentRow[]> {
  return database.query<EnvironmentRow>(
    `select environments.app, environments.name, environments.ordinal, environments.created_at, environments.created_by
     from models.environments where environments.app = any($1)
     order by environments.app, environments.ordinal`,
    [slugs],
    "apps.findEnvironmentsOf",
  );
}

/** Environments by app and name; those that do not exist are left out. */
export async function findEnvironments(
  database: Database,
  wanted: readonly Readonly<{ app: string; name: string }>[],
): Promise<EnvironmentRow[]> {
  return database.query<EnvironmentRow>(
    `select environments.app, environments.name, environments.ordinal, environments.created_at, environments.created_by
     from models.environments
     join unnest($1::text[], $2::text[]) as wanted (app, name)
       on environments.app = wanted.app and environments.name = wanted.name`,
    [wanted.map(({ app }) => app), wanted.map(({ name }) => name)],
    "apps.findEnvironments",
  );
}

/** Apps whose slug is reserved and whose stream has not begun. */
export async function findRegisteredApps(database: Database, limit: number): Promise<AppRow[]> {
  return database.query<AppRow>(
    `select apps.app, apps.name, apps.status, apps.created_at, apps.created_by
     from models.apps where apps.status = 'REGISTERED' order by apps.app limit $1`,
    [limit],
  );
}
