import { setTimeout as sleep } from "node:timers/promises";
import { projectBatch, type BatchTarget } from "./batch";
import { cloneTables } from "./cloneTables";
import { createLogReader, type LogReader, type Upcast } from "./logReader";
import { createPipeline } from "./pipeline";
import type { Projection } from "./projection";
import { SWAP_LOCK_TIMEOUT_MS, lockServing, swapTables } from "./swapTables";
import { readShapes } from "./tableShape";
import { qualified, quoted } from "./tableSql";
import { isTransient } from "./transient";
import { START, type EventStore, type Position } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";
import type { Logger } from "../lib/logger";
import type { Database, Queryable } from "../postgres/database";
import { createLease, type Lease } from "../postgres/lease";

export const REBUILD_BATCH_EVENTS = 1_000;
/** The rest that is applied while everybody waits; with more left, it goes on catching up beside them. */
export const REBUILD_REST_EVENTS_MAX = 100;
export const SWAP_ATTEMPTS_MAX = 100;

export type RebuildOptions = Readonly<{
  store: EventStore;
  database: Database;
  logger: Logger;
  projection: Projection;
  schema: string;
  upcast: Upcast;
  /** Unique for each server. */
  owner: string;
  /** Asked between batches: whether to give up. */
  isStopped?: () => boolean;
}>;

export type RebuildResult = Readonly<{ events: number; tookMs: number }>;

/** Another server, or another command, is at it. */
export class RebuildRuns extends Error {
  constructor(schema: string) {
    super(`A rebuild in schema "${schema}" runs already; wait until it is done.`);
    this.name = "RebuildRuns";
  }
}

/**
 * Makes a read model anew from the whole log in tables beside the serving ones, which go on meanwhile, and then puts them
 * into their place in one transaction. If anything fails, the serving tables are as they were.
 * @throws {RebuildRuns}
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildResult> {
  const { database, logger, schema, owner, projection } = options;
  const name = `rebuild ${schema}`;
  const lease = createLease({ database, logger, name, owner: `${owner} rebuild` });
  if (!(await lease.start())) {
    await lease.stop();
    throw new RebuildRuns(schema);
  }
  const startedAtMs = performance.now();
  logger.info(`Rebuilding the read model "${projection.name}" beside the serving one.`);
  try {
    const events = await build(options, lease);
    const tookMs = Math.round(performance.now() - startedAtMs);
    logger.info(`Rebuilt the read model "${projection.name}" from ${events} events in ${tookMs} ms.`);
    return { events, tookMs };
  } catch (error) {
    // Without the lease these tables may be another rebuild's by now.
    if (lease.isHeld()) await dropNext(options).catch(() => undefined);
    throw error;
  } finally {
    await lease.stop();
  }
}

type Building = {
  readonly target: BatchTarget;
  readonly reader: LogReader;
  position: Position;
  events: number;
};

async function build(options: RebuildOptions, lease: Lease): Promise<number> {
  const building = await prepare(options);
  for (let attempt = 1; ; attempt++) {
    await catchUp(options, building, lease);
    if (await trySwap(options, building)) return building.events;
    if (attempt === SWAP_ATTEMPTS_MAX) {
      throw new Error(
        `The read model "${options.projection.name}" is rebuilt but could not be switched over: its tables are never ` +
          `free for ${SWAP_LOCK_TIMEOUT_MS} ms. End long transactions that read them, and rebuild again.`,
      );
    }
    await sleep(SWAP_LOCK_TIMEOUT_MS / 2);
  }
}

const nextSchema = (schema: string): string => `${schema}_next`;
const nextCheckpoint = (name: string): string => `${name} next`;

/** Empty tables and a checkpoint at the start. What a rebuild that died has left is removed. */
async function prepare({ database, store, projection, schema, upcast }: RebuildOptions): Promise<Building> {
  const next = nextSchema(schema);
  const checkpoint = nextCheckpoint(projection.name);
  await database.transaction(async (connection) => {
    await connection.query(`drop schema if exists ${quoted(next)} cascade`);
    await connection.query(`create schema ${quoted(next)}`);
    await cloneTables(connection, projection.tables, schema, next);
    await connection.query(
      `insert into server.checkpoints (name, version, position) values ($1, $2, $3)
       on conflict (name) do update set version = excluded.version, position = excluded.position, failure = null`,
      [checkpoint, projection.version, START],
    );
  });
  const shapes = await readShapes(database, next, projection.tables);
  return {
    // Its statements are not needed any more when it is done, and connections forget none.
    target: { schema: next, shapes, checkpoint, builds: 0, names: () => undefined },
    reader: createLogReader(store, upcast),
    position: START,
    events: 0,
  };
}

