import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { CancelJobInput, CancelJobPayload, Job } from "./job.graphql";
import { toJob } from "./job.nodes";
import { cancelJob, findJobs } from "./job.queries";
import type { Context } from "../graphql/context";
import { userErrors } from "../graphql/execute";
import { nodeOf } from "../graphql/nodeOf";
import type { Refusal } from "../lib/refusal";

@Resolver(() => Job)
export class JobResolver {
  @Query(() => Job, { nullable: true, description: "A job; null if there is none, or it is forgotten." })
  job(
    @Arg("id", () => ID, { description: "The job's id." }) id: string,
    @Ctx() context: Context,
  ): Promise<Job | null> {
    return nodeOf<Job>(context, "Job", id);
  }

  @Mutation(() => CancelJobPayload, {
    description: "Ends a job that is not finished. It stops within a second, and has no result.",
  })
  async cancelJob(
    @Arg("input", () => CancelJobInput, { description: "Which one." }) { jobId }: CancelJobInput,
    @Ctx() context: Context,
  ): Promise<CancelJobPayload> {
    const { database } = context.server;
    const isCancelled = await cancelJob(database, jobId);
    const [row] = await findJobs(database, [jobId]);
    if (!row) return { job: null, errors: await userErrors(context, [noSuchJob(jobId)]) };
    // Who cancels twice is told what was told before.
    if (isCancelled || row.status === "CANCELLED") return { job: toJob(row), errors: [] };
    return { job: null, errors: await userErrors(context, [isFinished(row.status)]) };
  }
}

const noSuchJob = (id: string): Refusal => ({
  code: "NOT_FOUND",
  message: `There is no job "${id}"; check its id.`,
  path: ["jobId"],
});

const isFinished = (status: string): Refusal => ({
  code: "WRONG_STATE",
  message: `The job is ${status}, so there is nothing to cancel.`,
  path: ["jobId"],
});
