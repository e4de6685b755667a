import { pruneEvents } from "./pruneEvents";
import { repeatEvery } from "../lib/repeatEvery";
import type { Database } from "../postgres/database";
import type { Lease } from "../postgres/lease";

const PRUNE_EVERY_MS = 3_600_000;

export type RetentionOptions = Readonly<{
  database: Database;
  /** Of the one server that deletes. */
  lease: Pick<Lease, "start" | "stop" | "isHeld">;
  now: () => Date;
  report: (error: unknown) => void;
}>;

/** Deletes what users did too long ago, every hour, on one server at a time. */
export function openRetention(options: RetentionOptions): Readonly<{ stop: () => Promise<void> }> {
  let isStopping = false;
  const pruning = repeatEvery(PRUNE_EVERY_MS, () => pruneInTurn(options, () => isStopping), options.report);
  return {
    stop() {
      isStopping = true;
      return pruning.stop();
    },
  };
}

async function pruneInTurn(
  { database, lease, now }: RetentionOptions,
  isStopping: () => boolean,
): Promise<void> {
  if (!(await lease.start())) return lease.stop();
  try {
    await pruneEvents(database, { nowMs: now().getTime(), goesOn: () => lease.isHeld() && !isStopping() });
  } finally {
    await lease.stop();
  }
}