/** Goes on until so little is left that everybody may wait for it. */
async function catchUp(options: RebuildOptions, building: Building, lease: Lease): Promise<void> {
  const { database, projection } = options;
  const { reader, target } = building;
  const pipeline = createPipeline(database, projection, target);
  let isFar = false;
  for (;;) {
    invariant(lease.isHeld(), "the rebuild lost its lease, so another one may have begun");
    invariant(options.isStopped?.() !== true, "the rebuild was stopped");
    const events = await reader.read(building.position, REBUILD_BATCH_EVENTS);
    const last = events.at(-1);
    if (!last) break;
    const isPage = events.length === REBUILD_BATCH_EVENTS;
    if (isPage) reader.prefetch(last.position, REBUILD_BATCH_EVENTS);
    await pipeline.push(events, building.position);
    building.position = last.position;
    building.events += events.length;
    isFar ||= isPage;
    if (events.length <= REBUILD_REST_EVENTS_MAX) break;
  }
  await pipeline.drain();
  // Statistics of empty tables would make the first queries after the switch slow.
  if (isFar) await analyze(options);
}

/** Applies the next batch and says how many events it had. */
async function advance(database: Queryable, projection: Projection, building: Building): Promise<number> {
  const { reader, position, target } = building;
  const events = await reader.read(position, REBUILD_BATCH_EVENTS);
  const last = events.at(-1);
  if (!last) return 0;
  const isMoved = await projectBatch(database, projection, events, position, target);
  invariant(isMoved, "another rebuild has taken over the tables of this one");
  building.position = last.position;
  building.events += events.length;
  return events.length;
}

async function analyze({ database, projection, schema }: RebuildOptions): Promise<void> {
  for (const { name } of projection.tables) {
    await database.query(`analyze ${qualified(nextSchema(schema), name)}`);
  }
}

/** False if the tables were not free soon enough; nothing has happened then. */
async function trySwap(options: RebuildOptions, building: Building): Promise<boolean> {
  const { database, projection, schema } = options;
  const { tables, name } = projection;
  const inTransaction = { ...building };
  try {
    await database.transaction(async (connection) => {
      const servingAt = await lockServing(connection, tables, schema, name);
      while ((await advance(connection, projection, inTransaction)) > 0);
      invariant(inTransaction.position >= servingAt, "the log ends before the checkpoint: it is another log");
      await swapTables(
        connection,
        tables,
        { schema, next: nextSchema(schema) },
        { serving: name, next: nextCheckpoint(name) },
      );
    });
    building.events = inTransaction.events;
    return true;
  } catch (error) {
    if (!isTransient(error)) throw error;
    // The connection may have been lost after the commit.
    return isSwapped(options);
  }
}

async function isSwapped({ database, projection }: RebuildOptions): Promise<boolean> {
  const found = await database.query("select from server.checkpoints where name = $1", [
    nextCheckpoint(projection.name),
  ]);
  return found.length === 0;
}

async function dropNext({ database, projection, schema }: RebuildOptions): Promise<void> {
  await database.query(`drop schema if exists ${quoted(nextSchema(schema))} cascade`);
  await database.query("delete from server.checkpoints where name = $1", [nextCheckpoint(projection.name)]);
}
