import type { ConfigRow, ConfigVersionRow } from "./config.tables";
import { isArchivedIn, type ArchivedFilter } from "../graphql/archivedFilter";
import type { Page, PageRequest } from "../graphql/connection";
import type { Database } from "../postgres/database";
import { dealOut, pageParameters, type HistoryPage } from "../releases/historyPage";

/** Configs by id; those that do not exist are left out. */
export function findConfigs(database: Database, ids: readonly string[]): Promise<ConfigRow[]> {
  return database.query<ConfigRow>("select configs.* from models.configs where configs.id = any($1)", [ids]);
}

/** One page of an app's configs, by name and then by id, since archived ones may share a name. */
export async function listConfigs(
  database: Database,
  app: string,
  archived: ArchivedFilter,
  { limit, after }: PageRequest,
): Promise<Page<ConfigRow>> {
  const shown = isArchivedIn(archived);
  const [name, id] = after ?? [];
  const [rows, counts] = await Promise.all([
    database.query<ConfigRow>(
      `select configs.* from models.configs
       where configs.app = $1 and configs.is_archived = any($2)
         and ($3::text is null
              or (configs.name collate "C", configs.id collate "C") > ($3::text collate "C", $4::text collate "C"))
       order by configs.name collate "C", configs.id collate "C" limit $5`,
      [app, shown, name === undefined ? null : String(name), String(id ?? ""), limit + 1],
    ),
    database.query<{ count: number }>(
      "select count(*) as count from models.configs where configs.app = $1 and configs.is_archived = any($2)",
      [app, shown],
    ),
  ]);
  return { rows: rows.slice(0, limit), hasNextPage: rows.length > limit, totalCount: counts[0]?.count ?? 0 };
}

export type VersionPlace = Readonly<{ configId: string; version: number }>;

/** Versions by config and number; those that do not exist are left out. */
export function findVersions(
  database: Database,
  places: readonly VersionPlace[],
): Promise<ConfigVersionRow[]> {
  return database.query<ConfigVersionRow>(
    `select versions.* from models.config_versions as versions
     join unnest($1::text[], $2::int[]) as wanted (config_id, version)
       on versions.config_id = wanted.config_id and versions.version = wanted.version`,
    [places.map(({ configId }) => configId), places.map(({ version }) => version)],
  );
}

/** Pages of configs' versions, the newest first. */
export async function findVersionPages(
  database: Database,
  pages: readonly HistoryPage[],
): Promise<readonly Page<ConfigVersionRow>[]> {
  const [rows, counts] = await Promise.all([
    database.query<ConfigVersionRow & { page: number }>(
      `select found.*, wanted.page
       from unnest($1::text[], $2::int[], $3::bigint[]) with ordinality
         as wanted (config_id, row_limit, after, page)
       cross join lateral (
         select versions.* from models.config_versions as versions
         where versions.config_id = wanted.config_id
           and (wanted.after is null or versions.version < wanted.after)
         order by versions.version desc limit wanted.row_limit
       ) as found
       order by wanted.page, found.version desc`,
      pageParameters(pages),
    ),
    database.query<{ release_id: string; count: number }>(
      `select configs.id as release_id, configs.latest_version as count from models.configs
       where configs.id = any($1)`,
      [pages.map(({ releaseId }) => releaseId)],
    ),
  ]);
  return dealOut(pages, rows, counts);
}
