import type { TableShape } from "./tableShape";
import { encodeTextArray } from "./textArray";
import type { PrimaryKey } from "./projection";

/*
 * Statements over a read model's tables. Schema, table, column and type names come from our own migrations and are
 * quoted; rows and keys are parameters: one array of texts for each column, beginning at parameter `first`.
 */

/**
 * The rows whose primary keys the parameters hold, each looked up by itself: with a join, the whole table might be read
 * for a few of them.
 */
export function selectRows(schema: string, shape: TableShape, first: number): string {
  const { table, columns } = shape;
  const selected = columns.map((column) => `stored.${quoted(column.name)}`).join(", ");
  return `
    select found.*
      from unnest(${arrays(table.primaryKey.length, first)}) wanted (${aliases(table.primaryKey.length)})
     cross join lateral (
       select ${selected}
         from ${qualified(schema, table.name)} stored
        where ${samePrimaryKey("stored", "wanted", shape)}
        limit 1) found`;
}

/** Inserts the rows whose columns the parameters hold, or replaces those which exist, `provided` a condition holds. */
export function upsertRows(schema: string, shape: TableShape, first: number, provided: string): string {
  const { table, columns } = shape;
  const names = columns.map((column) => quoted(column.name)).join(", ");
  // In the select list and not behind `from`, where all rows would be put aside once more before any is inserted.
  const values = columns.map(({ type }, index) => `unnest($${first + index}::text[])::${type}`).join(", ");
  const insert = `
    insert into ${qualified(schema, table.name)} (${names})
    select ${values} where ${provided}`;
  if (table.isAppendOnly === true) return insert;
  const replaced = columns
    .filter((column) => !table.primaryKey.includes(column.name))
    .map((column) => `${quoted(column.name)} = excluded.${quoted(column.name)}`);
  return `${insert}
    on conflict (${table.primaryKey.map(quoted).join(", ")})
    do ${replaced.length === 0 ? "nothing" : `update set ${replaced.join(", ")}`}`;
}

/** Deletes the rows whose primary keys the parameters hold, `provided` a condition holds. */
export function deleteRows(schema: string, shape: TableShape, first: number, provided: string): string {
  const { primaryKey, name } = shape.table;
  return `
    delete from ${qualified(schema, name)} existing
     using unnest(${arrays(primaryKey.length, first)}) removed (${aliases(primaryKey.length)})
     where ${provided} and ${samePrimaryKey("existing", "removed", shape)}`;
}

/** Primary keys as the parameters of `selectRows` and `deleteRows`. */
export function keyParameters({ table }: TableShape, keys: readonly PrimaryKey[]): Buffer[] {
  return table.primaryKey.map((_, index) => encodeTextArray(keys.map((key) => String(key[index]))));
}

export function qualified(schema: string, table: string): string {
  return `${quoted(schema)}.${quoted(table)}`;
}

export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

function samePrimaryKey(stored: string, given: string, { table, columns }: TableShape): string {
  const typeOf = new Map(columns.map(({ name, type }) => [name, type]));
  return table.primaryKey
    .map((part, index) => `${stored}.${quoted(part)} = ${given}.part${index}::${typeOf.get(part)}`)
    .join(" and ");
}

const arrays = (count: number, first: number): string => list(count, (index) => `$${first + index}::text[]`);
const aliases = (count: number): string => list(count, (index) => `part${index}`);

function list(count: number, item: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => item(index)).join(", ");
}
