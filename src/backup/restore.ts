import { open, type FileHandle } from "node:fs/promises";
import { APP_STREAM_PREFIX, slugOfStream } from "../apps/app.events";
import { makePartitionsIn } from "../audience/eventPartitions";
import { createEventAppender } from "./appendEvents";
import type { BackupCounts } from "./backup";
import { BackupRefused } from "./backupRefused";
import { readBackup, type BackupBlock } from "./format";
import { KEPT_TABLES, quotedTable, type TableName } from "./keptTables";
import { lastMigration } from "./lastMigration";
import { START, type EventStore } from "../eventstore/eventStore";
import type { Database, Queryable } from "../postgres/database";

export type RestoreOptions = Readonly<{ store: EventStore; database: Database; path: string }>;

/**
 * Reads the whole file before anything is changed. The log that the events go into has an identity of its own, so cursors of
 * the one that was backed up are refused, and webhooks and consumers wait for a person. Read models are made of it when a server starts.
 * @throws {BackupRefused} if the file or the database is not as it must be.
 */
export async function restore(options: RestoreOptions): Promise<BackupCounts> {
  const { database, store, path } = options;
  const { counts, heads } = await checkFile(path, await lastMigration(database));
  if ((await store.head()) !== START || (await hasKeptRows(database))) {
    throw new BackupRefused("the database and its log are not empty; give it new ones");
  }
  await database.transaction(async (connection) => {
    // A database that was copied from another has that one's, and cursors of that one would mean other events.
    await connection.query("update log.head set log_id = gen_random_uuid()");
    await eachBlock(path, async (block) => {
      if (block.kind === "rows") await insertRows(connection, block.table, block.rows);
    });
    // Leases are counted anew here, and one that seems to have been held later would keep every server from sending.
    await connection.query("update webhooks.deliveries set token = 0");
    await markPlaces(connection, heads);
  });
  const appender = createEventAppender(store);
  await eachBlock(path, async (block) => {
    if (block.kind === "events") await appender.push(block.events);
  });
  await appender.end();
  return counts;
}

type Checked = Readonly<{ counts: BackupCounts; heads: Heads }>;
/** The last revision of each stream. */
type Heads = ReadonlyMap<string, number>;

async function checkFile(path: string, migration: number): Promise<Checked> {
  const heads = new Map<string, number>();
  const known: readonly TableName[] = KEPT_TABLES;
  let counts: BackupCounts = { rows: 0, events: 0 };
  await eachBlock(path, async (block) => {
    if (block.kind === "header" && block.migration !== migration) {
      throw new BackupRefused(
        `a version of the server with migration ${block.migration} wrote it, and this one has ${migration}; use that one`,
      );
    }
    if (block.kind === "rows" && !known.includes(block.table)) {
      throw new BackupRefused(`this version knows no table ${block.table}`);
    }
    if (block.kind === "events") for (const { stream, revision } of block.events) heads.set(stream, revision);
    if (block.kind === "end") counts = { rows: block.rows, events: block.events };
  });
  return { counts, heads };
}

/**
 * Receivers and consumers may have got events that this log does not have, and the server that was backed up may still run. So
 * what keeps a place goes on only when somebody says so.
 */
async function markPlaces(connection: Queryable, heads: Heads): Promise<void> {
  const apps = [...heads].filter(([stream]) => stream.startsWith(APP_STREAM_PREFIX));
  await connection.query(
    "insert into server.restored (app, revision) select * from unnest($1::text[], $2::bigint[])",
    [apps.map(([stream]) => slugOfStream(stream)), apps.map(([, revision]) => revision)],
  );
  await connection.query("update server.consumers set is_of_other_log = true");
}

async function eachBlock(path: string, use: (block: BackupBlock) => Promise<void>): Promise<void> {
  const file: FileHandle = await open(path).catch((error: unknown) => {
    throw new BackupRefused(`${path} cannot be opened`, { cause: error });
  });
  try {
    if (!(await file.stat()).isFile()) throw new BackupRefused(`${path} is no file`);
    for await (const block of readBackup(file)) await use(block);
  } finally {
    await file.close();
  }
}

async function hasKeptRows(database: Queryable): Promise<boolean> {
  for (const table of KEPT_TABLES) {
    if ((await database.query(`select from ${quotedTable(table)} limit 1`)).length > 0) return true;
  }
  return false;
}

async function insertRows(connection: Queryable, table: TableName, rows: readonly string[]): Promise<void> {
  const name = quotedTable(table);
  if (table === "audience.events") await makePartsFor(connection, rows);
  await connection.query(
    `insert into ${name} select * from json_populate_recordset(null::${name}, $1::json)`,
    [`[${rows.join(",")}]`],
  );
}

/** Parts of a table are made for what goes into them. */
async function makePartsFor(connection: Queryable, rows: readonly string[]): Promise<void> {
  const times = rows.map((row) => Date.parse((JSON.parse(row) as { at: string }).at)).sort((a, b) => a - b);
  await makePartitionsIn(connection, new Date(times[0] ?? 0), new Date(times.at(-1) ?? 0));
}
