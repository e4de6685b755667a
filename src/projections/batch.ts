import { setImmediate as nextTurn } from "node:timers/promises";
import { encodeRows } from "./encodedRows";
import type { Projection } from "./projection";
import { createBatchRows, type BatchRows, type FindRow } from "./rows";
import type { StatementNames } from "./statementNames";
import type { TableShapes } from "./tableShape";
import { deleteRows, keyParameters, upsertRows } from "./tableSql";
import type { Position, RecordedEvent } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";
import type { Queryable } from "../postgres/database";

/** Where a projection's rows go: the serving tables, or those that are being built beside them. */
export type BatchTarget = Readonly<{
  schema: string;
  shapes: TableShapes;
  /** The row of server.checkpoints that moves with the rows. */
  checkpoint: string;
  /** The checkpoint's. Rows read before a rebuild are none of the tables that it made. */
  builds: number;
  names: StatementNames;
}>;

/**
 * Between stretches of events the process sees to its sockets: the batch before goes out, and requests are answered.
 * Otherwise the database would get its work only when this process has done its own.
 */
const EVENTS_AT_A_STRETCH = 10;

/** What a batch of events comes to: one statement, and the rows as they are after it. */
export type PreparedBatch = Readonly<{
  rows: BatchRows;
  /** Of what is written into each table. */
  bytes: ReadonlyMap<string, number>;
  reached: Position;
  text: string;
  parameters: readonly unknown[];
  name: string | undefined;
}>;

/**
 * Brings the tables from `after` to the last of these events. False if the checkpoint was not at `after` any more, since
 * another server came first: nothing is written then, and the checkpoint must be read anew.
 *
 * Rows are read outside of a transaction and everything is written by one statement. That is safe, for rows change only
 * with the checkpoint, and the statement writes only if that has not moved since.
 */
export async function projectBatch(
  database: Queryable,
  projection: Projection,
  events: readonly RecordedEvent[],
  after: Position,
  target: BatchTarget,
): Promise<boolean> {
  const prepared = await prepareBatch(database, projection, events, after, target);
  return writeBatch(database, prepared);
}

/** `find` knows rows of earlier batches, at least of the one that is still being written. */
export async function prepareBatch(
  database: Queryable,
  projection: Projection,
  events: readonly RecordedEvent[],
  after: Position,
  target: BatchTarget,
  find?: FindRow,
): Promise<PreparedBatch> {
  const reached = events.at(-1)?.position;
  invariant(reached !== undefined, "a batch has events");
  const rows = createBatchRows(target.shapes, find);
  const references = events.flatMap((event) => projection.reads(event));
  await rows.load(database, target.schema, references);
  for (const [index, event] of events.entries()) {
    projection.apply(event, rows);
    if ((index + 1) % EVENTS_AT_A_STRETCH === 0) await nextTurn();
  }
  const move = [reached, target.checkpoint, projection.version, after, target.builds];
  return { rows, reached, ...statementOf(rows, move, target) };
}

/** Whether the checkpoint moved, and the rows with it. */
export async function writeBatch(
  database: Queryable,
  { text, parameters, name }: PreparedBatch,
): Promise<boolean> {
  const [row] = await database.query<{ moved: number }>(text, parameters, name);
  return row?.moved === 1;
}

function statementOf(
  rows: BatchRows,
  move: readonly unknown[],
  { schema, names }: BatchTarget,
): Pick<PreparedBatch, "text" | "parameters" | "name" | "bytes"> {
  const parameters = [...move];
  const bytes = new Map<string, number>();
  const parts = [MOVE];
  let hasRemoved = false;
  for (const [index, { shape, added, put, removed }] of rows.changes().entries()) {
    if (added || put.length > 0) {
      parts.push(`put${index} as (${upsertRows(schema, shape, parameters.length + 1, IS_MOVED)})`);
      const columns = added?.parameters() ?? encodeRows(shape, put);
      parameters.push(...columns);
      bytes.set(shape.table.name, sum(columns.map(({ length }) => length)));
    }
    if (removed.length > 0) {
      parts.push(`removed${index} as (${deleteRows(schema, shape, parameters.length + 1, IS_MOVED)})`);
      parameters.push(...keyParameters(shape, removed));
    }
    hasRemoved ||= removed.length > 0;
  }
  const text = `with ${parts.join(", ")} select count(*) as moved, ${NOT_FLUSHED} from moved`;
  // The same few tables change together again and again, so it is worth preparing. What deletes is planned anew each
  // time, since a plan made while a table was small would be kept when it is large.
  return { text, parameters, name: hasRemoved ? undefined : names(text), bytes };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The compare-and-set that everything else in the statement hangs on. */
const MOVE = `moved as (
  update server.checkpoints
     set position = $1, failure = null, updated_at = now()
   where name = $2 and version = $3 and position = $4 and builds = $5
  returning 1)`;
/**
 * Nobody waits for the disk: should the database lose its power, it comes back with the rows and the checkpoint of a
 * moment before, and what is missing is made of the log again.
 */
const NOT_FLUSHED = "set_config('synchronous_commit', 'off', true)";
const IS_MOVED = "exists (select from moved)";
