import type { SegmentRow } from "./segment.tables";
import { isArchivedIn, type ArchivedFilter } from "../graphql/archivedFilter";
import type { Page, PageRequest } from "../graphql/connection";
import type { Queryable } from "../postgres/database";

/** Segments by id; those that do not exist are left out. */
export async function findSegments(database: Queryable, ids: readonly string[]): Promise<SegmentRow[]> {
  return database.query<SegmentRow>(
    "select segments.* from models.segments where segments.id = any($1)",
    [ids],
    "segments.findSegments",
  );
}

/** One page of an app's segments, by name and then by id, since archived ones may share a name. */
export async function listSegments(
  database: Queryable,
  app: string,
  archived: ArchivedFilter,
  { limit, after }: PageRequest,
): Promise<Page<SegmentRow>> {
  const shown = isArchivedIn(archived);
  const [rows, counts] = await Promise.all([
    database.query<SegmentRow>(
      `select segments.* from models.segments
        where segments.app = $1 and segments.is_archived = any($2)
          and ($3::text is null or (segments.name, segments.id) > ($3, $4))
        order by segments.name, segments.id limit $5`,
      [app, shown, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
      "segments.listSegments",
    ),
    database.query<{ count: number }>(
      "select count(*) as count from models.segments where segments.app = $1 and segments.is_archived = any($2)",
      [app, shown],
      "segments.countSegments",
    ),
  ]);
  return { rows: rows.slice(0, limit), hasNextPage: rows.length > limit, totalCount: counts[0]?.count ?? 0 };
}
