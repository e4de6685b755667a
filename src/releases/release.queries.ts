import { dealOut, pageParameters, type HistoryPage } from "./historyPage";
import type { ReleaseRow, ReleaseVersionRow } from "./release.tables";
import { isArchivedIn, type ArchivedFilter } from "../graphql/archivedFilter";
import type { Page, PageRequest } from "../graphql/connection";
import type { Database } from "../postgres/database";

/** Releases of any kind by id; those that do not exist are left out. */
export function findReleases(database: Database, ids: readonly string[]): Promise<ReleaseRow[]> {
  return database.query<ReleaseRow>("select releases.* from models.releases where releases.id = any($1)", [
    ids,
  ]);
}

/** One page of an app's releases of a kind, by name and then by id, since archived ones may share a name. */
export async function listReleases(
  database: Database,
  { app, kind }: Readonly<{ app: string; kind: string }>,
  archived: ArchivedFilter,
  { limit, after }: PageRequest,
): Promise<Page<ReleaseRow>> {
  const shown = isArchivedIn(archived);
  const [name, id] = after ?? [];
  const [rows, counts] = await Promise.all([
    database.query<ReleaseRow>(
      `select releases.* from models.releases
       where releases.app = $1 and releases.kind = $2 and releases.is_archived = any($3)
         and ($4::text is null
              or (releases.name collate "C", releases.id collate "C") > ($4::text collate "C", $5::text collate "C"))
       order by releases.name collate "C", releases.id collate "C" limit $6`,
      [app, kind, shown, name === undefined ? null : String(name), String(id ?? ""), limit + 1],
    ),
    database.query<{ count: number }>(
      `select count(*) as count from models.releases
       where releases.app = $1 and releases.kind = $2 and releases.is_archived = any($3)`,
      [app, kind, shown],
    ),
  ]);
  return { rows: rows.slice(0, limit), hasNextPage: rows.length > limit, totalCount: counts[0]?.count ?? 0 };
}

export type VersionPlace = Readonly<{ releaseId: string; version: number }>;

/** Versions by release and number; those that do not exist are left out. */
export function findVersions(
  database: Database,
  places: readonly VersionPlace[],
): Promise<ReleaseVersionRow[]> {
  return database.query<ReleaseVersionRow>(
    `select versions.* from models.release_versions as versions
     join unnest($1::text[], $2::int[]) as wanted (release_id, version)
       on versions.release_id = wanted.release_id and versions.version = wanted.version`,
    [places.map(({ releaseId }) => releaseId), places.map(({ version }) => version)],
  );
}

/** Pages of releases' versions, the newest first. */
export async function findVersionPages(
  database: Database,
  pages: readonly HistoryPage[],
): Promise<readonly Page<ReleaseVersionRow>[]> {
  const [rows, counts] = await Promise.all([
    database.query<ReleaseVersionRow & { page: number }>(
      `select found.*, wanted.page
       from unnest($1::text[], $2::int[], $3::bigint[]) with ordinality
         as wanted (release_id, row_limit, after, page)
       cross join lateral (
         select versions.* from models.release_versions as versions
         where versions.release_id = wanted.release_id
           and (wanted.after is null or versions.version < wanted.after)
         order by versions.version desc limit wanted.row_limit
       ) as found
       order by wanted.page, found.version desc`,
      pageParameters(pages),
    ),
    database.query<{ release_id: string; count: number }>(
      `select releases.id as release_id, releases.latest_version as count from models.releases
       where releases.id = any($1)`,
      [pages.map(({ releaseId }) => releaseId)],
    ),
  ]);
  return dealOut(pages, rows, counts);
}
