import type { EventStore } from "../../src/eventstore/eventStore";
import { createMemoryEventStore } from "../../src/eventstore/memory";
import { createPostgresEventStore } from "../../src/eventstore/postgres";
import { memorySnapshots, type SnapshotStore } from "../../src/eventstore/snapshots";
import { postgresSnapshots } from "../../src/eventstore/postgresSnapshots";
import { createDatabase } from "../../src/postgres/pool";
import { freshDatabase } from "../support/postgres";

/** A log with what a handler needs beside it. `another` is what another process that shares the log would have. */
export type OpenStore = Readonly<{
  store: EventStore;
  another: () => EventStore;
  snapshots: SnapshotStore;
  close: () => Promise<void>;
}>;

export const STORES: readonly (readonly [name: string, open: () => Promise<OpenStore>])[] = [
  ["memory", openMemory],
  ["PostgreSQL", openPostgres],
];

async function openMemory(): Promise<OpenStore> {
  const store = createMemoryEventStore();
  return { store, another: () => store, snapshots: memorySnapshots(), close: () => store.close() };
}

async function openPostgres(): Promise<OpenStore> {
  const { url, drop } = await freshDatabase({ migrated: true });
  const database = createDatabase(url);
  const stores: EventStore[] = [];
  const another = (): EventStore => {
    const store = createPostgresEventStore({ database, url, pollIntervalMs: 50 });
    stores.push(store);
    return store;
  };
  return {
    store: another(),
    another,
    snapshots: postgresSnapshots(database),
    async close() {
      await Promise.all(stores.map((store) => store.close()));
      await database.close();
      await drop();
    },
  };
}
