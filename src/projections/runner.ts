import { randomUUID } from "node:crypto";
import type { Upcast } from "./logReader";
import type { Projection } from "./projection";
import { createProjectionRun, type ProjectionStatus } from "./projectionRun";
import type { RunnerLogger } from "./runState";
import type { EventStore, Position } from "../eventstore/eventStore";
import type { Database } from "../postgres/database";
import { LEASE_DURATION_MS } from "../postgres/lease";
import type { DatabaseOptions } from "../postgres/pool";

export const MODELS_SCHEMA = "models";
export const BATCH_EVENTS_MAX = 1_000;
export const PROJECTED_TIMEOUT_MS = 10_000;
/**
 * How to open the runner's own database, so that what serves requests cannot keep the read models waiting. The runner
 * reads with one connection, and writes and renews its lease with another.
 */
export const PROJECTION_DATABASE: DatabaseOptions = { connectionsMax: 3, plansOnce: true };

/** Keeps the read models up with the log, on one server at a time, and tells everybody how far they have come. */
export interface ProjectionRunner {
  /** @throws if a projection's tables are missing. Afterwards it goes on by itself, whatever happens. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /**
   * Resolves when all read models hold everything up to the position, whichever server brings them there.
   * @throws {NotProjected} after `timeoutMs`, or at once where one stands still.
   */
  projected(position: Position, timeoutMs?: number): Promise<void>;
  /** Calls `listener` soon after read models came further, here or on another server. Returns how to stop. */
  onProjected(listener: () => void): () => void;
  status(): readonly ProjectionStatus[];
}

export type ProjectionRunnerOptions = Readonly<{
  store: EventStore;
  /** Best one of its own, opened as `PROJECTION_DATABASE`. */
  database: Database;
  projections: readonly Projection[];
  logger: RunnerLogger;
  schema?: string;
  upcast?: Upcast;
  owner?: string;
  batchEventsMax?: number;
  leaseDurationMs?: number;
  /** Monotonic. */
  nowMs?: () => number;
}>;

export function createProjectionRunner(options: ProjectionRunnerOptions): ProjectionRunner {
  const { projections, store } = options;
  const runs = projections.map((projection) =>
    createProjectionRun({
      schema: MODELS_SCHEMA,
      upcast: (event) => event,
      owner: randomUUID(),
      batchEventsMax: BATCH_EVENTS_MAX,
      leaseDurationMs: LEASE_DURATION_MS,
      nowMs: () => performance.now(),
      ...options,
      projection,
    }),
  );
  let stopListening = (): void => undefined;
  return {
    async start() {
      for (const run of runs) await run.start();
      stopListening = store.onAppended((wake) => {
        for (const run of runs) run.wake(wake);
      });
    },
    async stop() {
      stopListening();
      await Promise.all(runs.map((run) => run.stop()));
    },
    async projected(position, timeoutMs = PROJECTED_TIMEOUT_MS) {
      await Promise.all(runs.map((run) => run.wait(position, timeoutMs)));
    },
    onProjected(listener) {
      const stops = runs.map(({ board }) => board.onReached(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
    status: () => runs.map((run) => run.status()),
  };
}
