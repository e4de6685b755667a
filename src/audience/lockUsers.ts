import type { Queryable } from "../postgres/database";
import { userKeyOf, type Place } from "./userKey";

/**
 * Holds the rows of these users until the transaction's end, and makes those that are missing, so that what is told of a user is
 * taken down one after the other. In the order of their keys, so that two who hold several cannot wait for each other.
 */
export async function lockUsers(
  connection: Queryable,
  { app, environment }: Place,
  ids: readonly string[],
): Promise<void> {
  const users = ids.map((id) => ({ id, key: userKeyOf({ app, environment }, id) }));
  users.sort((a, b) => (a.key < b.key ? -1 : 1));
  const keys = users.map(({ key }) => key);
  const known = await connection.query(
    `select users.user_key from audience.users where users.user_key = any($1::uuid[])
      order by users.user_key for no key update`,
    [keys],
    "audience.lockUsers",
  );
  if (known.length === users.length) return;
  await connection.query(
    `insert into audience.users as users (user_key, app, environment, id)
     select given.user_key, $1, $2, given.id
       from unnest($3::uuid[], $4::text[]) as given (user_key, id)
      order by given.user_key
     on conflict (user_key) do update set id = users.id where users.user_key = excluded.user_key`,
    [app, environment, keys, users.map(({ id }) => id)],
    "audience.addUsers",
  );
}
