import type { ReleaseListArguments } from "./releaseList.graphql";
import { listReleases } from "./release.queries";
import type { ReleaseRow } from "./release.tables";
import { connectionOf, type Connection } from "../graphql/connection";
import { positionIn, type Further } from "../listing/listing.queries";
import { listRequest } from "../listing/listRequest.graphql";
import type { Database } from "../postgres/database";

/** A list of an app's releases of one kind, as the API shows it. */
export async function releaseList<Node>(
  database: Database,
  of: Readonly<{ app: string; kind: string }>,
  given: ReleaseListArguments,
  toNode: (row: ReleaseRow) => Node,
  ofKind: readonly Further[] = [],
): Promise<Connection<Node>> {
  const request = listRequest(given, given.filter);
  const { statuses = null, environment = "" } = given.filter ?? {};
  const page = await listReleases(database, of, request, { statuses, environment }, ofKind);
  return connectionOf(page, toNode, (row) => positionIn(request.order, row, row.id));
}
