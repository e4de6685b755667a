import type { Queryable } from "../postgres/database";

const PRUNED_ROWS_MAX = 10_000;
const ROUNDS_MAX = 100;

/** Forgets the ids of appends older than 7 days, a bounded number at a time. A command sent again later is a new one. */
export async function pruneAppends(database: Queryable): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const [pruned] = await database.query<{ count: number }>(PRUNE, [PRUNED_ROWS_MAX]);
    if ((pruned?.count ?? 0) < PRUNED_ROWS_MAX) return;
  }
}

const PRUNE = `
  with pruned as (
    delete from log.appends a
     where a.id in (select old.id from log.appends old where old.at < now() - interval '7 days' limit $1)
    returning 1
  )
  select count(*) as count from pruned`;
