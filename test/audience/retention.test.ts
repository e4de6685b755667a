// cspell:ignore inhrelid inhparent
import "reflect-metadata";
import { makePartitionsIn } from "../../src/audience/eventPartitions";
import { pruneEvents } from "../../src/audience/pruneEvents";
import { createDatabase } from "../../src/postgres/pool";
import type { Database } from "../../src/postgres/database";
import { startTestServer, type TestServer } from "../support/wholeServer";
import { storeUsers } from "./storeUsers";

const DAY_MS = 86_400_000;
const NOW = Date.parse("2026-06-15T12:00:00Z");

let server: TestServer;
let database: Database;
beforeAll(async () => {
  server = await startTestServer();
  database = createDatabase(server.databaseUrl, { connectionsMax: 2 });
  await server.send(
    `mutation {
      long: createApp(input: { slug: "long", name: "Long" }) { errors { code } }
      short: createApp(input: { slug: "short", name: "Short" }) { errors { code } }
      updateAppSettings(input: { app: "short", retentionDays: 90 }) { errors { code } }
    }`,
  );
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

/** So many users, each of whom did something so many days ago. */
const store = (app: string, prefix: string, users: number, days: readonly number[]) =>
  storeUsers(
    database,
    { app, environment: "production" },
    Array.from({ length: users }, (_, index) => ({
      id: `${prefix}${index}`,
      properties: { kept: true },
      performances: new Map([
        ["Seen", days.map((ago) => ({ atMs: NOW - ago * DAY_MS, properties: { ago } }))],
      ]),
    })),
  );
const daysLeft = async (app: string) => {
  const rows = await database.query<{ ago: number; count: number }>(
    `select (events.properties::json->>'ago')::integer as ago, count(*) as count
       from audience.events join audience.users using (user_key)
      where users.app = $1 group by 1 order by 1`,
    [app],
  );
  return rows.map(({ ago, count }) => [ago, count]);
};
const parts = async () =>
  (
    await database.query<{ part: string }>(
      `select inhrelid::regclass::text as part from pg_inherits where inhparent = 'audience.events'::regclass`,
    )
  ).map(({ part }) => part);

it("keeps what users did as long as their app says, and deletes what is older", async () => {
  await store("long", "u", 3, [1, 89, 399, 450]);
  await store("short", "u", 7, [1, 89, 91, 399, 450]);
  const pruning = { nowMs: NOW, goesOn: () => true, prunedUsers: 3 };
  await pruneEvents(database, pruning);
  expect(await daysLeft("long")).toEqual([
    [1, 3],
    [89, 3],
    [399, 3],
  ]);
  expect(await daysLeft("short")).toEqual([
    [1, 7],
    [89, 7],
  ]);
  // What is known of the users otherwise stays.
  const [users] = await database.query<{ count: number }>("select count(*) as count from audience.users");
  expect(users?.count).toBe(10);
  await pruneEvents(database, pruning);
  expect(await daysLeft("short")).toEqual([
    [1, 7],
    [89, 7],
  ]);
});

it("drops the months of which nobody keeps anything, and no others", async () => {
  await database.transaction((connection) =>
    makePartitionsIn(connection, new Date("2025-01-15T00:00:00Z"), new Date("2025-06-15T00:00:00Z")),
  );
  expect(await parts()).toEqual(
    expect.arrayContaining(["audience.events_2025_04", "audience.events_2025_05"]),
  );
  await pruneEvents(database, { nowMs: NOW, goesOn: () => true });
  const left = await parts();
  // 400 days before 15 June 2026 is 11 May 2025.
  expect(left.filter((part) => part < "audience.events_2025_05")).toEqual([]);
  expect(left).toContain("audience.events_2025_05");
});

it("goes on later where it was stopped", async () => {
  await store("short", "v", 5, [1, 200]);
  let steps = 0;
  await pruneEvents(database, { nowMs: NOW, goesOn: () => (steps += 1) < 3, prunedUsers: 2 });
  expect((await daysLeft("short")).map(([ago]) => ago)).toContain(200);
  await pruneEvents(database, { nowMs: NOW, goesOn: () => true, prunedUsers: 2 });
  expect((await daysLeft("short")).map(([ago]) => ago)).not.toContain(200);
});
