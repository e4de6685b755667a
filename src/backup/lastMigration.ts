import { invariant } from "../lib/invariant";
import type { Queryable } from "../postgres/database";

/** What the tables of a database look like. */
export async function lastMigration(database: Queryable): Promise<number> {
  const [row] = await database.query<{ number: number | null }>(
    "select max(number) as number from product_experiences_migrations",
  );
  invariant(row && row.number !== null, "the database is not migrated");
  return row.number;
}
