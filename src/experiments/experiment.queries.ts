import type { ExperimentRow } from "./experiment.tables";
import { listThings, type CountedPage, type Further, type ListedTable } from "../listing/listing.queries";
import type { ListRequest } from "../listing/listRequest.graphql";
import type { Queryable } from "../postgres/database";

/** Experiments by id; those that do not exist are left out. */
export async function findExperiments(database: Queryable, ids: readonly string[]): Promise<ExperimentRow[]> {
  return database.query<ExperimentRow>(
    "select experiments.* from models.experiments where experiments.id = any($1)",
    [ids],
    "experiments.findExperiments",
  );
}

const EXPERIMENTS_LISTED: ListedTable = { table: "experiments", id: "id" };

/** One page of an app's experiments; `environments`: those of one of these, or of any if it is null. */
export function listExperiments(
  database: Queryable,
  app: string,
  request: ListRequest,
  environments: readonly string[] | null = null,
): Promise<CountedPage<ExperimentRow>> {
  const further: Further = {
    condition: (first) => `($${first}::text[] is null or things.environment = any($${first}))`,
    parameters: [environments],
  };
  return listThings<ExperimentRow>(database, EXPERIMENTS_LISTED, app, request, further);
}
