import type { GoalRow } from "./goal.tables";
import { isUsedAs } from "../apps/uses.queries";
import { listThings, type CountedPage, type ListedTable } from "../listing/listing.queries";
import type { ListRequest } from "../listing/listRequest.graphql";
import type { Queryable } from "../postgres/database";

/** Goals by id; those that do not exist are left out. */
export async function findGoals(database: Queryable, ids: readonly string[]): Promise<GoalRow[]> {
  return database.query<GoalRow>(
    "select goals.* from models.goals where goals.id = any($1)",
    [ids],
    "goals.findGoals",
  );
}

const GOALS_LISTED: ListedTable = { table: "goals", id: "id" };

/** One page of an app's goals. */
export function listGoals(
  database: Queryable,
  app: string,
  request: ListRequest,
  isUsed: boolean | null = null,
): Promise<CountedPage<GoalRow>> {
  return listThings<GoalRow>(database, GOALS_LISTED, app, request, isUsedAs("Goal", GOALS_LISTED, isUsed));
}
