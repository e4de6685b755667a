import type { AnyTable } from "./projection";
import { qualified, quoted } from "./tableSql";
import type { Queryable } from "../postgres/database";

/**
 * Makes empty tables in schema `to` that are as those in schema `from` in everything: columns, defaults, checks, keys,
 * foreign keys among them, indexes, storage options, and the names of all these, which later migrations go by.
 */
export async function cloneTables(
  connection: Queryable,
  tables: readonly AnyTable[],
  from: string,
  to: string,
): Promise<void> {
  const names = tables.map(({ name }) => name);
  // Definitions then name tables of `from` without their schema, and mean those of `to` when they are made there.
  await setSearchPath(connection, from);
  const constraints = await connection.query<Constraint>(CONSTRAINTS, [from, names]);
  const indexes = await connection.query<{ definition: string }>(INDEXES, [from, names]);
  const options = await connection.query<{ table: string; options: string }>(OPTIONS, [from, names]);
  const comments = await connection.query<{ table: string; literal: string }>(COMMENTS, [from, names]);

  await setSearchPath(connection, to);
  for (const name of names) {
    await connection.query(
      `create table ${qualified(to, name)} (like ${qualified(from, name)} including all excluding indexes)`,
    );
  }
  for (const { table, options: list } of options) {
    await connection.query(`alter table ${qualified(to, table)} set (${list})`);
  }
  for (const { table, name, definition } of constraints) {
    await connection.query(
      `alter table ${qualified(to, table)} add constraint ${quoted(name)} ${definition}`,
    );
  }
  for (const { definition } of indexes) await connection.query(definition);
  for (const { table, literal } of comments) {
    await connection.query(`comment on table ${qualified(to, table)} is ${literal}`);
  }
}

type Constraint = Readonly<{ table: string; name: string; definition: string }>;

/** Keys, uniqueness and exclusions first, since foreign keys refer to them. Checks and nullability come with the columns. */
const CONSTRAINTS = `
  select pg_class.relname as table, conname as name, pg_get_constraintdef(pg_constraint.oid) as definition
    from pg_constraint
    join pg_class on pg_class.oid = pg_constraint.conrelid
   where pg_class.relnamespace = to_regnamespace($1)
     and pg_class.relname = any($2)
     and contype in ('p', 'u', 'x', 'f')
   order by contype = 'f', pg_class.relname, conname`;

/** Those that no constraint makes by itself. */
const INDEXES = `
  select pg_get_indexdef(pg_index.indexrelid, 0, true) as definition
    from pg_index
    join pg_class on pg_class.oid = pg_index.indrelid
   where pg_class.relnamespace = to_regnamespace($1)
     and pg_class.relname = any($2)
     and not exists (
           select from pg_constraint
            where conindid = pg_index.indexrelid and contype in ('p', 'u', 'x'))
   order by pg_index.indexrelid`;

const OPTIONS = `
  select relname as table, array_to_string(reloptions, ', ') as options
    from pg_class
   where relnamespace = to_regnamespace($1) and relname = any($2) and reloptions is not null`;

const COMMENTS = `
  select relname as table, quote_literal(obj_description(oid, 'pg_class')) as literal
    from pg_class
   where relnamespace = to_regnamespace($1) and relname = any($2) and obj_description(oid, 'pg_class') is not null`;

async function setSearchPath(connection: Queryable, schema: string): Promise<void> {
  await connection.query("select set_config('search_path', $1, true)", [quoted(schema)]);
}
