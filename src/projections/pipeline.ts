import { prepareBatch, writeBatch, type BatchTarget, type PreparedBatch } from "./batch";
import { createKeptRows, KEPT_WHILE_CATCHING_UP } from "./keptRows";
import type { Projection } from "./projection";
import type { FindRow } from "./rows";
import type { Position, RecordedEvent } from "../eventstore/eventStore";
import type { Queryable } from "../postgres/database";

/**
 * Writes batch after batch, and prepares each while the one before it is being written, so that this process and the
 * database both have something to do. For catching up; a single batch gains nothing.
 */
export interface Pipeline {
  /**
   * Takes the next batch, and answers for the one before it: the position that it reached, or null if that is the first.
   * @throws {Overtaken} if another server moved the checkpoint, and whatever either batch fails with.
   */
  push(events: readonly RecordedEvent[], after: Position): Promise<Position | null>;
  /** Waits until everything is written, and answers for the last batch. */
  drain(): Promise<Position | null>;
}

/** The checkpoint is not where this pipeline left it. */
export class Overtaken extends Error {
  constructor() {
    super("Another server has moved the checkpoint.");
    this.name = "Overtaken";
  }
}

export function createPipeline(database: Queryable, projection: Projection, target: BatchTarget): Pipeline {
  const kept = createKeptRows(KEPT_WHILE_CATCHING_UP);
  let writing: { batch: PreparedBatch; done: Promise<boolean> } | null = null;

  async function drain(): Promise<Position | null> {
    if (!writing) return null;
    const { batch, done } = writing;
    writing = null;
    if (!(await done)) throw new Overtaken();
    return batch.reached;
  }

  return {
    drain,
    async push(events, after) {
      const before = writing?.batch.rows;
      const find: FindRow = (table, id) => before?.known(table, id) ?? kept.find(table, id);
      // Both are over before either is answered for, so that nothing goes on behind the caller's back.
      const [prepared, drained] = await Promise.allSettled([
        prepareBatch(database, projection, events, after, target, find),
        drain(),
      ]);
      if (drained.status === "rejected") throw drained.reason;
      if (prepared.status === "rejected") throw prepared.reason;
      kept.keep(prepared.value);
      const done = writeBatch(database, prepared.value);
      // Whoever pushes or drains next hears of it.
      done.catch(() => undefined);
      writing = { batch: prepared.value, done };
      return drained.value;
    },
  };
}
