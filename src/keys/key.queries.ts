import type { KeyRow } from "./key.tables";
import type { KeyType } from "./key.events";
import { isUsedAs } from "../apps/uses.queries";
import {
  allOf,
  listThings,
  type CountedPage,
  type Further,
  type ListedTable,
} from "../listing/listing.queries";
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

export type WantedKeys = Readonly<{ isUsed?: boolean | null; types?: readonly KeyType[] | null }>;

/** One page of an app's keys. */
export function listKeys(
  database: Queryable,
  app: string,
  request: ListRequest,
  { isUsed, types = null }: WantedKeys = {},
): Promise<CountedPage<KeyRow>> {
  const isOfType: Further = {
    condition: (first) => `($${first}::text[] is null or things.type = any($${first}))`,
    parameters: [types],
  };
  const further = allOf(isUsedAs("Key", KEYS_LISTED, isUsed), isOfType);
  return listThings<KeyRow>(database, KEYS_LISTED, app, request, further);
}
