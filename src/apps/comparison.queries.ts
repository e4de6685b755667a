import type { Page, PageRequest } from "../graphql/connection";
import type { Database } from "../postgres/database";
import type { ReleaseRow } from "../releases/release.tables";

/** What is active of a release in two environments; null where nothing is. */
export type ComparedRow = ReleaseRow & { from_version: number | null; to_version: number | null };

export type Comparison = Readonly<{ app: string; from: string; to: string; includesSame: boolean }>;

/** One page of the releases that are active in one of two environments, by kind, name and id. */
export async function compareActive(
  database: Database,
  { app, from, to, includesSame }: Comparison,
  { limit, after }: PageRequest,
): Promise<Page<ComparedRow>> {
  const [kind = null, name = "", id = ""] = after ?? [];
  const [rows, counts] = await Promise.all([
    database.query<ComparedRow>(
      `${COMPARED}
       select compared.* from compared
        where $5::text is null or (compared.kind, compared.name collate "C", compared.id collate "C")
                                  > ($5::text, $6::text collate "C", $7::text collate "C")
        order by compared.kind, compared.name collate "C", compared.id collate "C" limit $8`,
      [app, from, to, includesSame, kind, name, id, limit + 1],
    ),
    database.query<{ count: number }>(`${COMPARED} select count(*) as count from compared`, [
      app,
      from,
      to,
      includesSame,
    ]),
  ]);
  return { rows: rows.slice(0, limit), hasNextPage: rows.length > limit, totalCount: counts[0]?.count ?? 0 };
}

const COMPARED = `
  with compared as (
    select releases.*,
           (releases.active -> $2::text ->> 'version')::int as from_version,
           (releases.active -> $3::text ->> 'version')::int as to_version
      from models.releases
     where releases.app = $1
       and (releases.active -> $2::text is not null or releases.active -> $3::text is not null)
       and ($4 or (releases.active -> $2::text ->> 'version') is distinct from (releases.active -> $3::text ->> 'version')))`;
