import type { KeyRow } from "./key.tables";
import { isUsedAs } from "../apps/uses.queries";
import { listThings, type CountedPage, type ListedTable } from "../listing/listing.queries";
import type { ListRequest } from "../listing/listRequest.graphql";
import type { Queryable } from "../postgres/database";

export type KeyName = Readonly<{ app: string; name: string }>;

/** Keys by app and name; those that do not exist are left out. */
export async function findKeys(database: Queryable, wanted: readonly KeyName[]): Promise<KeyRow[]> {
  return database.query<KeyRow>(
    `select keys.* from models.keys
       join unnest($1::text[], $2::text[]) as wanted (app, name)
         on keys.app = wanted.app and keys.name = wanted.name`,
    [wanted.map(({ app }) => app), wanted.map(({ name }) => name)],
    "keys.findKeys",
  );
}

const KEYS_LISTED: ListedTable = { table: "keys", id: "name" };

/** One page of an app's keys. */
export function listKeys(
  database: Queryable,
  app: string,
  request: ListRequest,
  isUsed: boolean | null = null,
): Promise<CountedPage<KeyRow>> {
  return listThings<KeyRow>(database, KEYS_LISTED, app, request, isUsedAs("Key", KEYS_LISTED, isUsed));
}
