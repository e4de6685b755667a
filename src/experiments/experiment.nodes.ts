import type { Experiment } from "./experiment.graphql";
import { findExperiments } from "./experiment.queries";
import { keysIn } from "./experiment.state";
import type { ExperimentRow } from "./experiment.tables";
import type { NodeType, Server } from "../graphql/context";
import { labelsOfRow } from "../labels/labels.policy";

/** An experiment's opaque id starts with it. */
export const EXPERIMENT_ID_PREFIX = "experiment";

export const experimentNode: NodeType = {
  typename: "Experiment",
  idPrefix: EXPERIMENT_ID_PREFIX,
  searched: { table: "experiments", id: "things.id" },
  findMany: async (database, ids) => (await findExperiments(database, ids)).map(toExperiment),
};

/** An experiment as the API shows it. */
export function toExperiment(row: ExperimentRow): Experiment & { typename: "Experiment" } {
  return {
    typename: "Experiment",
    app: row.app,
    id: row.id,
    name: row.name,
    description: row.description,
    environmentName: row.environment,
    segmentId: row.segment_id,
    traffic: row.traffic,
    bucketBy: row.bucket_by,
    bucketByFallback: row.bucket_by_fallback,
    variations: row.variations.map((variation, index) => ({ ...variation, isControl: index === 0 })),
    goals: row.goals.map((goal, index) => ({ ...goal, isPrimary: index === 0 })),
    keys: keysIn(row.variations),
    note: row.note,
    isArchived: row.is_archived,
    ...labelsOfRow(row),
    createdAt: row.created_at,
    createdBy: { id: row.created_by },
    updatedAt: row.updated_at,
    updatedBy: { id: row.updated_by },
  };
}

/** For `load`: experiments by id. */
export async function experimentsById(
  { database }: Server,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Experiment>> {
  return new Map((await findExperiments(database, ids)).map((row) => [row.id, toExperiment(row)]));
}
