import { dealOut, pageParameters, type HistoryPage } from "./historyPage";
import type { PublicationRow, ScheduledPublicationRow } from "./publication.projection";
import type { Page } from "../graphql/connection";
import type { Database } from "../postgres/database";

/** A publication with when the next one of its environment followed. */
export type EndedPublicationRow = PublicationRow & { ended_at: string | null };

/** Pages of everything that was published and unpublished, the newest first. */
export async function findPublicationPages(
  database: Database,
  pages: readonly HistoryPage[],
): Promise<readonly Page<EndedPublicationRow>[]> {
  const [rows, counts] = await Promise.all([
    database.query<EndedPublicationRow & { page: number }>(
      `select found.*, wanted.page
       from unnest($1::text[], $2::int[], $3::bigint[]) with ordinality
         as wanted (release_id, row_limit, after, page)
       cross join lateral (
         select publications.*, (
           select following.published_at from models.publications as following
           where following.release_id = publications.release_id
             and following.environment = publications.environment
             and following.revision > publications.revision
           order by following.revision limit 1
         ) as ended_at
         from models.publications
         where publications.release_id = wanted.release_id
           and (wanted.after is null or publications.revision < wanted.after)
         order by publications.revision desc limit wanted.row_limit
       ) as found
       order by wanted.page, found.revision desc`,
      pageParameters(pages),
    ),
    database.query<{ release_id: string; count: number }>(
      `select publications.release_id, count(*) as count from models.publications
       where publications.release_id = any($1) group by publications.release_id`,
      [pages.map(({ releaseId }) => releaseId)],
    ),
  ]);
  return dealOut(pages, rows, counts);
}

/** Pages of everything that is and was scheduled, the newest first. */
export async function findScheduledPublicationPages(
  database: Database,
  pages: readonly HistoryPage[],
): Promise<readonly Page<ScheduledPublicationRow>[]> {
  const [rows, counts] = await Promise.all([
    database.query<ScheduledPublicationRow & { page: number }>(
      `select found.*, wanted.page
       from unnest($1::text[], $2::int[], $3::bigint[]) with ordinality
         as wanted (release_id, row_limit, after, page)
       cross join lateral (
         select scheduled.* from models.scheduled_publications as scheduled
         where scheduled.release_id = wanted.release_id
           and (wanted.after is null or scheduled.revision < wanted.after)
         order by scheduled.revision desc limit wanted.row_limit
       ) as found
       order by wanted.page, found.revision desc`,
      pageParameters(pages),
    ),
    database.query<{ release_id: string; count: number }>(
      `select scheduled.release_id, count(*) as count from models.scheduled_publications as scheduled
       where scheduled.release_id = any($1) group by scheduled.release_id`,
      [pages.map(({ releaseId }) => releaseId)],
    ),
  ]);
  return dealOut(pages, rows, counts);
}

/** Scheduled publications by id; those that do not exist are left out. */
export async function findScheduledPublications(
  database: Database,
  ids: readonly string[],
): Promise<ScheduledPublicationRow[]> {
  return database.query<ScheduledPublicationRow>(
    `select scheduled.* from models.scheduled_publications as scheduled where scheduled.id = any($1)`,
    [ids],
  );
}

/** What is due, the earliest first; where a start and an end are due together, the end comes first. */
export async function findDue(
  database: Database,
  at: string,
  limit: number,
): Promise<ScheduledPublicationRow[]> {
  return database.query<ScheduledPublicationRow>(
    `select scheduled.* from models.scheduled_publications as scheduled
     where scheduled.due_at <= $1::timestamptz
     order by scheduled.due_at, scheduled.status = 'RUNNING' desc, scheduled.revision, scheduled.id
     limit $2`,
    [at, limit],
  );
}

/** When something is due next after an instant; null if nothing is. */
export async function nextDueAfter(database: Database, at: string): Promise<string | null> {
  const [row] = await database.query<{ due_at: string }>(
    `select scheduled.due_at from models.scheduled_publications as scheduled
     where scheduled.due_at > $1::timestamptz order by scheduled.due_at limit 1`,
    [at],
  );
  return row?.due_at ?? null;
}
