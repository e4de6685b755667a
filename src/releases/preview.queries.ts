import { dealOut, pageParameters, type HistoryPage } from "./historyPage";
import type { PreviewRow } from "./preview.projection";
import type { Page, PageRequest } from "../graphql/connection";
import { invariant } from "../lib/invariant";
import type { Database } from "../postgres/database";

/** Pages of everything that is and was previewed, the newest first. */
export async function findPreviewPages(
  database: Database,
  pages: readonly HistoryPage[],
): Promise<readonly Page<PreviewRow>[]> {
  const [rows, counts] = await Promise.all([
    database.query<PreviewRow & { page: number }>(
      `select found.*, wanted.page
       from unnest($1::text[], $2::int[], $3::bigint[]) with ordinality
         as wanted (release_id, row_limit, after, page)
       cross join lateral (
         select previews.* from models.previews
         where previews.release_id = wanted.release_id
           and (wanted.after is null or previews.revision < wanted.after)
         order by previews.revision desc limit wanted.row_limit
       ) as found
       order by wanted.page, found.revision desc`,
      pageParameters(pages),
    ),
    database.query<{ release_id: string; count: number }>(
      `select previews.release_id, count(*) as count from models.previews
       where previews.release_id = any($1) group by previews.release_id`,
      [pages.map(({ releaseId }) => releaseId)],
    ),
  ]);
  return dealOut(pages, rows, counts);
}

/** What is previewed in an app at an instant, the newest first: a page sorted by `[revision]`. */
export async function findOpenPreviews(
  database: Database,
  app: string,
  at: string,
  { limit, after }: PageRequest,
): Promise<Page<PreviewRow>> {
  const isOpen = "previews.app = $1 and previews.ended_at is null and previews.ends_at > $2::timestamptz";
  const [rows, counts] = await Promise.all([
    database.query<PreviewRow>(
      `select previews.* from models.previews
       where ${isOpen} and ($3::bigint is null or previews.revision < $3)
       order by previews.revision desc limit $4`,
      [app, at, after?.[0] ?? null, limit + 1],
    ),
    database.query<{ count: number }>(`select count(*) as count from models.previews where ${isOpen}`, [
      app,
      at,
    ]),
  ]);
  const [counted] = counts;
  invariant(counted, "a count is one row");
  return { rows: rows.slice(0, limit), hasNextPage: rows.length > limit, totalCount: counted.count };
}

/** Previews by id; those that do not exist are left out. */
export async function findPreviews(database: Database, ids: readonly string[]): Promise<PreviewRow[]> {
  return database.query<PreviewRow>(`select previews.* from models.previews where previews.id = any($1)`, [
    ids,
  ]);
}

/** The preview of a release in an environment whose end is not recorded. */
export async function findPreviewIn(
  database: Database,
  releaseId: string,
  environment: string,
): Promise<PreviewRow | null> {
  const [row] = await database.query<PreviewRow>(
    `select previews.* from models.previews
     where previews.release_id = $1 and previews.environment = $2 and previews.ended_at is null`,
    [releaseId, environment],
  );
  return row ?? null;
}

/** Previews whose time is up and whose end is not recorded, the longest ago first. */
export async function findDuePreviews(database: Database, at: string, limit: number): Promise<PreviewRow[]> {
  return database.query<PreviewRow>(
    `select previews.* from models.previews
     where previews.ended_at is null and previews.ends_at <= $1::timestamptz
     order by previews.ends_at, previews.id limit $2`,
    [at, limit],
  );
}

/** When the next preview ends after an instant; null if none goes on. */
export async function nextPreviewEndAfter(database: Database, at: string): Promise<string | null> {
  const [row] = await database.query<{ ends_at: string }>(
    `select previews.ends_at from models.previews
     where previews.ended_at is null and previews.ends_at > $1::timestamptz order by previews.ends_at limit 1`,
    [at],
  );
  return row?.ends_at ?? null;
}
