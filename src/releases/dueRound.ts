import { randomUUID } from "node:crypto";
import { dueActions, previewActions, type DueAction, type DueCommand } from "./dueActions";
import { findDuePreviews } from "./preview.queries";
import { findDue } from "./publication.queries";
import { appStream } from "../apps/app.events";
import type { CommandHandler } from "../eventstore/commands";
import type { Position } from "../eventstore/eventStore";
import type { Logger } from "../lib/logger";
import type { Database } from "../postgres/database";

/** The actor of everything that happens by schedule. */
export const SCHEDULER_ACTOR = "scheduler";
/** Read at once; the rest follows in the same round. */
export const DUE_BATCH_SIZE = 500;
/** What is due beyond these waits for the next round. */
export const BATCHES_PER_ROUND_MAX = 100;

export type DueRoundOptions = Readonly<{
  database: Database;
  apps: Pick<CommandHandler<unknown, DueCommand>, "handle">;
  /** Resolves when the read models hold everything up to the position. */
  projected: (position: Position) => Promise<void>;
  logger: Logger;
  now: () => Date;
  batchSize?: number;
}>;

/** Does everything that is due, and resolves with the number of commands sent. @throws if one could not be sent. */
export async function doWhatIsDue(options: DueRoundOptions): Promise<number> {
  return (await doBatches(options, duePublications)) + (await doBatches(options, duePreviews));
}

type Batch = Readonly<{ actions: readonly DueAction[]; isLast: boolean }>;
type ReadBatch = (database: Database, until: string, limit: number) => Promise<Batch>;

async function doBatches(options: DueRoundOptions, read: ReadBatch): Promise<number> {
  const { database, now, batchSize = DUE_BATCH_SIZE } = options;
  const until = now().toISOString();
  let sent = 0;
  for (let batch = 0; batch < BATCHES_PER_ROUND_MAX; batch += 1) {
    const { actions, isLast } = await read(database, until, batchSize);
    if (actions.length === 0) return sent;
    await sendAll(options, actions);
    sent += actions.length;
    if (isLast) return sent;
  }
  return sent;
}

async function duePublications(database: Database, until: string, limit: number): Promise<Batch> {
  const rows = await findDue(database, until, limit);
  const isLast = rows.length < limit;
  // What is due after the last row read waits for the next batch, which may hold something to be done before it.
  const horizon = isLast ? until : (rows.at(-1)?.due_at ?? until);
  return { actions: dueActions(rows, horizon), isLast };
}

async function duePreviews(database: Database, until: string, limit: number): Promise<Batch> {
  const rows = await findDuePreviews(database, until, limit);
  return { actions: previewActions(rows), isLast: rows.length < limit };
}

/** Apps have nothing to do with each other, so one that fails holds up no other. */
async function sendAll(options: DueRoundOptions, actions: readonly DueAction[]): Promise<void> {
  const byApp = new Map<string, DueAction[]>();
  for (const action of actions) byApp.set(action.app, [...(byApp.get(action.app) ?? []), action]);
  const results = await Promise.allSettled([...byApp.values()].map((ofApp) => sendInOrder(options, ofApp)));
  const failed = results.flatMap((result) =>
    result.status === "rejected" ? [result.reason as unknown] : [],
  );
  if (failed.length > 0)
    throw new AggregateError(failed, `${failed.length} apps: ${failed.map(String).join("; ")}`);
}

async function sendInOrder(options: DueRoundOptions, actions: readonly DueAction[]): Promise<void> {
  let reached: Position | null = null;
  for (const action of actions) reached = (await send(options, action)) ?? reached;
  // The next look must not find again what was just done.
  if (reached !== null) await options.projected(reached);
}

async function send({ apps, logger }: DueRoundOptions, action: DueAction): Promise<Position | null> {
  const { app, name, command } = action;
  const ask = (commandId: string) =>
    apps.handle(appStream(app), command, { commandId, actor: SCHEDULER_ACTOR, may: () => true });
  let outcome = await ask(name);
  // A client may have used this very id. The decision is safe to repeat under any other, for it knows what is done.
  if (outcome.outcome === "refused" && outcome.reasons.some(({ code }) => code === "COMMAND_ID_REUSED")) {
    outcome = await ask(randomUUID());
  }
  if (outcome.outcome === "accepted") return outcome.position;
  const reasons = outcome.reasons.map(({ message }) => message).join(" ");
  logger.warn(`"${name}" of app "${app}" could not be done: ${reasons}`);
  return null;
}
