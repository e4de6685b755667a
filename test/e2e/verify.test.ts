import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { verified } from "../support/verifying";
import { startTestServer, type TestServer } from "../support/wholeServer";

/** Somebody who can write into the database, past the server. */
let database: Database;
let server: TestServer;

beforeEach(async () => {
  server = await startTestServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
  for (const name of ["a", "b"]) {
    await server.send(
      `mutation($name: String!) { createKey(input: { app: "shop", name: $name, type: STRING, defaultValue: "" }) { errors { code } } }`,
      { name },
    );
  }
  database = createDatabase(server.databaseUrl, { connectionsMax: 1 });
});
afterEach(async () => {
  await database.close();
  await server.stop();
});

const verify = () => verified(server.databaseUrl, server.eventLog);

describe("verifying a log and its read models", () => {
  it("finds nothing where all is right, and leaves nothing behind", async () => {
    expect(await verify()).toEqual({ events: 6, streams: 2, faults: [], differences: [] });
    const [left] = await database.query(
      `select (select count(*) from server.checkpoints) as checkpoints,
              (select count(*) from pg_namespace where nspname like 'models_%') as schemas`,
    );
    expect(left).toEqual({ checkpoints: 1, schemas: 0 });
  });

  it("finds a row that is not as the log says, one that is gone, and one too many", async () => {
    await database.query("update models.keys set description = 'by hand' where name = 'a'");
    await database.query("delete from models.changes where revision = 2 and app = 'shop'");
    await database.query("update models.apps set name = 'Other'");
    const { faults, differences } = await verify();
    expect(faults).toEqual([]);
    expect(differences).toEqual([
      { table: "apps", missing: 1, extra: 1, example: expect.stringContaining("Shop") as string },
      { table: "keys", missing: 1, extra: 1, example: expect.stringContaining("a") as string },
      { table: "changes", missing: 1, extra: 0, example: expect.stringContaining("KeyCreated") as string },
    ]);
  });

  it("finds an event that is gone, by its position and by its revision", async () => {
    await database.query("delete from log.events where stream = 'app-shop' and revision = 1");
    const { faults } = await verify();
    expect(faults).toEqual([
      expect.stringContaining("has position 5, and the one before it 3"),
      expect.stringContaining("follows revision 0 of its stream"),
    ]);
  });

  it("finds an event that today's code does not know, and one that is there twice", async () => {
    await database.query(
      `insert into log.events select position + 1, stream, revision + 1, id, 'KeyMelted', schema_version, data, meta, recorded_at
         from log.events order by position desc limit 1`,
    );
    const { faults } = await verify();
    expect(faults).toEqual([
      expect.stringContaining("has the id of an event before it"),
      expect.stringContaining("cannot be read: Event 4 of stream"),
    ]);
  });
});
