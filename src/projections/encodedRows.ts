import type { Column, TableShape } from "./tableShape";
import { createTextArray } from "./textArray";
import { invariant } from "../lib/invariant";

/** Rows as the parameters of `upsertRows`: written out when they are added, and nothing else holds on to them. */
export interface EncodedRows {
  add(row: object): void;
  /** One for each column. */
  parameters(): Buffer[];
}

export function createEncodedRows({ table, columns }: TableShape): EncodedRows {
  const texts = columns.map((column) => ({ column, array: createTextArray() }));
  return {
    add(row) {
      for (const { column, array } of texts) {
        array.add(asText(table.name, column, (row as Readonly<Record<string, unknown>>)[column.name]));
      }
    },
    parameters: () => texts.map(({ array }) => array.encoded()),
  };
}

export function encodeRows(shape: TableShape, rows: readonly object[]): Buffer[] {
  const encoded = createEncodedRows(shape);
  for (const row of rows) encoded.add(row);
  return encoded.parameters();
}

function asText(table: string, { name, type }: Column, value: unknown): string | null {
  if (value === null) return null;
  invariant(value !== undefined, () => `a row without ${name} was put into ${table}`);
  if (type === "json" || type === "jsonb") return JSON.stringify(value);
  if (typeof value === "string") return value;
  invariant(
    typeof value === "number" || typeof value === "boolean",
    () => `${table}.${name} is of type ${type}, and was given something else`,
  );
  return String(value);
}
