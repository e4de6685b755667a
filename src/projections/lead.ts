import { prepareBatch, writeBatch } from "./batch";
import { Overtaken, createPipeline } from "./pipeline";
import { readCheckpoint, recordFailure } from "./checkpoint";
import { createKeptRows, KEPT_ALWAYS } from "./keptRows";
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
  if (isPage && isWholeBatch(run)) return catchUp(run, events, position);
  try {
    if (events.length > 0) await projectEvents(run, events, position);
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
  run.handOver.forget();
  run.kept = createKeptRows(KEPT_ALWAYS);
  const checkpoint = await readCheckpoint(run.options.database, projection.name);
  if (checkpoint.version !== projection.version) {
    await yieldTo(run, checkpoint.version);
    return null;
  }
  invariant(run.target, "a run that was started has tables");
  run.target = { ...run.target, builds: checkpoint.builds };
  // Whatever it was that stopped it, it is tried again now.
  run.board.standsStill(null);
  run.position = checkpoint.position;
  run.board.reached(checkpoint.position);
  return checkpoint.position;
}

/** Not one of those that look for an event at fault. */
function isWholeBatch({ batchEvents, options: { batchEventsMax } }: RunState): boolean {
  return batchEventsMax > 1 && batchEvents === batchEventsMax;
}

/** Page after page, each prepared while the one before is written, for as long as pages are full. */
async function catchUp(run: RunState, page: readonly RecordedEvent[], position: Position): Promise<void> {
  const { database, projection, batchEventsMax } = run.options;
  invariant(run.target, "a run that was started has tables");
  const pipeline = createPipeline(database, projection, run.target);
  const reached = (last: Position | null): void => void (last !== null && run.board.reached(last));
  setCaughtUp(run, false);
  // Wherever this ends before its end, the checkpoint says how far it came.
  run.position = null;
  let [events, after] = [page, position];
  try {
    for (;;) {
      const last = lastOf(events);
      if (events.length === batchEventsMax) run.reader.prefetch(last, batchEventsMax);
      reached(await pipeline.push(events, after));
      if (events.length < batchEventsMax || !run.lease.isHeld() || run.isStopped) break;
      [events, after] = [await run.reader.read(last, batchEventsMax), last];
      if (events.length === 0) break;
    }
    reached(await pipeline.drain());
  } catch (error) {
    await pipeline.drain().then(reached, () => undefined);
    if (error instanceof Overtaken) return;
    if (isTransient(error)) throw error;
    // From here on in smaller batches, one at a time, which finds the event at fault.
    run.batchEvents = Math.ceil(batchEventsMax / 2);
  }
}

async function projectEvents(
  run: RunState,
  events: readonly RecordedEvent[],
  position: Position,
): Promise<void> {
  const { database, projection, batchEventsMax } = run.options;
  invariant(run.target, "a run that was started has tables");
  // Until the answer is here, nobody knows where the checkpoint stands.
  run.position = null;
  const batch = await prepareBatch(database, projection, events, position, run.target, run.kept.find);
  if (!(await writeBatch(database, batch))) return;
  run.kept.keep(batch);
  run.position = batch.reached;
  run.batchEvents = Math.min(run.batchEvents * 2, batchEventsMax);
  run.board.reached(run.position);
}

function lastOf(events: readonly RecordedEvent[]): Position {
  const last = events.at(-1);
  invariant(last, "a batch has events");
  return last.position;
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
