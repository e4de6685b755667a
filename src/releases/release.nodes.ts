import { toPreview } from "./preview.graphql";
import { findPreviews } from "./preview.queries";
import { toScheduledPublication } from "./publication.graphql";
import { findScheduledPublications } from "./publication.queries";
import { findReleases } from "./release.queries";
import type { ReleaseRow } from "./release.tables";
import type { NodeLike, NodeType } from "../graphql/context";

/** How releases of a kind are found by id. */
export function releaseNodeType(
  typename: string,
  idPrefix: string,
  toNode: (row: ReleaseRow) => NodeLike,
): NodeType {
  return {
    typename,
    idPrefix,
    searched: { table: "releases", id: "things.id", condition: `things.kind = '${typename}'` },
    findMany: async (database, ids) =>
      (await findReleases(database, ids)).filter(({ kind }) => kind === typename).map(toNode),
  };
}

export const scheduledPublicationNodeType: NodeType = {
  typename: "ScheduledPublication",
  idPrefix: "schedule",
  findMany: async (database, ids) =>
    (await findScheduledPublications(database, ids)).map(toScheduledPublication),
};

export const previewNodeType: NodeType = {
  typename: "Preview",
  idPrefix: "preview",
  findMany: async (database, ids) => (await findPreviews(database, ids)).map(toPreview),
};
