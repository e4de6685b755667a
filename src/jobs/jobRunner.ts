import { JobFailed, JobOver, type JobKind, type JobWork } from "./job";
import {
  claimJob,
  failJob,
  finishJob,
  forgetJobs,
  putBackJob,
  reportJob,
  type Held,
  type JobRow,
} from "./job.queries";
import type { Json } from "../lib/json";
import { createWakeUp } from "../lib/wakeUp";
import { DatabaseUnavailable, type Database } from "../postgres/database";
import type { Lease } from "../postgres/lease";

/** How often it looks for what another server was asked for. */
export const JOBS_POLL_MS = 1_000;
/** How often it is written down how far a job came, and looked whether it is to go on. */
export const REPORT_EVERY_MS = 500;
/** A job that ends its server so often without coming further is not begun again. */
export const ATTEMPTS_MAX = 3;

/** Runs jobs, one at a time, while this server holds the lease. */
export interface JobRunner {
  start(): Promise<void>;
  /** Resolves when none is under way any more; what was goes on elsewhere. */
  stop(): Promise<void>;
  /** Something was asked for. */
  wake(): void;
}

export type JobRunnerOptions = Readonly<{
  database: Database;
  lease: Pick<Lease, "start" | "stop" | "token">;
  work: Readonly<Record<JobKind, JobWork>>;
  logger: Readonly<{ warn(message: string): void }>;
  pollMs?: number;
  reportEveryMs?: number;
}>;

export function createJobRunner(options: JobRunnerOptions): JobRunner {
  const { database, lease, logger, pollMs = JOBS_POLL_MS } = options;
  const wakeUp = createWakeUp();
  let running: { isStopped: boolean; over: Promise<void> } | null = null;

  async function runNext(isStopped: () => boolean): Promise<boolean> {
    const fence = lease.token();
    const job = fence === null || isStopped() ? null : await claimJob(database, fence);
    if (job === null || fence === null) return false;
    await runJob(options, job, { fence, mayGoOn: () => !isStopped() && lease.token() === fence });
    return true;
  }

  async function keepRunning(run: { isStopped: boolean }): Promise<void> {
    while (!run.isStopped) {
      const hasRun = await runNext(() => run.isStopped).catch((error: unknown) => {
        logger.warn(`Jobs could not be run; trying again: ${String(error)}`);
        return false;
      });
      if (hasRun || run.isStopped) continue;
      await wakeUp.wait(pollMs);
      if (lease.token() !== null) await forgetJobs(database).catch(() => undefined);
    }
  }

  return {
    wake: wakeUp.wake,
    async start() {
      if (running) return;
      const run = { isStopped: false, over: Promise.resolve() };
      running = run;
      await lease.start();
      run.over = keepRunning(run);
    },
    async stop() {
      if (!running) return;
      running.isStopped = true;
      wakeUp.wake();
      await running.over;
      running = null;
      await lease.stop();
    },
  };
}

type Holding = Readonly<{ fence: number; mayGoOn: () => boolean }>;

/** Ends with the job finished, failed, or left to whoever comes next. */
async function runJob(options: JobRunnerOptions, job: JobRow, { fence, mayGoOn }: Holding): Promise<void> {
  const { database, work, logger } = options;
  const held = { id: job.id, fence };
  if (job.attempts > ATTEMPTS_MAX) {
    await failJob(database, held, `It was begun ${ATTEMPTS_MAX} times and came no further; ask for less.`);
    return;
  }
  const { app, environment, input, state, kind } = job;
  const report = reporter(options, held, mayGoOn);
  try {
    await finishJob(database, held, await work[kind]({ app, environment, input, state, report }));
  } catch (error) {
    // Begun again by whoever can.
    if (error instanceof DatabaseUnavailable) throw error;
    if (error instanceof JobOver) {
      // Cancelled and taken ones are not held any more, so only what is to go on elsewhere is put back.
      await putBackJob(database, held);
    } else if (error instanceof JobFailed) {
      await failJob(database, held, error.message);
    } else {
      logger.warn(`Job "${job.id}" failed: ${error instanceof Error ? (error.stack ?? "") : String(error)}`);
      await failJob(database, held, `It failed by a fault of ours, which is in the log as job ${job.id}.`);
    }
  }
}

function reporter(
  { database, reportEveryMs = REPORT_EVERY_MS }: JobRunnerOptions,
  held: Held,
  mayGoOn: () => boolean,
): (state: Json, progress: number) => Promise<void> {
  let lastMs = performance.now();
  return async (state, progress) => {
    if (mayGoOn() && performance.now() - lastMs < reportEveryMs) return;
    lastMs = performance.now();
    // What this server did last is worth keeping, also when it stops.
    if (!(await reportJob(database, held, { state, progress })) || !mayGoOn())
      throw new JobOver("not to go on");
  };
}
