import type { Segment } from "./segment.graphql";
import { findSegments } from "./segment.queries";
import type { SegmentRow } from "./segment.tables";
import { usersById } from "../apps/usedBy";
import { labelsOfRow } from "../labels/labels.policy";
import type { NodeType, Server } from "../graphql/context";

/** A segment's opaque id starts with it. */
export const SEGMENT_ID_PREFIX = "segment";

export const segmentNode: NodeType = {
  typename: "Segment",
  idPrefix: SEGMENT_ID_PREFIX,
  searched: { table: "segments", id: "things.id" },
  findMany: async (database, ids) => (await findSegments(database, ids)).map(toSegment),
};

/** A segment as the API shows it. */
export function toSegment(row: SegmentRow): Segment & { typename: "Segment" } {
  return {
    typename: "Segment",
    app: row.app,
    id: row.id,
    name: row.name,
    description: row.description,
    condition: row.condition,
    note: row.note,
    clonedFromId: row.cloned_from,
    isArchived: row.is_archived,
    ...labelsOfRow(row),
    createdAt: row.created_at,
    createdBy: { id: row.created_by },
    updatedAt: row.updated_at,
    updatedBy: { id: row.updated_by },
  };
}

/** For `load`: segments by id. */
export async function segmentsById(
  { database }: Server,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Segment>> {
  return new Map((await findSegments(database, ids)).map((row) => [row.id, toSegment(row)]));
}

/** For `load`: everything that uses segments, by the segment's id. */
export const segmentUsersById = usersById("Segment");
