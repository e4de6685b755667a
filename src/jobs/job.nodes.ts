import type { Job } from "./job.graphql";
import { findJobs, type JobRow } from "./job.queries";
import type { NodeType } from "../graphql/context";

/** A job's opaque id starts with it. */
export const JOB_ID_PREFIX = "job";

export const jobNode: NodeType = {
  typename: "Job",
  idPrefix: JOB_ID_PREFIX,
  findMany: async (database, ids) => (await findJobs(database, ids)).map(toJob),
};

/** A job as the API shows it. */
export function toJob(row: JobRow): Job & { typename: "Job" } {
  return {
    typename: "Job",
    id: row.id,
    kind: row.kind,
    environment: row.environment,
    status: row.status,
    progress: row.progress,
    result: row.result,
    failure: row.failure,
    createdAt: row.created_at,
    createdBy: { id: row.created_by },
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
