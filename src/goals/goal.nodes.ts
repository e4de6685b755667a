import type { Goal } from "./goal.graphql";
import { findGoals } from "./goal.queries";
import type { GoalRow } from "./goal.tables";
import { usersById } from "../apps/usedBy";
import { labelsOfRow } from "../labels/labels.policy";
import type { NodeType, Server } from "../graphql/context";

/** A goal's opaque id starts with it. */
export const GOAL_ID_PREFIX = "goal";

export const goalNode: NodeType = {
  typename: "Goal",
  idPrefix: GOAL_ID_PREFIX,
  searched: { table: "goals", id: "things.id" },
  findMany: async (database, ids) => (await findGoals(database, ids)).map(toGoal),
};

/** A goal as the API shows it. */
export function toGoal(row: GoalRow): Goal & { typename: "Goal" } {
  return {
    typename: "Goal",
    id: row.id,
    name: row.name,
    description: row.description,
    events: row.events,
    valueProperty: row.value_property,
    note: row.note,
    isArchived: row.is_archived,
    ...labelsOfRow(row),
    createdAt: row.created_at,
    createdBy: { id: row.created_by },
    updatedAt: row.updated_at,
    updatedBy: { id: row.updated_by },
  };
}

/** For `load`: goals by id. */
export async function goalsById(
  { database }: Server,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Goal>> {
  return new Map((await findGoals(database, ids)).map((row) => [row.id, toGoal(row)]));
}

/** For `load`: everything that uses goals, by the goal's id. */
export const goalUsersById = usersById("Goal");
