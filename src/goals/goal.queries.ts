import type { GoalRow } from "./goal.tables";
import { isArchivedIn, type ArchivedFilter } from "../graphql/archivedFilter";
import type { Page, PageRequest } from "../graphql/connection";
import type { Queryable } from "../postgres/database";

/** Goals by id; those that do not exist are left out. */
export async function findGoals(database: Queryable, ids: readonly string[]): Promise<GoalRow[]> {
  return database.query<GoalRow>(
    "select goals.* from models.goals where goals.id = any($1)",
    [ids],
    "goals.findGoals",
  );
}

/** One page of an app's goals, by name and then by id, since archived ones may share a name. */
export async function listGoals(
  database: Queryable,
  app: string,
  archived: ArchivedFilter,
  { limit, after }: PageRequest,
): Promise<Page<GoalRow>> {
  const shown = isArchivedIn(archived);
  const [rows, counts] = await Promise.all([
    database.query<GoalRow>(
      `select goals.* from models.goals
        where goals.app = $1 and goals.is_archived = any($2)
          and ($3::text is null or (goals.name, goals.id) > ($3, $4))
        order by goals.name, goals.id limit $5`,
      [app, shown, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
      "goals.listGoals",
    ),
    database.query<{ count: number }>(
      "select count(*) as count from models.goals where goals.app = $1 and goals.is_archived = any($2)",
      [app, shown],
      "goals.countGoals",
    ),
  ]);
  return { rows: rows.slice(0, limit), hasNextPage: rows.length > limit, totalCount: counts[0]?.count ?? 0 };
}
