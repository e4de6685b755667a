import type { TableShape } from "./tableShape";

/*
 * Statements over a read model's tables. Schema, table and column names come from our own migrations and are quoted;
 * rows and keys are parameters, as one JSON text each, which PostgreSQL turns into typed rows of the table by itself.
 */

/** The rows whose primary keys the JSON list at the parameter names. */
export function selectRows(schema: string, { table, columns }: TableShape, parameter: string): string {
  const name = qualified(schema, table.name);
  const selected = columns.map((column) => `found.${quoted(column.name)}`).join(", ");
  return `
    select ${selected}
      from json_populate_recordset(null::${name}, ${parameter}::json) wanted
      join ${name} found on ${samePrimaryKey("found", "wanted", table.primaryKey)}`;
}

/** Inserts the rows of the JSON list at the parameter, or replaces those which exist, `provided` a condition holds. */
export function upsertRows(
  schema: string,
  { table, columns }: TableShape,
  parameter: string,
  provided: string,
): string {
  const name = qualified(schema, table.name);
  const { primaryKey } = table;
  const names = columns.map((column) => quoted(column.name)).join(", ");
  const replaced = columns
    .filter((column) => !primaryKey.includes(column.name))
    .map((column) => `${quoted(column.name)} = excluded.${quoted(column.name)}`);
  return `
    insert into ${name} (${names})
    select ${names} from json_populate_recordset(null::${name}, ${parameter}::json) where ${provided}
    on conflict (${primaryKey.map(quoted).join(", ")})
    do ${replaced.length === 0 ? "nothing" : `update set ${replaced.join(", ")}`}`;
}

/** Deletes the rows whose primary keys the JSON list at the parameter names, `provided` a condition holds. */
export function deleteRows(
  schema: string,
  { table }: TableShape,
  parameter: string,
  provided: string,
): string {
  const name = qualified(schema, table.name);
  return `
    delete from ${name} existing
     using json_populate_recordset(null::${name}, ${parameter}::json) removed
     where ${provided} and ${samePrimaryKey("existing", "removed", table.primaryKey)}`;
}

export function qualified(schema: string, table: string): string {
  return `${quoted(schema)}.${quoted(table)}`;
}

export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

function samePrimaryKey(left: string, right: string, primaryKey: readonly string[]): string {
  return primaryKey.map((part) => `${left}.${quoted(part)} = ${right}.${quoted(part)}`).join(" and ");
}
