import { doWhatIsDue, type DueRoundOptions } from "./dueRound";
import { nextPreviewEndAfter } from "./preview.queries";
import { nextDueAfter } from "./publication.queries";
import { createWakeUp } from "../lib/wakeUp";
import type { Lease } from "../postgres/lease";

/** How often it looks for what is due; it wakes sooner for what it knows to come. */
export const SCHEDULER_POLL_MS = 1_000;

export interface Scheduler {
  /** Does everything that is due, and resolves with the number of commands sent. @throws if one could not be sent. */
  tick(): Promise<number>;
  /** Ticks by itself, while the lease is held. */
  start(): Promise<void>;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

export type SchedulerOptions = DueRoundOptions &
  Readonly<{
    /** So that one server does the work. Two at once would do no harm: the second finds everything done. */
    lease: Pick<Lease, "start" | "stop" | "isHeld">;
    pollMs?: number;
  }>;

/** Starts and ends scheduled publications, and ends previews, when they are due; after downtime it catches up, in the right order. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { lease, logger, pollMs = SCHEDULER_POLL_MS } = options;
  const wakeUp = createWakeUp();
  let running: { isStopped: boolean; over: Promise<void> } | null = null;

  async function round(): Promise<number> {
    try {
      await doWhatIsDue(options);
      return await untilNextMs(options, pollMs);
    } catch (error) {
      logger.warn(`What is due could not all be done; trying again: ${String(error)}`);
      return pollMs;
    }
  }

  async function keepTicking(run: { isStopped: boolean }): Promise<void> {
    while (!run.isStopped) {
      const waitMs = lease.isHeld() ? await round() : pollMs;
      if (!run.isStopped) await wakeUp.wait(waitMs);
    }
  }

  return {
    tick: () => doWhatIsDue(options),
    async start() {
      if (running) return;
      const run = { isStopped: false, over: Promise.resolve() };
      running = run;
      await lease.start();
      run.over = keepTicking(run);
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

async function untilNextMs({ database, now }: SchedulerOptions, pollMs: number): Promise<number> {
  const at = now();
  const after = at.toISOString();
  const found = await Promise.all([nextDueAfter(database, after), nextPreviewEndAfter(database, after)]);
  const waits = found.flatMap((next) =>
    next === null ? [] : [Math.max(0, Date.parse(next) - at.getTime())],
  );
  return Math.min(pollMs, ...waits);
}
