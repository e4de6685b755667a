import { createHash } from "node:crypto";
import type { Projection } from "./projection";
import { createBatchRows, type TableChanges } from "./rows";
import type { TableShapes } from "./tableShape";
import { deleteRows, keyParameters, rowParameters, upsertRows } from "./tableSql";
import type { Position, RecordedEvent } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";
import type { Queryable } from "../postgres/database";

/** Where a projection's rows go: the serving tables, or those that are being built beside them. */
export type BatchTarget = Readonly<{
  schema: string;
  shapes: TableShapes;
  /** The row of server.checkpoints that moves with the rows. */
  checkpoint: string;
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
  const last = events.at(-1);
  invariant(last, "a batch has events");
  const rows = createBatchRows(target.shapes);
  await rows.load(
    database,
    target.schema,
    events.flatMap((event) => projection.reads(event)),
  );
  for (const event of events) projection.apply(event, rows);
  return write(database, rows.changes(), projection.version, after, last.position, target);
}

async function write(
  database: Queryable,
  changes: readonly TableChanges[],
  version: number,
  after: Position,
  reached: Position,
  { schema, checkpoint }: BatchTarget,
): Promise<boolean> {
  const parameters: unknown[] = [reached, checkpoint, version, after];
  const parts = [MOVE];
  const isMoved = "exists (select from moved)";
  for (const [index, { shape, put, removed }] of changes.entries()) {
    if (put.length > 0) {
      parts.push(`put${index} as (${upsertRows(schema, shape, parameters.length + 1, isMoved)})`);
      parameters.push(...rowParameters(shape, put));
    }
    if (removed.length > 0) {
      parts.push(`removed${index} as (${deleteRows(schema, shape, parameters.length + 1, isMoved)})`);
      parameters.push(...keyParameters(shape, removed));
    }
  }
  const text = `with ${parts.join(", ")} select count(*) as moved from moved`;
  const [row] = await database.query<{ moved: number }>(text, parameters, statementName(text, changes));
  return row?.moved === 1;
}

/** The compare-and-set that everything else in the statement hangs on. */
const MOVE = `moved as (
  update server.checkpoints
     set position = $1, failure = null, updated_at = now()
   where name = $2 and version = $3 and position = $4
  returning 1)`;

/** The same few tables change together again and again, so their statements are worth preparing. Deletes are planned anew. */
function statementName(text: string, changes: readonly TableChanges[]): string | undefined {
  if (changes.some(({ removed }) => removed.length > 0)) return undefined;
  return `write ${createHash("sha256").update(text).digest("base64url").slice(0, 24)}`;
}
