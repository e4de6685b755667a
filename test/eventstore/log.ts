import { createPostgresEventStore, type PostgresEventStoreOptions } from "../../src/eventstore/postgres";
import type { EventStore } from "../../src/eventstore/eventStore";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { freshDatabase } from "../support/postgres";

export interface TestLog {
  url: string;
  database: Database;
  /** A store as another process would have it: with connections of its own, but for the pool. */
  open(options?: Partial<PostgresEventStoreOptions>): EventStore;
  /** Closes every store that was opened, and drops the database. */
  drop(): Promise<void>;
}

/** An empty log in a PostgreSQL database of its own. */
export async function freshLog(): Promise<TestLog> {
  const { url, drop } = await freshDatabase({ migrated: true });
  const database = createDatabase(url);
  const stores: EventStore[] = [];
  return {
    url,
    database,
    open(options = {}) {
      const store = createPostgresEventStore({ database, url, ...options });
      stores.push(store);
      return store;
    },
    async drop() {
      await Promise.all(stores.map((store) => store.close()));
      await database.close();
      await drop();
    },
  };
}

/** Ends the connections of that application name, as a failover would. */
export async function terminate(database: Database, applicationName: string): Promise<number> {
  const ended = await database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = $1`,
    [applicationName],
  );
  return ended.length;
}
