/** The part of PostgreSQL that read models and the log's PostgreSQL implementation stand on. */
export interface Database extends Queryable {
  /** Runs `work` in one transaction on one connection: committed when it resolves, rolled back when it rejects. */
  transaction<Result>(work: (connection: Queryable) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface Queryable {
  /** `text` is static and its parameters go apart; prepared under `name` if one is given. */
  query<Row extends object = Record<string, unknown>>(
    text: string,
    parameters?: readonly unknown[],
    name?: string,
  ): Promise<Row[]>;
}

/** The database is away or did not answer in time; nothing is half done, and the same call may be made again. */
export class DatabaseUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DatabaseUnavailable";
  }
}
