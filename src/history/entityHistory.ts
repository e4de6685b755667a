import { CHANGE_COLUMNS } from "../changes/changeColumns";
import type { ChangeRow } from "../changes/changes.projection";
import type { Page, PageRequest } from "../graphql/connection";
import type { Database } from "../postgres/database";

/** What happened to one entity, the newest first: a page sorted by `[revision]`. */
export async function historyOf(
  database: Database,
  app: string,
  kind: string,
  entityId: string,
  { limit, after }: PageRequest,
): Promise<Page<ChangeRow>> {
  const [rows, counts] = await Promise.all([
    database.query<ChangeRow>(
      `select ${CHANGE_COLUMNS}
         from models.changes
        where changes.app = $1
          and changes.entity = $2
          and changes.kind = $3
          and ($4::bigint is null or changes.revision < $4)
        order by changes.revision desc
        limit $5`,
      [app, entityId, kind, after?.[0] ?? null, limit + 1],
      "history.historyOf",
    ),
    database.query<{ count: number }>(
      `select count(*) as count from models.changes
        where changes.app = $1 and changes.entity = $2 and changes.kind = $3`,
      [app, entityId, kind],
      "history.countOf",
    ),
  ]);
  return {
    rows: rows.slice(0, limit),
    hasNextPage: rows.length > limit,
    totalCount: counts[0]?.count ?? 0,
  };
}
