import type { AnyTable } from "./projection";
import { qualified, quoted } from "./tableSql";
import type { Position } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";
import type { Queryable } from "../postgres/database";

/**
 * Less than PostgreSQL's deadlock_timeout (1 s): where readers and the switch wait for each other, the switch gives up and
 * comes again, and no reader fails.
 */
export const SWAP_LOCK_TIMEOUT_MS = 250;

/** Waits until nobody uses the serving tables, and keeps everybody away until the transaction's end. Where they stand. */
export async function lockServing(
  connection: Queryable,
  tables: readonly AnyTable[],
  schema: string,
  checkpoint: string,
): Promise<Position> {
  await connection.query("select set_config('lock_timeout', $1, true)", [`${SWAP_LOCK_TIMEOUT_MS}ms`]);
  const names = tables.map(({ name }) => qualified(schema, name)).join(", ");
  // Tables before the checkpoint, as the statement that writes a batch takes them: the other way round they could deadlock.
  await connection.query(`lock table ${names} in access exclusive mode`);
  const [row] = await connection.query<{ position: Position }>(
    "select position from server.checkpoints where name = $1 for update",
    [checkpoint],
  );
  invariant(row, `the read model "${checkpoint}" has no checkpoint`);
  return row.position;
}

/** Drops the serving tables and puts those of schema `next` into their place, with their checkpoint. */
export async function swapTables(
  connection: Queryable,
  tables: readonly AnyTable[],
  { schema, next }: Readonly<{ schema: string; next: string }>,
  checkpoint: Readonly<{ serving: string; next: string }>,
): Promise<void> {
  // Tables with checks still to be done cannot be moved; and this is the last moment to find the old ones right.
  await connection.query("set constraints all immediate");
  await connection.query(`drop table ${tables.map(({ name }) => qualified(schema, name)).join(", ")}`);
  for (const { name } of tables) {
    await connection.query(`alter table ${qualified(next, name)} set schema ${quoted(schema)}`);
  }
  await connection.query(
    `with built as (delete from server.checkpoints where name = $2 returning version, position)
     update server.checkpoints as serving
        set version = built.version, position = built.position, builds = serving.builds + 1, failure = null,
            updated_at = now()
       from built
      where serving.name = $1`,
    [checkpoint.serving, checkpoint.next],
  );
  await connection.query(`drop schema ${quoted(next)}`);
}
