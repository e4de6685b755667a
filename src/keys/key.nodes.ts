import { KEY_ID_PREFIX } from "./key.projection";
import type { Key } from "./key.graphql";
import { findKeys, type KeyName } from "./key.queries";
import type { KeyRow } from "./key.tables";
import { usersById } from "../apps/usedBy";
import { labelsOfRow } from "../labels/labels.policy";
import type { NodeType, Server } from "../graphql/context";
import { makeId, parseId } from "../lib/ids";

export const keyNode: NodeType = {
  typename: "Key",
  idPrefix: KEY_ID_PREFIX,
  searched: { table: "keys", id: `'${KEY_ID_PREFIX}_' || things.app || '_' || things.name` },
  findMany: async (database, ids) => (await findKeys(database, ids.flatMap(nameIn))).map(toKey),
};

/** A key as the API shows it. */
export function toKey(row: KeyRow): Key & { typename: "Key" } {
  return {
    typename: "Key",
    app: row.app,
    id: makeId(KEY_ID_PREFIX, row.app, row.name),
    name: row.name,
    type: row.type,
    defaultValue: row.default_value,
    description: row.description,
    valueSchema: row.value_schema,
    isVisibleToClients: row.is_visible_to_clients,
    note: row.note,
    isArchived: row.is_archived,
    ...labelsOfRow(row),
    createdAt: row.created_at,
    createdBy: { id: row.created_by },
    updatedAt: row.updated_at,
    updatedBy: { id: row.updated_by },
  };
}

/** For `load`: keys by id. */
export async function keysById(
  { database }: Server,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Key>> {
  const keys = await findKeys(database, ids.flatMap(nameIn));
  return new Map(keys.map(toKey).map((key) => [key.id, key]));
}

/** For `load`: everything that uses keys, by the key's id. */
export const keyUsersById = usersById("Key", (id) => parseId(id)?.rest ?? id);

function nameIn(id: string): KeyName[] {
  const parts = parseId(id);
  return parts?.prefix === KEY_ID_PREFIX ? [{ app: parts.app, name: parts.rest }] : [];
}
