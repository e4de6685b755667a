import { readCheckpoint } from "./checkpoint";
import { IDLE_MS } from "./polling";
import { setCaughtUp, type RunState } from "./runState";
import type { Position } from "../eventstore/eventStore";

/** One round on a server that does not run the projection: looks how far another one has come, and waits. */
export async function watch(run: RunState): Promise<void> {
  const { database, projection, store } = run.options;
  if (run.failedAt === null) run.phase = "FOLLOWING";
  const { version, position, failure } = await readCheckpoint(database, projection.name);
  const before = run.board.position();
  run.board.reached(position);
  if (run.failedAt === null) run.board.standsStill(failure);
  if (version === projection.version) await recover(run, position, failure);
  if (run.board.position() > before) run.polling.satisfied();

  const waitMs = run.polling.nextMs(run.board.hasWaiters());
  if (waitMs === IDLE_MS) setCaughtUp(run, run.board.position() >= (await store.head()));
  await run.wakeUp.wait(waitMs);
}

/** Whatever this server could not do, the one that came further with the same code could. */
async function recover(run: RunState, position: Position, failure: string | null): Promise<void> {
  const isOvercome = run.failedAt !== null && position > run.failedAt;
  if (!isOvercome && !run.isOutdated) return;
  run.options.logger.info(`The read model "${run.options.projection.name}" goes on.`);
  run.board.standsStill(failure);
  run.failedAt = null;
  run.isOutdated = false;
  await run.lease.start();
}
