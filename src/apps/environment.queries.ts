import type { EnvironmentRow } from "./app.tables";
import type { Database } from "../postgres/database";

/** The environments of the apps, archived ones too, in order of creation. */
export async function findEnvironmentsOf(
  database: Database,
  slugs: readonly string[],
): Promise<EnvironmentRow[]> {
  return database.query<EnvironmentRow>(
    `select environments.* from models.environments where environments.app = any($1)
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
    `select environments.* from models.environments
       join unnest($1::text[], $2::text[]) as wanted (app, name)
         on environments.app = wanted.app and environments.name = wanted.name`,
    [wanted.map(({ app }) => app), wanted.map(({ name }) => name)],
    "apps.findEnvironments",
  );
}
