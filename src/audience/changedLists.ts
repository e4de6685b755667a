import type { Queryable } from "../postgres/database";

/** Every server has heard of it by then, or has begun anew. */
const NOTED_HOURS = 24;

type Changed = Readonly<{ app: string; list: string }>;

/** Says within a transaction that members of lists were taken out or put back. */
export async function noteChangedLists(
  connection: Queryable,
  app: string,
  lists: readonly string[],
): Promise<void> {
  if (lists.length === 0) return;
  await connection.query(
    "insert into server.changed_lists (app, list) select $1, unnest($2::text[])",
    [app, lists],
    "userLists.noteChanged",
  );
  await connection.query(
    "delete from server.changed_lists where changed_at < clock_timestamp() - $1 * interval '1 hour'",
    [NOTED_HOURS],
    "userLists.forgetChanged",
  );
}

/** The lists that were changed since a position, and the next position; none from the beginning on. */
export async function changedSince(
  database: Queryable,
  position: string | null,
): Promise<Readonly<{ upTo: string; changed: readonly Changed[] }>> {
  const [row] = await database.query<{ up_to: string; changed: readonly Changed[] | null }>(
    // Whatever is committed later is of a transaction that is still open now, or begins later.
    `select pg_snapshot_xmin(pg_current_snapshot())::text as up_to,
            (select json_agg(json_build_object('app', noted.app, 'list', noted.list))
               from (select distinct app, list from server.changed_lists where changed_by >= $1::xid8) as noted) as changed`,
    [position],
    "userLists.changed",
  );
  return { upTo: row?.up_to ?? "0", changed: row?.changed ?? [] };
}
