import { dealOut, pageParameters, type HistoryPage } from "./historyPage";
import type { ReleaseRow, ReleaseVersionRow, VersionHeadRow } from "./release.tables";
import type { ReleaseStatus } from "./releaseList.graphql";
import type { Page } from "../graphql/connection";
import { allOf, listThings, type CountedPage, type Further } from "../listing/listing.queries";
import type { ListRequest } from "../listing/listRequest.graphql";
import type { Database } from "../postgres/database";

/** Releases of any kind by id; those that do not exist are left out. */
export function findReleases(database: Database, ids: readonly string[]): Promise<ReleaseRow[]> {
  return database.query<ReleaseRow>("select releases.* from models.releases where releases.id = any($1)", [
    ids,
  ]);
}

/** How releases have to stand in an environment at an instant; null: any way. */
export type WantedStatus = Readonly<{
  statuses: readonly ReleaseStatus[] | null;
  environment: string;
  at: string;
}>;

/** One page of an app's releases of a kind, which may have conditions of its own: for one kind always the same ones. */
export function listReleases(
  database: Database,
  { app, kind }: Readonly<{ app: string; kind: string }>,
  request: ListRequest,
  { statuses, environment, at }: WantedStatus,
  ofKind: readonly Further[] = [],
): Promise<CountedPage<ReleaseRow>> {
  const ofAll = { condition: isOfKindAndStatus, parameters: [kind, statuses, environment, at] };
  const listed = { table: "releases", id: "id", list: `releases ${kind}` };
  return listThings<ReleaseRow>(database, listed, app, request, allOf(ofAll, ...ofKind));
}

function isOfKindAndStatus(first: number): string {
  const [kind, statuses, environment] = [`$${first}::text`, `$${first + 1}::text[]`, `$${first + 2}::text`];
  const at = `$${first + 3}::timestamptz`;
  const has = (status: ReleaseStatus) => `'${status}' = any(${statuses})`;
  const isActive = `(things.active -> ${environment}) is not null`;
  const schedules = (condition: string) =>
    `exists (select from json_each(things.schedules) as each (id, schedule)
              where each.schedule ->> 'environment' = ${environment} and each.schedule ->> 'status' ${condition})`;
  const wasActive = (condition: string) =>
    `exists (select from models.publications as each where each.release_id = things.id
                and each.environment = ${environment} and ${condition})`;
  const isPreviewed = `exists (select from models.previews as each where each.release_id = things.id
                and each.environment = ${environment} and each.ended_at is null and each.ends_at > ${at})`;
  return `things.kind = ${kind} and (${statuses} is null
            or (${has("PUBLISHED")} and ${isActive})
            or (${has("UNPUBLISHED")} and not ${isActive})
            or (${has("SCHEDULED")} and ${schedules("<> 'SUSPENDED'")})
            or (${has("SUSPENDED")} and ${schedules("= 'SUSPENDED'")})
            or (${has("PREVIEWED")} and ${isPreviewed})
            or (${has("NEVER_PUBLISHED")} and not ${wasActive("each.version is not null")})
            or (${has("LATEST_UNPUBLISHED")} and not ${wasActive("each.version = things.latest_version")}))`;
}

export type VersionPlace = Readonly<{ releaseId: string; version: number }>;

/** Whole versions by release and number; those that do not exist are left out, here and below. */
export function findVersions(
  database: Database,
  places: readonly VersionPlace[],
): Promise<ReleaseVersionRow[]> {
  return findOfVersions(database, places, "versions.*");
}

export function findVersionHeads(
  database: Database,
  places: readonly VersionPlace[],
): Promise<VersionHeadRow[]> {
  return findOfVersions(database, places, HEAD);
}

export type VersionContentRow = Pick<ReleaseVersionRow, "release_id" | "version" | "content">;

export function findVersionContents(
  database: Database,
  places: readonly VersionPlace[],
): Promise<VersionContentRow[]> {
  return findOfVersions(database, places, "versions.release_id, versions.version, versions.content");
}

const HEAD = `versions.app, versions.release_id, versions.version, versions.name, versions.description, versions.note,
              versions.created_at, versions.created_by`;

function findOfVersions<Row extends object>(
  database: Database,
  places: readonly VersionPlace[],
  columns: string,
): Promise<Row[]> {
  return database.query<Row>(
    `select ${columns} from models.release_versions as versions
     join unnest($1::text[], $2::int[]) as wanted (release_id, version)
       on versions.release_id = wanted.release_id and versions.version = wanted.version`,
    [places.map(({ releaseId }) => releaseId), places.map(({ version }) => version)],
  );
}

/** Pages of releases' versions, the newest first. */
export async function findVersionPages(
  database: Database,
  pages: readonly HistoryPage[],
): Promise<readonly Page<VersionHeadRow>[]> {
  const [rows, counts] = await Promise.all([
    database.query<VersionHeadRow & { page: number }>(
      `select found.*, wanted.page
       from unnest($1::text[], $2::int[], $3::bigint[]) with ordinality
         as wanted (release_id, row_limit, after, page)
       cross join lateral (
         select ${HEAD} from models.release_versions as versions
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
