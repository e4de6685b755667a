// cspell:ignore nselekt
import { appendFile, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silent } from "../../src/lib/logger";
import { StartupRefused } from "../../src/lib/startupRefused";
import type { Database } from "../../src/postgres/database";
import { migrate } from "../../src/postgres/migrations";
import { createDatabase } from "../../src/postgres/pool";
import { freshDatabase } from "../support/postgres";

let folder: string;
let url: string;
let database: Database;
let drop: () => Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "migrations-"));
  ({ url, drop } = await freshDatabase());
  database = createDatabase(url);
  await file("0001_make_things", "create table things (id integer);\ninsert into things values (1);");
  await file("0002_more_things", "insert into things values (2);");
});

afterEach(async () => {
  await database.close();
  await drop();
  await rm(folder, { recursive: true });
});

const file = (name: string, text: string) => writeFile(join(folder, `${name}.sql`), text);
const run = () => migrate(url, folder, silent);
const applied = () =>
  database.query("select number, name from product_experiences_migrations order by number");
const things = async () =>
  (await database.query<{ id: number }>("select id from things")).map(({ id }) => id);

async function expectRefused(...words: string[]): Promise<void> {
  const error: unknown = await run().catch((error: unknown) => error);
  expect(error).toBeInstanceOf(StartupRefused);
  const message = error instanceof Error ? error.message : "";
  for (const word of words) expect(message).toContain(word);
  expect(message).not.toContain("\n");
}

describe("migrating", () => {
  it("applies each file once, in order, and records it", async () => {
    await run();
    await run();
    expect(await things()).toEqual([1, 2]);
    expect(await applied()).toEqual([
      { number: 1, name: "0001_make_things" },
      { number: 2, name: "0002_more_things" },
    ]);
  });

  it("goes on where it stopped", async () => {
    await run();
    await file("0003_last_things", "insert into things values (3);");
    await run();
    expect(await things()).toEqual([1, 2, 3]);
  });

  it("lets five servers start at once on an empty database", async () => {
    await file("0003_slow_things", "insert into things select 3 from (select pg_sleep(0.2)) as slow;");
    await Promise.all([run(), run(), run(), run(), run()]);
    expect(await things()).toEqual([1, 2, 3]);
    expect(await applied()).toHaveLength(3);
  });

  it("takes no offence at the line ends of Windows", async () => {
    await run();
    await file("0001_make_things", "create table things (id integer);\r\ninsert into things values (1);");
    await run();
    expect(await things()).toEqual([1, 2]);
  });

  it("names the file and the line that fails, and leaves nothing of it", async () => {
    await file("0003_wrong", "insert into things values (3);\ncreate table leftover ();\nselekt 1;");
    await expect(run()).rejects.toThrow(/migrations\/0003_wrong\.sql line 3 fails: syntax error/);
    expect(await things()).toEqual([1, 2]);
    expect(await applied()).toHaveLength(2);
    expect(await database.query("select to_regclass('leftover')::text as name")).toEqual([{ name: null }]);

    await file("0003_wrong", "insert into things values (3);");
    await run();
    expect(await things()).toEqual([1, 2, 3]);
  });

  it("lets the next server take over when the first one's file fails", async () => {
    // Who comes first divides by zero; whoever waited for the row then applies the file.
    await file("0001_make_things", "create table things (id integer); create sequence attempts;");
    await file("0002_more_things", "select pg_sleep(0.1), 1 / (nextval('attempts') - 1);");
    const results = await Promise.allSettled([run(), run(), run()]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(await applied()).toHaveLength(2);
  });
});

describe("migrating refuses", () => {
  it("a file that was changed after it was applied", async () => {
    await run();
    await appendFile(join(folder, "0001_make_things.sql"), " -- better");
    await expectRefused("0001_make_things.sql", "restore the file and put your change into a new one");
  });

  it("a file that was renamed after it was applied", async () => {
    await run();
    await rm(join(folder, "0002_more_things.sql"));
    await file("0002_most_things", "insert into things values (2);");
    await expectRefused("0002_most_things.sql", "0002_more_things");
  });

  it("a database that a newer version has migrated", async () => {
    await run();
    await rm(join(folder, "0002_more_things.sql"));
    await expectRefused("newer version", "0002_more_things", "start that version or a later one");
  });

  it("a database with a gap", async () => {
    await run();
    await database.query("delete from product_experiences_migrations where number = 1");
    await expectRefused("lacks migration 1", "restore it from a backup");
  });

  it("a database of another program, and leaves it as it was", async () => {
    await database.query("create schema shop");
    await database.query("create table shop.orders ()");
    await expectRefused("belongs to another program", "shop.orders", "DATABASE_URL");
    const tables = "select count(*) as count from pg_class where relname like '%migrations%'";
    expect(await database.query(tables)).toEqual([{ count: 0 }]);
  });

  it("files with a gap, a number twice, or a name of another form", async () => {
    await file("0004_too_far", "select 1;");
    await expect(run()).rejects.toThrow("0004_too_far stands where number 3 should");
    await rm(join(folder, "0004_too_far.sql"));
    await file("0002_again", "select 1;");
    await expect(run()).rejects.toThrow("0002_more_things stands where number 3 should");
    await rm(join(folder, "0002_again.sql"));
    await mkdir(join(folder, "notes"));
    await expect(run()).rejects.toThrow("not named like 0001_what_it_does.sql");
    expect(await database.query("select to_regclass('things')::text as name")).toEqual([{ name: null }]);
  });
});

it("does not take an extension's tables for another program's", async () => {
  await database.query("create schema elsewhere");
  await database.query("create view elsewhere.statistics as select 1 as calls");
  // No extension with a relation ships with the test server, so an ordinary view is given to one.
  await database.query("alter extension plpgsql add view elsewhere.statistics");
  await run();
  expect(await things()).toEqual([1, 2]);
});

it("works in folders that were copied", async () => {
  await run();
  const copy = `${folder}-copy`;
  await cp(folder, copy, { recursive: true });
  await migrate(url, copy, silent);
  await rm(copy, { recursive: true });
  expect(await applied()).toHaveLength(2);
});
