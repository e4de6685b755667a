import { makePartitionsIn } from "../../src/audience/eventPartitions";
import { userKeyOf, type Place } from "../../src/audience/userKey";
import type { User } from "../../src/evaluation/model";
import type { Database } from "../../src/postgres/database";

/** Puts users and what they did straight into the tables, whenever it was. */
export async function storeUsers(database: Database, place: Place, users: readonly User[]): Promise<void> {
  const events = users.flatMap(({ id, performances }) =>
    [...(performances ?? [])].flatMap(([name, performed]) =>
      performed.map(({ atMs, properties }, index) => ({
        userKey: userKeyOf(place, id),
        // In the order in which they stand, for those of one instant.
        id: `${name}-${String(index).padStart(4, "0")}`,
        name,
        at: new Date(atMs).toISOString(),
        properties: JSON.stringify(properties),
      })),
    ),
  );
  const times = events.map(({ at }) => at).sort();
  await database.transaction(async (connection) => {
    const [first, last] = [times[0], times.at(-1)];
    if (first !== undefined && last !== undefined)
      await makePartitionsIn(connection, new Date(first), new Date(last));
    await connection.query(
      `insert into audience.users (user_key, app, environment, id, properties)
       select given.user_key, $1, $2, given.id, given.properties::jsonb
         from unnest($3::uuid[], $4::text[], $5::text[]) as given (user_key, id, properties)`,
      [
        place.app,
        place.environment,
        users.map(({ id }) => userKeyOf(place, id)),
        users.map(({ id }) => id),
        users.map(({ properties }) => JSON.stringify(properties)),
      ],
    );
    await connection.query(
      `insert into audience.events (user_key, id, name, at, properties)
       select * from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[])`,
      [
        events.map(({ userKey }) => userKey),
        events.map(({ id }) => id),
        events.map(({ name }) => name),
        events.map(({ at }) => at),
        events.map(({ properties }) => properties),
      ],
    );
  });
}
