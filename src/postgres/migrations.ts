import { describeError } from "../lib/describeError";
import type { Logger } from "../lib/logger";
import { StartupRefused } from "../lib/startupRefused";
import { checkServer } from "./checkServer";
import { DatabaseUnavailable, type Database, type Queryable } from "./database";
import { readMigrations, type Migration } from "./migrationFiles";
import { createDatabase } from "./pool";

/** How long one statement of a migration may take on a large database. */
export const MIGRATION_TIMEOUT_MS = 60 * 60_000;

/**
 * Brings a database to the newest of the numbered SQL files in `folder`, each in a transaction of its own. Several
 * servers may do so at once: one applies a file, the others wait for it and go on with the next.
 * @throws {StartupRefused} if the database is not ours, is newer than we are, or was migrated by files since changed.
 */
export async function migrate(url: string, folder: string, logger: Logger): Promise<void> {
  const migrations = await readMigrations(folder);
  const database = createDatabase(url, {
    connectionsMax: 1,
    statementTimeoutMs: MIGRATION_TIMEOUT_MS,
    lockTimeoutMs: MIGRATION_TIMEOUT_MS,
    applicationName: "product-experiences migrations",
  });
  try {
    await checkServer(database);
    await createTable(database);
    const applied = await readApplied(database);
    checkApplied(applied, migrations);
    for (const migration of migrations.slice(applied.length)) await apply(database, migration, logger);
    // Another server may have applied the same numbers from other files while we waited for it.
    checkApplied(await readApplied(database), migrations);
  } finally {
    await database.close();
  }
}

type Applied = Readonly<{ number: number; name: string; sha256: string }>;

/** Held while the table is made, since `create table if not exists` fails when two do it at once. Any number will do. */
const TABLE_LOCK = 7_205_759;

async function createTable(database: Database): Promise<void> {
  await database.transaction(async (connection) => {
    await connection.query("select pg_advisory_xact_lock($1)", [TABLE_LOCK]);
    const [found] = await connection.query<{ exists: boolean }>(
      "select to_regclass('product_experiences_migrations') is not null as exists",
    );
    if (found?.exists === true) return;
    await refuseAnotherProgram(connection);
    await connection.query(`
      create table product_experiences_migrations (
        number integer primary key,
        name text not null,
        sha256 text not null,
        applied_at timestamptz not null default now()
      )`);
  });
}

/** Tables that an extension brought, as hosted databases have them, are nobody's. */
const TABLES_OF_OTHERS = `
  select format('%I.%I', pg_namespace.nspname, pg_class.relname) as name
    from pg_class
    join pg_namespace on pg_namespace.oid = pg_class.relnamespace
   where pg_class.relkind in ('r', 'p', 'v', 'm', 'f')
     and pg_namespace.nspname not like 'pg\\_%'
     and pg_namespace.nspname <> 'information_schema'
     and not exists (
           select from pg_depend
            where pg_depend.classid = 'pg_class'::regclass
              and pg_depend.objid = pg_class.oid
              and pg_depend.deptype = 'e')
   order by name
   limit 1`;

async function refuseAnotherProgram(connection: Queryable): Promise<void> {
  const [table] = await connection.query<{ name: string }>(TABLES_OF_OTHERS);
  if (!table) return;
  const [current] = await connection.query<{ name: string }>("select current_database() as name");
  throw new StartupRefused(
    `The database "${current?.name ?? ""}" belongs to another program (it has a table ${table.name}): ` +
      `create an empty database and name it in DATABASE_URL.`,
  );
}

function readApplied(connection: Queryable): Promise<Applied[]> {
  return connection.query<Applied>(
    "select number, name, sha256 from product_experiences_migrations order by number",
  );
}

function checkApplied(applied: readonly Applied[], known: readonly Migration[]): void {
  applied.forEach(({ number, name, sha256 }, index) => {
    if (number !== index + 1) {
      throw new StartupRefused(
        `The database lacks migration ${index + 1} but has ${name}: restore it from a backup, or use an empty database.`,
      );
    }
    const ours = known[index];
    if (!ours) {
      throw new StartupRefused(
        `The database was used by a newer version of this program (it has migration ${name}): start that version or a later one.`,
      );
    }
    if (ours.name !== name || ours.sha256 !== sha256) throw changed(ours, name);
  });
}

function changed(ours: Migration, appliedName: string): StartupRefused {
  return new StartupRefused(
    `The file migrations/${ours.name}.sql is not the one that the database was migrated with (${appliedName}): ` +
      `restore the file and put your change into a new one.`,
  );
}

async function apply(database: Database, migration: Migration, logger: Logger): Promise<void> {
  const startedAtMs = performance.now();
  const isOurs = await database.transaction(async (connection) => {
    // Must come first: another server that applies the same file waits here until we are done, or takes over.
    const inserted = await connection.query(
      `insert into product_experiences_migrations (number, name, sha256) values ($1, $2, $3)
       on conflict (number) do nothing returning number`,
      [migration.number, migration.name, migration.sha256],
    );
    if (inserted.length === 0) return false;
    await runFile(connection, migration);
    return true;
  });
  const tookMs = Math.round(performance.now() - startedAtMs);
  if (isOurs) logger.info(`Applied migration ${migration.name} in ${tookMs} ms.`);
}

async function runFile(connection: Queryable, { name, text }: Migration): Promise<void> {
  try {
    await connection.query(text);
  } catch (error) {
    if (error instanceof DatabaseUnavailable) throw error;
    const line = lineOf(text, error);
    throw new Error(`migrations/${name}.sql${line} fails: ${describeError(error)}`, { cause: error });
  }
}

/** PostgreSQL says at which character of the text a mistake stands; people want the line. */
function lineOf(text: string, error: unknown): string {
  const position = Number(typeof error === "object" && error && "position" in error ? error.position : NaN);
  return Number.isNaN(position) ? "" : ` line ${text.slice(0, position).split("\n").length}`;
}
