import { randomUUID } from "node:crypto";
import { projectBatch, type BatchTarget } from "./batch";
import { readCheckpoint, type Checkpoint } from "./checkpoint";
import { cloneTables } from "./cloneTables";
import { createLogReader, type LogReader, type Upcast } from "./logReader";
import type { Projection } from "./projection";
import { readShapes } from "./tableShape";
import { qualified, quoted } from "./tableSql";
import { START, type EventStore, type Position } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";
import type { Database, Queryable } from "../postgres/database";

export const COMPARED_AT_ONCE = 1_000;

export type CompareOptions = Readonly<{
  store: EventStore;
  database: Database;
  projection: Projection;
  schema: string;
  upcast: Upcast;
}>;

/** What a table holds that the log does not say, and the other way round. */
export type Difference = Readonly<{ table: string; missing: number; extra: number; example: string }>;
export type Comparison = Readonly<{
  events: number;
  /** Why the read model stands still, or null. */
  failure: string | null;
  differences: readonly Difference[];
}>;

/**
 * Makes a read model anew from the log, in tables of its own that are gone afterwards, and compares every row of the serving
 * one with it, as it was at one position. Servers may go on meanwhile.
 */
export async function compareWithLog(options: CompareOptions): Promise<Comparison> {
  const { database, projection, schema } = options;
  const beside = await prepare(options);
  try {
    const { position } = await servingCheckpoint(database, projection);
    await advance(database, projection, beside, position);
    return await database.transaction(async (connection) => {
      // All that is read from here on is as of one moment, so that nobody has to wait for this.
      await connection.query("set transaction isolation level repeatable read");
      const serving = await servingCheckpoint(connection, projection);
      await advance(connection, projection, beside, serving.position);
      const differences: Difference[] = [];
      for (const { name } of projection.tables) {
        differences.push(...(await differencesOf(connection, name, schema, beside.target.schema)));
      }
      return { events: beside.events, failure: serving.failure, differences };
    });
  } finally {
    await database.query(`drop schema if exists ${quoted(beside.target.schema)} cascade`);
    await database.query("delete from server.checkpoints where name = $1", [beside.target.checkpoint]);
  }
}

type Beside = {
  readonly target: BatchTarget;
  readonly reader: LogReader;
  position: Position;
  events: number;
};

async function prepare({ database, store, projection, schema, upcast }: CompareOptions): Promise<Beside> {
  const name = `${schema}_compared_${randomUUID().slice(0, 8)}`;
  const checkpoint = `${projection.name} ${name}`;
  await database.transaction(async (connection) => {
    await connection.query(`create schema ${quoted(name)}`);
    await cloneTables(connection, projection.tables, schema, name);
    await connection.query("insert into server.checkpoints (name, version, position) values ($1, $2, $3)", [
      checkpoint,
      projection.version,
      START,
    ]);
  });
  const shapes = await readShapes(database, name, projection.tables);
  return {
    target: { schema: name, shapes, checkpoint, builds: 0, names: () => undefined },
    reader: createLogReader(store, upcast),
    position: START,
    events: 0,
  };
}

async function servingCheckpoint(database: Queryable, { name, version }: Projection): Promise<Checkpoint> {
  const checkpoint = await readCheckpoint(database, name);
  if (checkpoint.version === version) return checkpoint;
  throw new Error(
    `The read model "${name}" was made by another version of the server (${checkpoint.version}; this one makes ${version}). ` +
      "Start a server of this version first, which makes it anew.",
  );
}

/** Brings the tables beside to that position, and no further. */
async function advance(
  database: Queryable,
  projection: Projection,
  beside: Beside,
  upTo: Position,
): Promise<void> {
  while (beside.position < upTo) {
    const page = await beside.reader.read(beside.position, COMPARED_AT_ONCE);
    const events = page.filter(({ position }) => position <= upTo);
    const last = events.at(-1);
    invariant(last, "the log ends before the read model's checkpoint: it is another log");
    const isMoved = await projectBatch(database, projection, events, beside.position, beside.target);
    invariant(isMoved, "somebody else moved the checkpoint of a comparison");
    beside.position = last.position;
    beside.events += events.length;
  }
}

async function differencesOf(
  database: Queryable,
  table: string,
  schema: string,
  made: string,
): Promise<Difference[]> {
  const rows = (of: string) => `select (stored.*)::text as row from ${qualified(of, table)} stored`;
  const [found] = await database.query<Omit<Difference, "table">>(
    `with missing as (${rows(made)} except all ${rows(schema)}),
          extra as (${rows(schema)} except all ${rows(made)})
     select (select count(*) from missing) as missing, (select count(*) from extra) as extra,
            coalesce((select min(row) from missing), (select min(row) from extra), '') as example`,
  );
  invariant(found, "counting answers one row");
  return found.missing + found.extra === 0 ? [] : [{ table, ...found }];
}
