import { USER_PROPERTIES_MAX, type IdentifiedUser } from "./identify.policy";
import { lockUsers } from "./lockUsers";
import { PROPERTIES_BYTES_MAX } from "./properties.policy";
import { userKeyOf, type Place } from "./userKey";
import type { Refusal } from "../lib/refusal";
import type { Database, Queryable } from "../postgres/database";

/** Whether what is told is put over what is known, or stands in its place. */
export type IdentifyMode = "MERGE" | "REPLACE";

/** Stores what is told of users: of all of them, or with refusals of none. */
export async function identifyUsers(
  database: Database,
  place: Place,
  users: readonly IdentifiedUser[],
  mode: IdentifyMode,
): Promise<readonly Refusal[]> {
  try {
    await database.transaction(async (connection) => {
      await lockUsers(
        connection,
        place,
        users.map(({ id }) => id),
      );
      const full = await putProperties(connection, place, users, mode);
      if (full.length > 0) throw new ProfilesFull(full);
    });
    return [];
  } catch (error) {
    if (error instanceof ProfilesFull) return error.indexes.map(profileFull);
    throw error;
  }
}

/** The places of those who have more now than a user may have. */
async function putProperties(
  connection: Queryable,
  place: Place,
  users: readonly IdentifiedUser[],
  mode: IdentifyMode,
): Promise<readonly number[]> {
  const rows = await connection.query<{ index: number; is_full: boolean }>(
    `update audience.users as users
        set properties = audience.merged(case when $4 then '{}' else users.properties end, given.properties::jsonb),
            updated_at = clock_timestamp()
       from unnest($1::uuid[], $2::text[]) with ordinality as given (user_key, properties, number)
      where users.user_key = given.user_key
     returning given.number - 1 as index,
               octet_length(users.properties::text) > $3
               or (select count(*) from jsonb_object_keys(users.properties)) > $5 as is_full`,
    [
      users.map(({ id }) => userKeyOf(place, id)),
      users.map(({ properties }) => JSON.stringify(properties)),
      PROPERTIES_BYTES_MAX,
      mode === "REPLACE",
      USER_PROPERTIES_MAX,
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
