import { CHANGE_COLUMNS } from "../changes/changeColumns";
import type { ChangeRow } from "../changes/changes.projection";
import { completeChanges } from "../changes/completeChanges";
import type { Page } from "../graphql/connection";
import type { Server } from "../graphql/context";
import { invariant } from "../lib/invariant";
import { parseId } from "../lib/ids";
import type { Database } from "../postgres/database";
import { dealOut, historyPageOf, pageParameters, type HistoryPage } from "../releases/historyPage";

/** For `load`: pages of what happened to single things, named by `historyPageName`. Two queries however many there are. */
export async function historyPages(
  { database }: Server,
  names: readonly string[],
): Promise<ReadonlyMap<string, Page<ChangeRow>>> {
  const pages = await findHistoryPages(database, names.map(historyPageOf));
  return new Map(names.flatMap((name, index) => (pages[index] ? [[name, pages[index]] as const] : [])));
}

/** What happened to several things, the newest first: pages sorted by `[revision]`. */
export async function findHistoryPages(
  database: Database,
  pages: readonly HistoryPage[],
): Promise<readonly Page<ChangeRow>[]> {
  const apps = pages.map(({ releaseId }) => appOf(releaseId));
  const [rows, counts] = await Promise.all([
    database.query<ChangeRow & { page: number }>(
      `select found.*, wanted.page
         from unnest($1::text[], $2::int[], $3::bigint[], $4::text[]) with ordinality
           as wanted (entity, row_limit, after, app, page)
        cross join lateral (
          select ${CHANGE_COLUMNS}
            from models.changes
           where changes.app = wanted.app
             and changes.entity = wanted.entity
             and (wanted.after is null or changes.revision < wanted.after)
           order by changes.revision desc
           limit wanted.row_limit) found
        order by wanted.page, found.revision desc`,
      [...pageParameters(pages), apps],
      "history.findHistoryPages",
    ),
    database.query<{ release_id: string; count: number }>(
      `select wanted.entity as release_id, counted.count
         from (select distinct * from unnest($1::text[], $2::text[])) as wanted (app, entity)
        cross join lateral (
          select count(*) as count from models.changes
           where changes.app = wanted.app and changes.entity = wanted.entity) counted`,
      [apps, pages.map(({ releaseId }) => releaseId)],
      "history.countHistories",
    ),
  ]);
  return dealOut(pages, await completeChanges(database, rows), counts);
}

function appOf(id: string): string {
  const parsed = parseId(id);
  invariant(parsed, `${id} names an app`);
  return parsed.app;
}
