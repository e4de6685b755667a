import type { Json } from "../lib/json";

export const JOB_KINDS = ["MEASURE_SEGMENT"] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export const JOB_STATUSES = ["QUEUED", "RUNNING", "DONE", "FAILED", "CANCELLED"] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** What a job's work is given. */
export type JobTask = Readonly<{
  app: string;
  environment: string;
  input: Json;
  /** What was last reported, perhaps by another server; null at the beginning. */
  state: Json | null;
  /**
   * Says how far it came, 0 to 100, and what it takes to go on from there. To be called often: it writes that down now and then.
   * @throws JobOver if it is not to go on; to be let through.
   */
  report: (state: Json, progress: number) => Promise<void>;
}>;

/** Does what a kind of job is for. Resolves with the result. @throws JobFailed if it cannot be done. */
export type JobWork = (task: JobTask) => Promise<Json>;

/** In words for whoever asked for it. */
export class JobFailed extends Error {}

/** It was cancelled, or is another server's now, or this one stops. */
export class JobOver extends Error {}
