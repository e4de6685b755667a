import type { EventStore } from "../../src/eventstore/eventStore";
import { createKurrentdbEventStore } from "../../src/eventstore/kurrentdb";
import { createMemoryEventStore } from "../../src/eventstore/memory";
import { createPostgresEventStore } from "../../src/eventstore/postgres";
import { memorySnapshots, type SnapshotStore } from "../../src/eventstore/snapshots";
import { postgresSnapshots } from "../../src/eventstore/postgresSnapshots";
import { createDatabase } from "../../src/postgres/pool";
import { addressOf } from "../support/kurrentdb/address";
import { startDouble } from "../support/kurrentdb/double";
import { createDoubleLog } from "../support/kurrentdb/log";
import { freshDatabase } from "../support/postgres";

/** A log with what a handler needs beside it. `another` is what another process that shares the log would have. */
export type OpenStore = Readonly<{
  store: EventStore;
  another: () => EventStore;
  snapshots: SnapshotStore;
  /** Whether it keeps what was appended apart from the streams, and so knows a repeat that was decided anew. */
  keepsAppends: boolean;
  close: () => Promise<void>;
}>;

export const STORES: readonly (readonly [name: string, open: () => Promise<OpenStore>])[] = [
  ["memory", openMemory],
  ["PostgreSQL", openPostgres],
  ["KurrentDB", openKurrentdb],
];

async function openMemory(): Promise<OpenStore> {
  const store = createMemoryEventStore();
  return {
    store,
    another: () => store,
    snapshots: memorySnapshots(),
    keepsAppends: true,
    close: () => store.close(),
  };
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
    keepsAppends: true,
    async close() {
      await Promise.all(stores.map((store) => store.close()));
      await database.close();
      await drop();
    },
  };
}

async function openKurrentdb(): Promise<OpenStore> {
  const double = await startDouble({ log: createDoubleLog({ hasNeighbours: true }) });
  const stores: EventStore[] = [];
  const another = (): EventStore => {
    const store = createKurrentdbEventStore({ address: addressOf(double.url) });
    stores.push(store);
    return store;
  };
  return {
    store: another(),
    another,
    snapshots: memorySnapshots(),
    keepsAppends: false,
    async close() {
      await Promise.all(stores.map((store) => store.close()));
      await double.stop();
    },
  };
}
