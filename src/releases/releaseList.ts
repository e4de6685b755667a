import type { ReleaseListArguments } from "./releaseList.graphql";
import { listReleases } from "./release.queries";
import type { ReleaseRow } from "./release.tables";
import { connectionOf, type Connection } from "../graphql/connection";
import type { Server } from "../graphql/context";
import { positionIn, type Further } from "../listing/listing.queries";
import { listRequest } from "../listing/listRequest.graphql";

/** A list of an app's releases of one kind, as the API shows it. */
export async function releaseList<Node>(
  { database, now }: Pick<Server, "database" | "now">,
  of: Readonly<{ app: string; kind: string }>,
  given: ReleaseListArguments,
  toNode: (row: ReleaseRow) => Node,
  ofKind: readonly Further[] = [],
): Promise<Connection<Node>> {
  const request = listRequest(given, given.filter);
  const { statuses = null, environment = "" } = given.filter ?? {};
  const at = now().toISOString();
  const page = await listReleases(database, of, request, { statuses, environment, at }, ofKind);
  return connectionOf(page, toNode, (row) => positionIn(request.order, row, row.id));
}
