import { createEncodedRows, type EncodedRows } from "./encodedRows";
import type { AnyTable, PrimaryKey, RowReference, Rows, Table } from "./projection";
import type { Column, TableShape, TableShapes } from "./tableShape";
import { keyParameters, selectRows } from "./tableSql";
import { invariant } from "../lib/invariant";
import type { Queryable } from "../postgres/database";

/** The rows of one batch of events in memory: loaded at once before it, changed one event at a time, written at once. */
export interface BatchRows extends Rows {
  /** Loads the rows that these name, with one query per table. */
  load(database: Queryable, schema: string, references: Iterable<RowReference>): Promise<void>;
  /** What this batch knows of a row, for the batch after it. */
  known(table: string, identity: string): KnownRow | undefined;
  /** All that it knows, for batches after that. */
  tables(): Iterable<KnownTable>;
  /** What is to be written, table by table, in the order in which the projection lists them. */
  changes(): TableChanges[];
}

export type KnownRow = Readonly<{ key: PrimaryKey; row: object | undefined; isChanged: boolean }>;

export type KnownTable = Readonly<{
  name: string;
  /** Whether any row was loaded, and not only written. */
  isRead: boolean;
  /** About, of the texts of the rows that were loaded. */
  loadedBytes: number;
  entries: ReadonlyMap<string, KnownRow>;
}>;

export type FindRow = (table: string, identity: string) => KnownRow | undefined;

export type TableChanges = Readonly<{
  shape: TableShape;
  /** Of a table whose rows are only written, those to be inserted. */
  added: EncodedRows | null;
  put: readonly object[];
  removed: readonly PrimaryKey[];
}>;

/** `find` knows rows of earlier batches, at least all of those that the database does not have yet. */
export function createBatchRows(shapes: TableShapes, find?: FindRow): BatchRows {
  let known = find;
  const tables = new Map<string, TableRows>();

  function rowsOf(table: AnyTable): TableRows {
    const found = tables.get(table.name);
    if (found) return found;
    const shape = shapes.get(table.name);
    invariant(shape, () => `the projection does not list its table ${table.name}`);
    const rows = tableRows(table.name, shape);
    tables.set(table.name, rows);
    return rows;
  }

  return {
    async load(database, schema, references) {
      for (const reference of references) want(rowsOf(reference.table), reference, known);
      // Let go of it, or every batch would hold all those before it.
      known = undefined;
      await Promise.all([...tables.values()].map((rows) => loadWanted(database, schema, rows)));
    },
    get<Row extends object>(table: Table<Row>, key: PrimaryKey) {
      const entry = rowsOf(table).entries.get(identity(key));
      invariant(
        entry,
        () => `a row of ${table.name} was got (${key.join(", ")}) that \`reads\` does not name`,
      );
      // Put under this table, or loaded from it: its rows are what the table says.
      return entry.row as Readonly<Row> | undefined;
    },
    put(table, row) {
      const rows = rowsOf(table);
      if (table.isNeverRead === true) {
        rows.added ??= createEncodedRows(rows.shape);
        rows.added.add(row);
        return;
      }
      const complete = completeRow(rows.shape, row);
      const key = table.primaryKey.map((part) => row[part] as string | number);
      rows.entries.set(identity(key), { key, row: complete, isChanged: true });
    },
    remove(table, key) {
      rowsOf(table).entries.set(identity(key), { key, row: undefined, isChanged: true });
    },
    known: (table, id) => tables.get(table)?.entries.get(id),
    tables: () => tables.values(),
    changes: () => [...shapes.keys()].map((name) => changesOf(tables.get(name))).filter(isSome),
  };
}

type TableRows = {
  readonly name: string;
  readonly shape: TableShape;
  readonly entries: Map<string, KnownRow>;
  added: EncodedRows | null;
  wanted: PrimaryKey[];
  isRead: boolean;
  loadedBytes: number;
};

function tableRows(name: string, shape: TableShape): TableRows {
  return { name, shape, entries: new Map(), added: null, wanted: [], isRead: false, loadedBytes: 0 };
}

/** U+0000 stands in no text of PostgreSQL, so it parts the values without doubt. */
function identity(key: PrimaryKey): string {
  if (key.length === 1) return String(key[0]);
  return key.length === 2 ? `${key[0]}\u0000${key[1]}` : key.join("\u0000");
}

function want(rows: TableRows, { key, isMade }: RowReference, find: FindRow | undefined): void {
  const { name, shape, entries, wanted } = rows;
  const { primaryKey } = shape.table;
  rows.isRead = true;
  invariant(
    key.length === primaryKey.length,
    () => `${name} has ${primaryKey.length} columns in its primary key`,
  );
  const id = identity(key);
  if (entries.has(id)) return;
  const known = isMade === true ? undefined : find?.(name, id);
  if (known) {
    entries.set(id, { ...known, isChanged: false });
    return;
  }
  // Until it is found it does not exist.
  entries.set(id, { key, row: undefined, isChanged: false });
  if (isMade !== true) wanted.push(key);
}

async function loadWanted(database: Queryable, schema: string, rows: TableRows): Promise<void> {
  const { shape, entries, wanted } = rows;
  if (wanted.length === 0) return;
  rows.wanted = [];
  const { table } = shape;
  // Not prepared under a name: a plan made while the table was small would be kept when it is large.
  const found = await database.query(selectRows(schema, shape, 1), keyParameters(shape, wanted));
  for (const row of found) {
    const key = table.primaryKey.map((part) => (row as Record<string, string | number>)[part] ?? "");
    entries.set(identity(key), { key, row, isChanged: false });
    rows.loadedBytes += JSON.stringify(row).length;
  }
}

function changesOf(rows: TableRows | undefined): TableChanges | null {
  if (!rows) return null;
  const { shape, added, entries } = rows;
  const changed = [...entries.values()].filter(({ isChanged }) => isChanged);
  if (!added && changed.length === 0) return null;
  const removed = changed.filter(({ row }) => row === undefined).map(({ key }) => key);
  return { shape, added, put: changed.map(({ row }) => row).filter(isSome), removed };
}

/** The row as it would come back from the database, so that it does not matter where one batch ends and the next begins. */
function completeRow({ table, columns }: TableShape, row: object): object {
  const given = row as Record<string, unknown>;
  if (isComplete(columns, given)) return row;
  const complete: Record<string, unknown> = {};
  for (const column of columns) {
    const value = given[column.name];
    invariant(value !== undefined, () => `a row without ${column.name} was put into ${table.name}`);
    complete[column.name] = normalized(column, value);
  }
  return complete;
}

/** Most rows are made of one that came from here, so there is nothing to do. */
function isComplete(columns: readonly Column[], row: Readonly<Record<string, unknown>>): boolean {
  let count = 0;
  for (const name in row) {
    const column = columns[count++];
    const value = row[name];
    if (column?.name !== name || value === undefined || !isNormal(column, value)) return false;
  }
  return count === columns.length;
}

function isNormal({ type }: Column, value: unknown): boolean {
  if (type !== "timestamp with time zone" || typeof value !== "string") return true;
  return value.length === "2026-01-05T10:00:00.000Z".length && value.endsWith("Z");
}

function normalized(column: Column, value: unknown): unknown {
  return isNormal(column, value) ? value : new Date(value as string).toISOString();
}

function isSome<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
