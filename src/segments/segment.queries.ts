import type { SegmentRow } from "./segment.tables";
import { isUsedAs } from "../apps/uses.queries";
import { listThings, type CountedPage, type ListedTable } from "../listing/listing.queries";
import type { ListRequest } from "../listing/listRequest.graphql";
import type { Queryable } from "../postgres/database";

/** Segments by id; those that do not exist are left out. */
export async function findSegments(database: Queryable, ids: readonly string[]): Promise<SegmentRow[]> {
  return database.query<SegmentRow>(
    "select segments.* from models.segments where segments.id = any($1)",
    [ids],
    "segments.findSegments",
  );
}

const SEGMENTS_LISTED: ListedTable = { table: "segments", id: "id" };

/** One page of an app's segments. */
export function listSegments(
  database: Queryable,
  app: string,
  request: ListRequest,
  isUsed: boolean | null = null,
): Promise<CountedPage<SegmentRow>> {
  return listThings<SegmentRow>(
    database,
    SEGMENTS_LISTED,
    app,
    request,
    isUsedAs("Segment", SEGMENTS_LISTED, isUsed),
  );
}
