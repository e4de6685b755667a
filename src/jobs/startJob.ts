import { randomUUID } from "node:crypto";
import type { JobKind } from "./job";
import { JOB_ID_PREFIX, toJob } from "./job.nodes";
import { findJobs, insertJob, OPEN_JOBS_MAX } from "./job.queries";
import type { Job } from "./job.graphql";
import type { Context } from "../graphql/context";
import { makeId } from "../lib/ids";
import type { Json } from "../lib/json";
import type { Refusal } from "../lib/refusal";

export type Started = Readonly<{ job: Job | null; refusals: readonly Refusal[] }>;

/** Asks for a job, whose input is good. It is begun as its turn comes, by this server or another one. */
export async function startJob(
  { server, actor }: Pick<Context, "server" | "actor">,
  asked: Readonly<{ app: string; environment: string; kind: JobKind; input: Json }>,
): Promise<Started> {
  const id = makeId(JOB_ID_PREFIX, asked.app, randomUUID());
  if (!(await insertJob(server.database, { ...asked, id, createdBy: actor.id }))) {
    return { job: null, refusals: [tooManyJobs] };
  }
  server.jobs.wake();
  const [row] = await findJobs(server.database, [id]);
  return { job: row ? toJob(row) : null, refusals: [] };
}

const tooManyJobs: Refusal = {
  code: "LIMIT_REACHED",
  message: `The app has ${OPEN_JOBS_MAX} jobs that are not finished. Wait for one, or cancel one.`,
  path: [],
};
