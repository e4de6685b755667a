import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { Client } from "pg";
import { silent } from "../../src/lib/logger";
import { readMigrations } from "../../src/postgres/migrationFiles";
import { migrate } from "../../src/postgres/migrations";

export const MIGRATIONS_FOLDER = join(__dirname, "../../migrations");

/** A database of its own for a test file, empty or with all migrations applied; `drop` removes it. */
export async function freshDatabase({ migrated = false } = {}): Promise<{
  url: string;
  drop: () => Promise<void>;
}> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const template = migrated ? await migratedTemplate() : "template1";
  await onServer((client) => client.query(`create database ${name} template ${template}`));
  return {
    url: urlOf(name),
    drop: () => onServer((client) => client.query(`drop database if exists ${name} with (force)`)),
  };
}

/** Copying a database is faster than migrating it. Named by what is in it, so that it is never an old one. */
async function migratedTemplate(): Promise<string> {
  const migrations = await readMigrations(MIGRATIONS_FOLDER);
  const digest = createHash("sha256").update(migrations.map(({ sha256 }) => sha256).join());
  const name = `migrated_${digest.digest("hex").slice(0, 12)}`;
  await onServer(async (client) => {
    // Test files run in several processes; one makes it and the others wait.
    await client.query("select pg_advisory_lock(hashtext('migrated template'))");
    const { rowCount } = await client.query("select from pg_database where datname = $1", [name]);
    if (rowCount === 1) return;
    const unfinished = `${name}_unfinished`;
    await client.query(`drop database if exists ${unfinished} with (force)`);
    await client.query(`create database ${unfinished}`);
    await migrate(urlOf(unfinished), MIGRATIONS_FOLDER, silent);
    await client.query(`alter database ${unfinished} rename to ${name}`);
  });
  return name;
}

function serverUrl(): string {
  const url = process.env["TEST_DATABASE_URL"];
  if (url === undefined)
    throw new Error("There is no test server: run tests with jest, whose setup starts one.");
  return url;
}

function urlOf(database: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return url.href;
}

async function onServer(work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
