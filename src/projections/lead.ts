import { projectBatch } from "./batch";
import { readCheckpoint, recordFailure } from "./checkpoint";
import { IDLE_MS } from "./polling";
import { setCaughtUp, type RunState } from "./runState";
import { isTransient } from "./transient";
import type { Position, RecordedEvent } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";

/** One round on the server that holds the lease: projects the next batch, or waits for one. */
export async function lead(run: RunState): Promise<void> {
  run.phase = "RUNNING";
  const position = run.position ?? (await takePosition(run));
  if (position === null) return;
  const events = await run.reader.read(position, run.batchEvents);
  const isPage = events.length === run.batchEvents;
  try {
    if (events.length > 0) await projectPage(run, events, position, isPage);
  } catch (error) {
    if (isTransient(error)) throw error;
    return narrowDown(run, events, position, error);
  }
  setCaughtUp(run, !isPage && run.position !== null);
  // That was all there is. What was appended meanwhile has woken us already.
  const isIdle = run.isCaughtUp && !(await run.wakeUp.wait(IDLE_MS));
  // While nothing comes, look now and then if the tables are still ours: a rebuild may have replaced them.
  if (isIdle) run.position = null;
}

/** Begins where the checkpoint stands. Null if the tables are not of this code any more. */
async function takePosition(run: RunState): Promise<Position | null> {
  const { projection } = run.options;
  const checkpoint = await readCheckpoint(run.options.database, projection.name);
  if (checkpoint.version !== projection.version) {
    await yieldTo(run, checkpoint.version);
    return null;
  }
  // Whatever it was that stopped it, it is tried again now.
  run.board.standsStill(null);
  run.position = checkpoint.position;
  run.board.reached(checkpoint.position);
  return checkpoint.position;
}

async function projectPage(
  run: RunState,
  events: readonly RecordedEvent[],
  position: Position,
  isPage: boolean,
): Promise<void> {
  const { database, projection, batchEventsMax } = run.options;
  const last = events.at(-1);
  invariant(last && run.target, "a run that was started projects events");
  const nextBatchEvents = Math.min(run.batchEvents * 2, batchEventsMax);
  if (isPage) run.reader.prefetch(last.position, nextBatchEvents);
  // Until the answer is here, nobody knows where the checkpoint stands.
  run.position = null;
  if (!(await projectBatch(database, projection, events, position, run.target))) return;
  run.position = last.position;
  run.batchEvents = nextBatchEvents;
  run.board.reached(last.position);
}

/** Halves the batch until the event at fault stands alone, so that all before it are projected; then gives up. */
async function narrowDown(
  run: RunState,
  events: readonly RecordedEvent[],
  position: Position,
  error: unknown,
): Promise<void> {
  run.position = position;
  const [event] = events;
  if (events.length > 1 || !event) {
    run.batchEvents = Math.ceil(events.length / 2);
    return;
  }
  const { id, type, stream, revision } = event;
  const reason = `Event ${id} (${type}, revision ${revision} of ${stream}) cannot be projected: ${messageOf(error)}`;
  await giveUp(run, position, reason);
  await recordFailure(run.options.database, run.options.projection.name, position, reason);
}

/** Stands still, visibly, until the server is started anew or another one came further. */
export async function giveUp(run: RunState, position: Position, reason: string): Promise<void> {
  run.phase = "FAILED";
  run.failedAt = position;
  run.position = null;
  run.batchEvents = run.options.batchEventsMax;
  run.board.standsStill(reason);
  run.options.logger.error(
    `The read model "${run.options.projection.name}" stands still, and nothing is skipped. ${reason}`,
  );
  await run.lease.stop();
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const detail = "detail" in error && typeof error.detail === "string" ? ` (${error.detail})` : "";
  return `${error.message}${detail}`;
}

async function yieldTo(run: RunState, version: number): Promise<void> {
  const { projection, logger } = run.options;
  run.isOutdated = true;
  logger.warn(
    `The read model "${projection.name}" was rebuilt by another version of the server (${version}; this one makes ` +
      `${projection.version}) and is left to it. Run the same version everywhere.`,
  );
  await run.lease.stop();
}
