import { toScheduledPublication } from "./publication.graphql";
import { findScheduledPublications } from "./publication.queries";
import type { NodeType } from "../graphql/context";

export const scheduledPublicationNodeType: NodeType = {
  typename: "ScheduledPublication",
  idPrefix: "schedule",
  findMany: async (database, ids) =>
    (await findScheduledPublications(database, ids)).map(toScheduledPublication),
};
