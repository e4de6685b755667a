import type { Database } from "../postgres/database";

export const PRUNED_ROWS_MAX = 5_000;
const DAY_MS = 86_400_000;
/** How long it is known what was counted, so that what is sent again counts once. */
export const BATCH_IDS_KEPT_DAYS = 7;

export type Pruning = Readonly<{
  /** How long counts are kept. */
  keptDays: number;
  nowMs: number;
  /** Whether to go on. */
  goesOn: () => boolean;
}>;

/** Deletes what is too old, a bounded number of rows at a time. */
export async function pruneDeliveries(
  database: Pick<Database, "transaction">,
  { keptDays, nowMs, goesOn }: Pruning,
): Promise<void> {
  const before = (days: number) => new Date(nowMs - days * DAY_MS).toISOString();
  const works: readonly [
    (database: Pick<Database, "transaction">, before: string) => Promise<number>,
    string,
  ][] = [
    [pruneCounts, before(keptDays)],
    [prunerOf("delivery.reach", "day"), before(keptDays)],
    [prunerOf("delivery.key_hours", "hour"), before(BATCH_IDS_KEPT_DAYS)],
    [prunerOf("delivery.batches", "counted_at"), before(BATCH_IDS_KEPT_DAYS)],
  ];
  for (const [work, instant] of works) {
    let pruned = PRUNED_ROWS_MAX;
    while (pruned === PRUNED_ROWS_MAX && goesOn()) pruned = await work(database, instant);
  }
}

/** Counts, and outcomes that none is left of. @returns how many counts. */
function pruneCounts(database: Pick<Database, "transaction">, before: string): Promise<number> {
  return database.transaction(async (connection) => {
    // Whoever counts stores an outcome first and then its count, and waits for us before it.
    await connection.query("lock table delivery.outcomes in share row exclusive mode");
    const rows = await connection.query<{ outcome: string }>(
      `delete from delivery.counts
        where ctid = any (array(
              select ctid from delivery.counts where hour < $1 order by hour limit ${PRUNED_ROWS_MAX}))
        returning outcome`,
      [before],
      "delivery.pruneCounts",
    );
    await connection.query(
      `delete from delivery.outcomes
        where id = any ($1::uuid[])
          and not exists (select from delivery.counts where counts.outcome = outcomes.id)`,
      [[...new Set(rows.map(({ outcome }) => outcome))]],
      "delivery.pruneOutcomes",
    );
    return rows.length;
  });
}

/** Deletes the oldest rows of a table by a column of times. */
const prunerOf =
  (table: string, column: string) =>
  (database: Pick<Database, "transaction">, before: string): Promise<number> =>
    database.transaction(async (connection) => {
      const rows = await connection.query(
        `delete from ${table}
          where ctid = any (array(
                select ctid from ${table} where ${column} < $1 order by ${column} limit ${PRUNED_ROWS_MAX}))
          returning true`,
        [before],
        `prune ${table}`,
      );
      return rows.length;
    });
