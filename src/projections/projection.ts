import type { RecordedEvent } from "../eventstore/eventStore";

/**
 * A read model: a pure function from events to rows. The runner reads events in batches, loads the rows that they
 * concern, lets `apply` change them in memory one event at a time, and writes every changed row and the checkpoint in
 * one transaction. So a batch of a thousand events costs a handful of statements.
 */
export interface Projection {
  readonly name: string;
  /** Raise it when rows of the same events become different: the read model is then rebuilt beside the serving one. */
  readonly version: number;
  readonly tables: readonly AnyTable[];
  /** The rows, besides those written earlier in the same batch, that `apply` will `get`. Asking for others throws. */
  reads(event: RecordedEvent): readonly RowReference[];
  apply(event: RecordedEvent, rows: Rows): void;
}

/** A table of the read model's schema; its DDL stands in `migrations/`. */
export type Table<Row extends object> = Readonly<{
  name: string;
  primaryKey: readonly (keyof Row & string)[];
  /** Only columns of type json, whose values are given as JSON and not as JSON text. */
  json?: readonly (keyof Row & string)[];
  /** No row is ever put twice, so the database need not look for one to replace. */
  isAppendOnly?: boolean;
  /** `apply` gets no row of it, so none is kept in memory for that. Only together with `isAppendOnly`. */
  isNeverRead?: boolean;
  /** Never written for typing only. */
  row?: Row;
}>;

/** A table of rows of whatever shape. */
export type AnyTable = Omit<Table<Record<string, unknown>>, "row">;

export type PrimaryKey = readonly (string | number)[];
export type RowReference = Readonly<{
  table: AnyTable;
  key: PrimaryKey;
  /** The event makes the row, so there is none to look for, and what comes later in the batch finds it in memory. */
  isMade?: boolean;
}>;

export interface Rows {
  get<Row extends object>(table: Table<Row>, key: PrimaryKey): Readonly<Row> | undefined;
  /** Inserts or replaces the whole row. */
  put<Row extends object>(table: Table<Row>, row: Row): void;
  remove<Row extends object>(table: Table<Row>, key: PrimaryKey): void;
}
