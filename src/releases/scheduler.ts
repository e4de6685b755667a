import { randomUUID } from "node:crypto";
import type { Due } from "./due.decider";
import { dueActions, type DueAction } from "./dueActions";
import { findDue, nextDueAfter } from "./publication.queries";
import { appStream } from "../apps/app.events";
import type { CommandHandler } from "../eventstore/commands";
import type { Position } from "../eventstore/eventStore";
import type { Command } from "../lib/decider";
import type { Logger } from "../lib/logger";
import { createWakeUp } from "../lib/wakeUp";
import type { Database } from "../postgres/database";
import type { Lease } from "../postgres/lease";

/** The actor of everything that happens by schedule. */
export const SCHEDULER_ACTOR = "scheduler";
/** How often it looks for what is due; it wakes sooner for what it knows to come. */
export const SCHEDULER_POLL_MS = 1_000;
/** Read at once; the rest follows in the same round. */
export const DUE_BATCH_SIZE = 500;
/** What is due beyond these waits for the next tick. */
export const BATCHES_PER_TICK_MAX = 100;

export interface Scheduler {
  /** Does everything that is due, and resolves with the number of commands sent. @throws if one could not be sent. */
  tick(): Promise<number>;
  /** Ticks by itself, while the lease is held. */
  start(): Promise<void>;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

export type SchedulerOptions = Readonly<{
  database: Database;
  apps: Pick<CommandHandler<unknown, Command<DueAction["type"], Due>>, "handle">;
  /** Resolves when the read models hold everything up to the position. */
  projected: (position: Position) => Promise<void>;
  /** So that one server does the work. Two at once would do no harm: the second finds everything done. */
  lease: Pick<Lease, "start" | "stop" | "isHeld">;
  logger: Logger;
  now: () => Date;
  pollMs?: number;
  batchSize?: number;
}>;

/** Starts and ends scheduled publications when they are due; after downtime it catches up, in the right order. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { lease, logger, pollMs = SCHEDULER_POLL_MS } = options;
  const wakeUp = createWakeUp();
  let running: { isStopped: boolean; over: Promise<void> } | null = null;

  async function round(): Promise<number> {
    try {
      await tick(options);
      return await untilNextMs(options, pollMs);
    } catch (error) {
      logger.warn(`Scheduled publications could not all be done; trying again: ${String(error)}`);
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
    tick: () => tick(options),
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

async function tick(options: SchedulerOptions): Promise<number> {
  const { database, now, batchSize = DUE_BATCH_SIZE } = options;
  const until = now().toISOString();
  let sent = 0;
  for (let batch = 0; batch < BATCHES_PER_TICK_MAX; batch += 1) {
    const rows = await findDue(database, until, batchSize);
    const isLast = rows.length < batchSize;
    // What is due after the last row read waits for the next batch, which may hold something to be done before it.
    const horizon = isLast ? until : (rows.at(-1)?.due_at ?? until);
    const actions = dueActions(rows, horizon);
    if (actions.length === 0) return sent;
    await sendAll(options, actions);
    sent += actions.length;
    if (isLast) return sent;
  }
  return sent;
}

/** Apps have nothing to do with each other, so one that fails holds up no other. */
async function sendAll(options: SchedulerOptions, actions: readonly DueAction[]): Promise<void> {
  const byApp = new Map<string, DueAction[]>();
  for (const action of actions) byApp.set(action.app, [...(byApp.get(action.app) ?? []), action]);
  const results = await Promise.allSettled([...byApp.values()].map((ofApp) => sendInOrder(options, ofApp)));
  const failed = results.flatMap((result) =>
    result.status === "rejected" ? [result.reason as unknown] : [],
  );
  if (failed.length > 0)
    throw new AggregateError(failed, `${failed.length} apps: ${failed.map(String).join("; ")}`);
}

async function sendInOrder(options: SchedulerOptions, actions: readonly DueAction[]): Promise<void> {
  let reached: Position | null = null;
  for (const action of actions) reached = (await send(options, action)) ?? reached;
  // The next look must not find again what was just done.
  if (reached !== null) await options.projected(reached);
}

async function send({ apps, logger }: SchedulerOptions, action: DueAction): Promise<Position | null> {
  const { app, scheduleId, type, dueAt } = action;
  const command = { type, data: { scheduleId, dueAt } };
  const ask = (commandId: string) =>
    apps.handle(appStream(app), command, { commandId, actor: SCHEDULER_ACTOR, may: () => true });
  const verb = type === "StartScheduledPublication" ? "start" : "end";
  let outcome = await ask(`schedule/${scheduleId}/${verb}/${dueAt}`);
  // A client may have used this very id. The decision is safe to repeat under any other, for it knows what is done.
  if (outcome.outcome === "refused" && outcome.reasons.some(({ code }) => code === "COMMAND_ID_REUSED")) {
    outcome = await ask(randomUUID());
  }
  if (outcome.outcome === "accepted") return outcome.position;
  const reasons = outcome.reasons.map(({ message }) => message).join(" ");
  logger.warn(`"${scheduleId}" of app "${app}" could not be done: ${reasons}`);
  return null;
}

async function untilNextMs({ database, now }: SchedulerOptions, pollMs: number): Promise<number> {
  const at = now();
  const next = await nextDueAfter(database, at.toISOString());
  return next === null ? pollMs : Math.min(pollMs, Math.max(0, Date.parse(next) - at.getTime()));
}
