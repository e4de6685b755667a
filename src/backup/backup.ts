import { createBlockWriter, type BlockWriter } from "./blocks";
import type { BackupBlock } from "./format";
import { NAMED_TABLES, POINTING_TABLES, quotedTable, type TableName } from "./keptTables";
import { lastMigration } from "./lastMigration";
import { START, type EventStore, type Position } from "../eventstore/eventStore";
import type { Database, Queryable } from "../postgres/database";
import type { FileHandle } from "node:fs/promises";

export const EVENTS_PER_BLOCK = 100;
export const ROWS_PER_BLOCK = 1_000;

export type BackupOptions = Readonly<{
  store: EventStore;
  database: Database;
  file: Pick<FileHandle, "appendFile">;
  now: () => Date;
}>;

export type BackupCounts = Readonly<{ rows: number; events: number }>;

/**
 * Writes all events up to the log's head, and every row that is not derived from them: before the head is read those that point
 * into the log, and afterwards those that events name. So nothing in a backup refers to what is not in it, though servers may
 * run meanwhile.
 */
export async function backUp({ store, database, file, now }: BackupOptions): Promise<BackupCounts> {
  const writer = await createBlockWriter(file);
  const write = (block: BackupBlock): Promise<void> => writer.write(block);
  const [logId, migration] = await Promise.all([store.logId(), lastMigration(database)]);
  await write({ kind: "header", migration, createdAt: now().toISOString(), logId });
  const pointing = await writeTables(database, POINTING_TABLES, writer);
  const head = await store.head();
  const named = await writeTables(database, NAMED_TABLES, writer);
  const events = await writeEvents(store, head, writer);
  const rows = pointing + named;
  await write({ kind: "end", rows, events });
  return { rows, events };
}

/** As of one moment. */
async function writeTables(
  database: Database,
  tables: readonly TableName[],
  writer: BlockWriter,
): Promise<number> {
  return database.transaction(async (connection) => {
    await connection.query("set transaction isolation level repeatable read");
    let count = 0;
    for (const table of tables) count += await writeRows(connection, table, writer);
    return count;
  });
}

async function writeRows(connection: Queryable, table: TableName, writer: BlockWriter): Promise<number> {
  await connection.query(
    `declare kept no scroll cursor for select row_to_json(stored)::text as row from ${quotedTable(table)} stored`,
  );
  let count = 0;
  for (;;) {
    const found = await connection.query<{ row: string }>(`fetch ${ROWS_PER_BLOCK} from kept`);
    if (found.length === 0) break;
    await writer.write({ kind: "rows", table, rows: found.map(({ row }) => row) });
    count += found.length;
  }
  await connection.query("close kept");
  return count;
}

async function writeEvents(store: EventStore, head: Position, writer: BlockWriter): Promise<number> {
  let count = 0;
  let last: Position = START;
  while (last < head) {
    const page = (await store.readAll(last, EVENTS_PER_BLOCK)).filter(({ position }) => position <= head);
    const events = page.map(({ id, stream, revision, type, schemaVersion, data, meta }) => ({
      ...{ id, stream, revision, type, schemaVersion, data, meta },
    }));
    last = page.at(-1)?.position ?? head;
    count += events.length;
    await writer.write({ kind: "events", events });
  }
  return count;
}
