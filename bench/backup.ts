import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { appendMany } from "./manyEvents";
import { benchDatabase } from "./benchDatabase";
import { freshFolder, removeFolder } from "./runningServer";
import { backUp } from "../src/backup/backup";
import { copyLog } from "../src/backup/copyLog";
import { restore } from "../src/backup/restore";
import type { EventStore } from "../src/eventstore/eventStore";
import { createKurrentdbEventStore } from "../src/eventstore/kurrentdb";
import { openEventStore } from "../src/eventstore/openEventStore";
import { silent } from "../src/lib/logger";
import type { Database } from "../src/postgres/database";
import { startEmbedded } from "../src/postgres/embedded/startEmbedded";
import { migrate } from "../src/postgres/migrations";
import { createDatabase } from "../src/postgres/pool";
import { addressOf } from "../test/support/kurrentdb/address";
import { startDouble } from "../test/support/kurrentdb/double";

const EVENTS = Number(process.env["BENCH_EVENTS"] ?? 20_000);

/** A log of one app: into a file, from there into an empty database, and into KurrentDB's double, which shares this process. */
export async function runBackupBench(): Promise<void> {
  const dataDir = freshFolder();
  const path = join(dataDir, "bench.backup");
  await appendMany(dataDir, EVENTS);
  const embedded = await startEmbedded({ dataDir, logger: silent });
  try {
    await withStore(embedded.url, async (store, database) => {
      const file = await open(path, "w");
      const { events } = await measured("backup", () =>
        backUp({ store, database, file, now: () => new Date() }),
      );
      await file.close();
      console.log(`  ${((await stat(path)).size / events).toFixed(0)} bytes of the file for each event`);
      await benchDatabase((url) =>
        withStore(url, (empty, other) =>
          measured("restore", () => restore({ store: empty, database: other, path })),
        ),
      );
      await copyToDouble(store);
    });
  } finally {
    await embedded.stop();
    removeFolder(dataDir);
  }
}

async function withStore(
  url: string,
  use: (store: EventStore, database: Database) => Promise<unknown>,
): Promise<void> {
  await migrate(url, "migrations", silent);
  const database = createDatabase(url);
  const store = await openEventStore({ kind: "postgres" }, { database, url });
  try {
    await use(store, database);
  } finally {
    await store.close();
    await database.close();
  }
}

async function copyToDouble(from: EventStore): Promise<void> {
  const double = await startDouble();
  const to = createKurrentdbEventStore({ address: addressOf(double.url) });
  await measured("log:copy to KurrentDB's double, and the comparison of both", () => copyLog({ from, to }));
  await to.close();
  await double.stop();
}

async function measured<Counts extends Readonly<{ events: number }>>(
  what: string,
  work: () => Promise<Counts>,
): Promise<Counts> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const counts = await work();
  const { user, system } = process.cpuUsage(before);
  const perSecond = (1_000 * counts.events) / (performance.now() - startedAt);
  console.log(
    `  ${what}: ${counts.events} events, ${perSecond.toFixed(0)}/s; node ${((user + system) / counts.events).toFixed(0)} µs for each`,
  );
  return counts;
}
