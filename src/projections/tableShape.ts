import type { AnyTable } from "./projection";
import { invariant } from "../lib/invariant";
import type { Queryable } from "../postgres/database";

/** A table of a read model with the columns that it has in the database. */
export type TableShape = Readonly<{
  table: AnyTable;
  /** In the table's order; generated ones left out, for nobody may write them. */
  columns: readonly Column[];
}>;

/** `type` is PostgreSQL's name of it, such as "timestamp with time zone". */
export type Column = Readonly<{ name: string; type: string }>;

export type TableShapes = ReadonlyMap<string, TableShape>;

const COLUMNS = `
  select pg_class.relname as table, pg_attribute.attname as name, pg_attribute.atttypid::regtype::text as type
    from pg_attribute
    join pg_class on pg_class.oid = pg_attribute.attrelid
   where pg_class.relnamespace = to_regnamespace($1)
     and pg_class.relname = any($2)
     and pg_class.relkind = 'r'
     and pg_attribute.attnum > 0
     and not pg_attribute.attisdropped
     and pg_attribute.attgenerated = ''
   order by pg_class.relname, pg_attribute.attnum`;

/** Asks the database for the columns of these tables, so that a projection need not repeat them. */
export async function readShapes(
  database: Queryable,
  schema: string,
  tables: readonly AnyTable[],
): Promise<TableShapes> {
  const names = tables.map(({ name }) => name);
  const rows = await database.query<{ table: string } & Column>(COLUMNS, [schema, names]);
  return new Map(
    tables.map((table) => {
      const columns = rows
        .filter((row) => row.table === table.name)
        .map(({ name, type }) => ({ name, type }));
      invariant(columns.length > 0, `no migration has made the table ${schema}.${table.name}`);
      for (const part of table.primaryKey) {
        invariant(
          columns.some(({ name }) => name === part),
          `${table.name} has no column ${part}`,
        );
      }
      return [table.name, { table, columns }];
    }),
  );
}
