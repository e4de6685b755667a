import { PAGE_SIZE_DEFAULT } from "../../src/graphql/connection";
import type { ListFilter, ListOrder } from "../../src/listing/listing.graphql";
import { listRequest, orderName, type ListRequest } from "../../src/listing/listRequest.graphql";

/** What a list is asked for, where it is not the usual. */
export type Wanted = Readonly<{
  archived?: "EXCLUDE" | "INCLUDE" | "ONLY";
  first?: number;
  /** The value that the list is ordered by and the id, of the last thing shown. */
  after?: readonly [value: string, id: string] | null;
  filter?: ListFilter;
  orderBy?: ListOrder;
}>;

/** The request as the API makes it of its arguments. */
export function listOf({
  archived = "EXCLUDE",
  first,
  after = null,
  filter,
  orderBy,
}: Wanted = {}): ListRequest {
  const order: ListOrder = orderBy ?? { by: "NAME", direction: "ASC" };
  const position = after && JSON.stringify([orderName(order), ...after]);
  return listRequest(
    {
      archived,
      first: first ?? PAGE_SIZE_DEFAULT,
      after: position && Buffer.from(position).toString("base64url"),
      orderBy: orderBy ?? null,
    },
    filter,
  );
}
