import type { Projection } from "./projection";
import { MODELS_SCHEMA } from "./runner";
import { qualified } from "./tableSql";
import { START } from "../eventstore/eventStore";
import type { Queryable } from "../postgres/database";

/**
 * Empties all that was made of the log, for the next server to make it anew: read models, and the snapshots of states. Nobody
 * may use the log meanwhile.
 */
export async function emptyDerived(connection: Queryable, projections: readonly Projection[]): Promise<void> {
  const tables = projections.flatMap((projection) => projection.tables);
  const names = tables.map(({ name }) => qualified(MODELS_SCHEMA, name));
  await connection.query(`truncate ${names.join(", ")}`);
  await connection.query("truncate log.snapshots");
  // What a rebuild that died has left is removed by the next one.
  await connection.query(
    "update server.checkpoints set position = $1, failure = null, builds = builds + 1, updated_at = now()",
    [START],
  );
}
