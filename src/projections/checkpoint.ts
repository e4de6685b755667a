import type { Position } from "../eventstore/eventStore";
import { START } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";
import type { Queryable } from "../postgres/database";

/** How far a read model has come in the log, by which version of its code, and how often it was rebuilt. */
export type Checkpoint = Readonly<{
  version: number;
  position: Position;
  failure: string | null;
  builds: number;
}>;

/** Makes the checkpoint of a read model that has none yet, at the start of the log. */
export async function ensureCheckpoint(database: Queryable, name: string, version: number): Promise<void> {
  await database.query(
    "insert into server.checkpoints (name, version, position) values ($1, $2, $3) on conflict (name) do nothing",
    [name, version, START],
  );
}

export async function readCheckpoint(database: Queryable, name: string): Promise<Checkpoint> {
  const [row] = await database.query<Checkpoint>(
    "select version, position, failure, builds from server.checkpoints where name = $1",
    [name],
    "read checkpoint",
  );
  invariant(row, `the read model "${name}" has no checkpoint`);
  return row;
}

/** Makes it seen on all servers that, and why, a read model stands still. */
export async function recordFailure(
  database: Queryable,
  name: string,
  position: Position,
  failure: string,
): Promise<void> {
  await database.query(
    "update server.checkpoints set failure = $3, updated_at = now() where name = $1 and position = $2",
    [name, position, failure],
  );
}
