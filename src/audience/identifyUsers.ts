import { tellingOf } from "./heldUsers";
import { USER_PROPERTIES_MAX, type IdentifiedUser } from "./identify.policy";
import { PROPERTIES_BYTES_MAX } from "./properties.policy";
import type { Place } from "./userKey";
import { invariant } from "../lib/invariant";
import { isJsonObject, type JsonObject } from "../lib/json";
import type { Refusal } from "../lib/refusal";
import type { Database, Queryable } from "../postgres/database";

/** Whether what is told is put over what is known, or stands in its place. */
export type IdentifyMode = "MERGE" | "REPLACE";

/** `keys`: of the users of whom something is known now. */
export type Identified = Readonly<{ keys: readonly string[]; refusals: readonly Refusal[] }>;

/** Stores what is told of users: of all of them, or with refusals of none. */
export async function identifyUsers(
  database: Database,
  place: Place,
  users: readonly IdentifiedUser[],
  mode: IdentifyMode,
): Promise<Identified> {
  const ids = users.map(({ id }) => id);
  try {
    const keys = await tellingOf(database, place, ids, async (connection, keyOf) => {
      const told = toldOf(users, keyOf, mode);
      const full = await putProperties(connection, told, mode);
      if (full.length > 0) throw new ProfilesFull(full);
      return told.map(({ key }) => key);
    });
    return { keys, refusals: [] };
  } catch (error) {
    if (!(error instanceof ProfilesFull)) throw error;
    return { keys: [], refusals: error.indexes.map(profileFull) };
  }
}

type Told = Readonly<{ key: string; index: number; properties: JsonObject }>;

/** What is told of each, by key: two ids of a batch may be those of one user. */
function toldOf(
  users: readonly IdentifiedUser[],
  keyOf: (id: string) => string,
  mode: IdentifyMode,
): readonly Told[] {
  const told = new Map<string, Told>();
  users.forEach(({ id, properties }, index) => {
    invariant(isJsonObject(properties), "properties are checked to be an object");
    const key = keyOf(id);
    const first = told.get(key);
    const before = mode === "MERGE" ? (first?.properties ?? {}) : {};
    told.set(key, { key, index, properties: { ...before, ...properties } });
  });
  return [...told.values()];
}

/** The places of those who have more now than a user may have. */
async function putProperties(
  connection: Queryable,
  told: readonly Told[],
  mode: IdentifyMode,
): Promise<readonly number[]> {
  const rows = await connection.query<{ index: number; is_full: boolean }>(
    `update audience.users as users
        set properties = audience.merged(case when $4 then '{}' else users.properties end, given.properties::jsonb),
            updated_at = clock_timestamp()
       from unnest($1::uuid[], $2::text[], $6::integer[]) as given (user_key, properties, index)
      where users.user_key = given.user_key
     returning given.index,
               octet_length(users.properties::text) > $3
               or (select count(*) from jsonb_object_keys(users.properties)) > $5 as is_full`,
    [
      told.map(({ key }) => key),
      told.map(({ properties }) => JSON.stringify(properties)),
      PROPERTIES_BYTES_MAX,
      mode === "REPLACE",
      USER_PROPERTIES_MAX,
      told.map(({ index }) => index),
    ],
    "audience.putProperties",
  );
  return rows.filter(({ is_full }) => is_full).map(({ index }) => index);
}

/** Undoes the batch. */
class ProfilesFull extends Error {
  constructor(readonly indexes: readonly number[]) {
    super("users would have too many properties");
  }
}

function profileFull(index: number): Refusal {
  return {
    code: "LIMIT_REACHED",
    message: `With these, the user would have more than ${USER_PROPERTIES_MAX} properties or ${PROPERTIES_BYTES_MAX} bytes of them. Take some away by null.`,
    path: ["users", String(index), "properties"],
  };
}
