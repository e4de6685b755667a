import { boundedRows, type NamedRow } from "./outcomeBound";
import type { Database, Queryable } from "../postgres/database";

/** What was counted together. `app` is empty if a server counted it. */
export type BatchName = Readonly<{ app: string; id: string }>;

/** Adds to what is counted; no two rows have the same outcome and hour. @returns whether the batch is new; one that was counted before changes nothing. */
export function saveDelivered(
  database: Pick<Database, "transaction">,
  { app, id }: BatchName,
  rows: readonly NamedRow[],
  outcomesMax?: number,
): Promise<boolean> {
  return database.transaction(async (connection) => {
    const [added] = await connection.query(
      "insert into delivery.batches (app, id) values ($1, $2) on conflict do nothing returning true",
      [app, id],
      "delivery.addBatch",
    );
    if (!added) return false;
    // In order, so that two servers which count the same cannot wait for each other.
    const ordered = [...(await boundedRows(connection, rows, outcomesMax))].sort((a, b) =>
      a.id < b.id ? -1 : a.id > b.id ? 1 : a.hourMs - b.hourMs,
    );
    await saveOutcomes(connection, ordered);
    await addCounts(connection, ordered);
    return true;
  });
}

async function saveOutcomes(connection: Queryable, rows: readonly NamedRow[]): Promise<void> {
  const outcomes = [...new Map(rows.map(({ id, outcome }) => [id, outcome]))];
  const column = <Value>(of: (outcome: NamedRow["outcome"]) => Value) =>
    outcomes.map(([, outcome]) => of(outcome));
  await connection.query(
    `insert into delivery.outcomes (id, app, environment, key, source, version, segment, reason, value)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::text[],
                          $8::text[], $9::text[])
         on conflict do nothing`,
    [
      outcomes.map(([id]) => id),
      column(({ app }) => app),
      column(({ environment }) => environment),
      column(({ key }) => key),
      column(({ source }) => source),
      column(({ version }) => version),
      column(({ segment }) => segment),
      column(({ reason }) => reason),
      column(({ value }) => value),
    ],
    "delivery.saveOutcomes",
  );
}

async function addCounts(connection: Queryable, rows: readonly NamedRow[]): Promise<void> {
  await connection.query(
    `insert into delivery.counts as known (outcome, hour, count)
     select * from unnest($1::uuid[], $2::timestamptz[], $3::bigint[])
         on conflict (outcome, hour) do update
        set count = known.count + excluded.count`,
    [
      rows.map(({ id }) => id),
      rows.map(({ hourMs }) => new Date(hourMs).toISOString()),
      rows.map(({ count }) => count),
    ],
    "delivery.addCounts",
  );
}
