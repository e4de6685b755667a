import { randomUUID } from "node:crypto";
import type { Delivered, Outcome } from "./outcome.policy";
import { outcomeId } from "./outcomeId";
import type { NamedRow } from "./outcomeBound";
import { saveDelivered } from "./deliveries.queries";
import type { Reach } from "./reach";
import { addMark, markOf } from "./sketch";
import { createTallies, type Count } from "./tallies";
import type { Database } from "../postgres/database";

/** Rows of one transaction. */
export const BATCH_ROWS_MAX = 5_000;
/** Rows that are kept while the database is away: outcomes by the hour. What is more is lost, and reported. */
export const KEPT_ROWS_MAX = 100_000;

/** Counts what users get, and writes it down now and then, off the path of any request. */
export interface Deliveries {
  readonly count: Count;
  /** Says that a user was reached by what was counted elsewhere. */
  readonly reached: (outcome: Outcome, userId: string, hourMs: number) => void;
  /**
   * Writes what was counted, and with `isReachToo` who was reached.
   * @throws if the database is away; what was counted is kept, and written once with the next call that succeeds.
   */
  flush(isReachToo?: boolean): Promise<void>;
}

export type DeliveriesOptions = Readonly<{
  database: Pick<Database, "transaction">;
  reach: Reach;
  /** Told of what is lost. */
  report: (error: unknown) => void;
  keptRowsMax?: number;
}>;

type Batch = Readonly<{ id: string; rows: readonly NamedRow[] }>;

export function createDeliveries({ database, reach, report, keptRowsMax }: DeliveriesOptions): Deliveries {
  const tallies = createTallies(reach.sketchOf);
  const rowsMax = keptRowsMax ?? KEPT_ROWS_MAX;
  const kept = new Map<string, NamedRow>();
  /** On its way: whether it was written may be unknown, so it stays as it is until it surely was. */
  let sending: Batch | null = null;

  function keep(taken: readonly Delivered[]): void {
    let lost = 0;
    for (const delivered of taken) {
      const id = outcomeId(delivered.outcome);
      const name = `${id} ${delivered.hourMs}`;
      const known = kept.get(name);
      if (known === undefined && kept.size >= rowsMax) lost += delivered.count;
      else kept.set(name, { ...delivered, id, count: delivered.count + (known?.count ?? 0) });
    }
    if (lost > 0) report(new Error(`${lost} deliveries are not counted: the database is away for too long.`));
  }

  function nextBatch(): Batch | null {
    const rows = [...kept].slice(0, BATCH_ROWS_MAX);
    if (rows.length === 0) return null;
    for (const [name] of rows) kept.delete(name);
    return { id: randomUUID(), rows: rows.map(([, row]) => row) };
  }

  async function saveCounts(): Promise<void> {
    while ((sending ??= nextBatch()) !== null) {
      await saveDelivered(database, { app: "", id: sending.id }, sending.rows);
      sending = null;
    }
  }

  return {
    count: tallies.count,
    reached(outcome, userId, hourMs) {
      addMark(reach.sketchOf(outcome, hourMs), markOf(userId));
    },
    async flush(isReachToo = true) {
      keep(tallies.take());
      // At once, since counting goes on with new sketches from here on.
      const reached = isReachToo ? reach.take() : [];
      try {
        await saveCounts();
      } finally {
        await reach.save(reached);
      }
    },
  };
}
