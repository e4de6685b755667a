import { ensureCheckpoint, readCheckpoint } from "./checkpoint";
import { giveUp, lead, messageOf } from "./lead";
import type { PositionBoard } from "./positionBoard";
import { RebuildRuns, rebuild } from "./rebuild";
import { IDLE_MS } from "./polling";
import { createRunState, setCaughtUp, type Phase, type RunOptions, type RunState } from "./runState";
import { createStatementNames } from "./statementNames";
import { readShapes } from "./tableShape";
import { watch } from "./watch";
import type { Position, Wake } from "../eventstore/eventStore";

/** One projection on one server: runs it while this server holds its lease, and watches it otherwise. */
export interface ProjectionRun {
  readonly board: PositionBoard;
  /** @throws if its tables are missing. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Something may have been appended. */
  wake(wake: Wake): void;
  wait(position: Position, timeoutMs: number): Promise<void>;
  status(): ProjectionStatus;
}

export type ProjectionStatus = Readonly<{
  name: string;
  /** RUNNING: by this server. FOLLOWING: by another one. FAILED: it stands still, as `failure` says. */
  state: Phase;
  position: Position;
  /** Whether it had everything when last looked at. */
  isCaughtUp: boolean;
  /** For how long it has not had everything; 0 while it has. */
  lagMs: number;
  failure: string | null;
}>;

export function createProjectionRun(options: RunOptions): ProjectionRun {
  const run = createRunState(options);
  let loop: Promise<void> = Promise.resolve();
  return {
    board: run.board,
    async start() {
      const { database, projection, schema } = options;
      const shapes = await readShapes(database, schema, projection.tables);
      run.target = { schema, shapes, checkpoint: projection.name, builds: 0, names: createStatementNames() };
      await ensureCheckpoint(database, projection.name, projection.version);
      loop = keepGoing(run);
    },
    async stop() {
      run.isStopped = true;
      run.backoff.stop();
      run.wakeUp.wake();
      await loop;
      await run.lease.stop();
      run.phase = "STOPPED";
    },
    wake(wake) {
      if (run.lease.isHeld()) run.handOver.offer(wake);
      else run.handOver.forget();
      run.polling.expect();
      run.wakeUp.wake();
    },
    async wait(position, timeoutMs) {
      // The one that leads was woken by the append itself.
      if (position > run.board.position() && run.phase !== "RUNNING") {
        run.polling.expect();
        run.wakeUp.wake();
      }
      await run.board.wait(position, timeoutMs);
    },
    status: () => statusOf(run),
  };
}

async function keepGoing(run: RunState): Promise<void> {
  while (!run.isStopped) {
    try {
      await round(run);
      run.backoff.succeeded();
    } catch (error) {
      await recoverFrom(run, error);
    }
  }
}

async function round(run: RunState): Promise<void> {
  if (!run.hasMatched) return match(run);
  if (run.failedAt === null && !run.isOutdated && run.lease.isHeld()) return lead(run);
  // Whoever leads next reads the checkpoint first.
  run.position = null;
  return watch(run);
}

/** Before anything else: the tables must be those that this code makes. */
async function match(run: RunState): Promise<void> {
  const { database, projection, logger } = run.options;
  const { version } = await readCheckpoint(database, projection.name);
  if (version === projection.version) {
    run.hasMatched = true;
    await run.lease.start();
    return;
  }
  run.phase = "REBUILDING";
  try {
    await rebuild({ ...run.options, isStopped: () => run.isStopped });
  } catch (error) {
    if (run.isStopped) return;
    if (!(error instanceof RebuildRuns)) throw error;
    logger.debug(error.message);
    await run.wakeUp.wait(REBUILD_POLL_MS);
  }
}

const REBUILD_POLL_MS = 500;

async function recoverFrom(run: RunState, error: unknown): Promise<void> {
  setCaughtUp(run, false);
  try {
    await run.backoff.after(error);
  } catch {
    // Nothing that waiting would mend. Of a failed rebuild the old tables stay as they were.
    run.hasMatched = true;
    if (run.failedAt === null) await giveUp(run, run.board.position(), messageOf(error));
    await run.wakeUp.wait(IDLE_MS);
  }
}

function statusOf(run: RunState): ProjectionStatus {
  const failure = run.board.failure();
  return {
    name: run.options.projection.name,
    state: failure === null || run.isStopped ? run.phase : "FAILED",
    position: run.board.position(),
    isCaughtUp: run.isCaughtUp,
    lagMs: run.isCaughtUp ? 0 : Math.round(run.options.nowMs() - run.caughtUpAtMs),
    failure,
  };
}
