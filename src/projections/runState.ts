import { createBackoff, type Backoff } from "./backoff";
import type { BatchTarget } from "./batch";
import { createHandOver, type HandOver } from "./handOver";
import { createKeptRows, KEPT_ALWAYS, type KeptRows } from "./keptRows";
import { createLogReader, type LogReader, type Upcast } from "./logReader";
import { createPolling, type Polling } from "./polling";
import { createPositionBoard, type PositionBoard } from "./positionBoard";
import type { Projection } from "./projection";
import type { EventStore, Position } from "../eventstore/eventStore";
import type { Logger } from "../lib/logger";
import { createWakeUp, type WakeUp } from "../lib/wakeUp";
import type { Database } from "../postgres/database";
import { createLease, type Lease } from "../postgres/lease";

export type RunnerLogger = Logger & Readonly<{ error(message: string): void }>;

export type RunOptions = Readonly<{
  store: EventStore;
  database: Database;
  logger: RunnerLogger;
  projection: Projection;
  schema: string;
  upcast: Upcast;
  /** Unique for each server. */
  owner: string;
  batchEventsMax: number;
  leaseDurationMs: number;
  nowMs: () => number;
}>;

export type Phase = "STARTING" | "RUNNING" | "FOLLOWING" | "REBUILDING" | "FAILED" | "STOPPED";

/** One projection on one server, as its loop knows it. Only the loop changes it. */
export type RunState = {
  readonly options: RunOptions;
  readonly board: PositionBoard;
  readonly handOver: HandOver;
  readonly reader: LogReader;
  readonly lease: Lease;
  readonly backoff: Backoff;
  readonly polling: Polling;
  readonly wakeUp: WakeUp;
  phase: Phase;
  target: BatchTarget | null;
  /** Where this server's next batch begins; null where the checkpoint must be read first. */
  position: Position | null;
  /** What its batches since then have read and written, up to that position. */
  kept: KeptRows;
  /** Shrinks where a batch fails, until the event at fault stands alone. */
  batchEvents: number;
  /** Whether the tables were of this code's version since the start. */
  hasMatched: boolean;
  /** Where this server gave up; it tries again once somebody came further. */
  failedAt: Position | null;
  /** The tables were rebuilt by a server of another version: this one reads them and leaves writing to those. */
  isOutdated: boolean;
  caughtUpAtMs: number;
  isCaughtUp: boolean;
  isStopped: boolean;
};

export function createRunState(options: RunOptions): RunState {
  const { store, database, logger, projection, upcast, owner, leaseDurationMs, nowMs } = options;
  const wakeUp = createWakeUp();
  const handOver = createHandOver();
  const lease = createLease({
    database,
    logger,
    name: `projection ${projection.name}`,
    owner,
    durationMs: leaseDurationMs,
  });
  // Taken or lost: in both cases the loop has something else to do now.
  lease.onChanged(() => wakeUp.wake());
  return {
    options,
    board: createPositionBoard(projection.name),
    handOver,
    reader: createLogReader(store, upcast, handOver),
    lease,
    backoff: createBackoff(projection.name, logger),
    polling: createPolling(nowMs),
    wakeUp,
    phase: "STARTING",
    target: null,
    position: null,
    kept: createKeptRows(KEPT_ALWAYS),
    batchEvents: options.batchEventsMax,
    hasMatched: false,
    failedAt: null,
    isOutdated: false,
    caughtUpAtMs: nowMs(),
    isCaughtUp: false,
    isStopped: false,
  };
}

export function setCaughtUp(run: RunState, isCaughtUp: boolean): void {
  run.isCaughtUp = isCaughtUp;
  if (isCaughtUp) run.caughtUpAtMs = run.options.nowMs();
}
