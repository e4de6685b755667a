import { randomBytes } from "node:crypto";
import { writeProjectionHistory } from "./projectionHistory";
import { START, type EventStore } from "../src/eventstore/eventStore";
import { createPostgresEventStore } from "../src/eventstore/postgres";
import { silent } from "../src/lib/logger";
import { PROJECTIONS } from "../src/parts";
import type { Database } from "../src/postgres/database";
import { migrate } from "../src/postgres/migrations";
import { createDatabase } from "../src/postgres/pool";
import { BATCH_EVENTS_MAX, PROJECTION_DATABASE, createProjectionRunner } from "../src/projections/runner";
import { rebuildCommand } from "../src/projections/rebuildCommand";

const EVENTS = 100_000;
const TIMEOUT_MS = 10 * 60_000;

export type ProjectionFigures = Readonly<{
  events: number;
  /** From an empty read model to the head of the log. */
  catchUpPerSecond: number;
  /** Beside the serving tables. */
  rebuildPerSecond: number;
  /** Yardstick: the same log read and parsed, nothing else. */
  readPerSecond: number;
  /** Yardstick: one row with the event's data inserted per event, a thousand in one statement. */
  insertPerSecond: number;
  /** Resident memory of this process after catching up. */
  memoryMb: number;
}>;

/** How fast the read model catches up with a log of 100,000 events over keys, segments and configs. */
export async function runProjectionBench(url: string, events = EVENTS): Promise<ProjectionFigures> {
  return withOwnDatabase(url, async (ownUrl) => {
    await migrate(ownUrl, "migrations", silent);
    const database = createDatabase(ownUrl, PROJECTION_DATABASE);
    const logDatabase = createDatabase(ownUrl, { connectionsMax: 4 });
    const store = createPostgresEventStore({ database: logDatabase, url: ownUrl });
    try {
      await writeProjectionHistory(store, events);
      const catchUpPerSecond = await perSecond(events, () => catchUp(store, database));
      const memoryMb = Math.round(process.memoryUsage().rss / 2 ** 20);
      const figures = {
        events,
        catchUpPerSecond,
        memoryMb,
        rebuildPerSecond: await perSecond(events, () =>
          rebuildCommand({ store, database, projections: PROJECTIONS, logger: silent }),
        ),
        readPerSecond: await perSecond(events, () => readAll(store)),
        insertPerSecond: await perSecond(events, () => insertAll(store, database)),
      };
      print(figures);
      return figures;
    } finally {
      await store.close();
      await logDatabase.close();
      await database.close();
    }
  });
}

async function catchUp(store: EventStore, database: Database): Promise<void> {
  const fail = (message: string): void => console.error(message);
  const runner = createProjectionRunner({
    store,
    database,
    projections: PROJECTIONS,
    logger: { ...silent, warn: fail, error: fail },
  });
  await runner.start();
  try {
    await runner.projected(await store.head(), TIMEOUT_MS);
  } finally {
    await runner.stop();
  }
}

async function readAll(store: EventStore): Promise<void> {
  for (let after = START; ;) {
    const last = (await store.readAll(after, BATCH_EVENTS_MAX)).at(-1);
    if (!last) return;
    after = last.position;
  }
}

async function insertAll(store: EventStore, database: Database): Promise<void> {
  await database.query("create table yardstick (position text primary key, stream text, data json)");
  for (let after = START; ;) {
    const page = await store.readAll(after, BATCH_EVENTS_MAX);
    const last = page.at(-1);
    if (!last) return;
    const rows = page.map(({ position, stream, data }) => ({ position, stream, data }));
    await database.query(
      "insert into yardstick select * from json_populate_recordset(null::yardstick, $1::json)",
      [JSON.stringify(rows)],
      "yardstick",
    );
    after = last.position;
  }
}

async function perSecond(events: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round((1_000 * events) / (performance.now() - start));
}

function print(figures: ProjectionFigures): void {
  const { events, catchUpPerSecond, rebuildPerSecond, readPerSecond, insertPerSecond, memoryMb } = figures;
  const ratio = (catchUpPerSecond / insertPerSecond).toFixed(2);
  console.log(`projection of ${events} events of keys, segments and configs (events per second)`);
  console.log(`  catch-up ${catchUpPerSecond}, one plain row per event ${insertPerSecond}: ratio ${ratio}`);
  console.log(
    `  rebuild beside the serving tables ${rebuildPerSecond}; reading the log alone ${readPerSecond}`,
  );
  console.log(`  resident memory of the process ${memoryMb} MB`);
}

async function withOwnDatabase<Result>(
  url: string,
  use: (ownUrl: string) => Promise<Result>,
): Promise<Result> {
  const name = `bench_projections_${randomBytes(4).toString("hex")}`;
  const server = createDatabase(url, { connectionsMax: 1 });
  await server.query(`create database ${name}`);
  try {
    const ownUrl = new URL(url);
    ownUrl.pathname = `/${name}`;
    return await use(ownUrl.href);
  } finally {
    await server.query(`drop database if exists ${name} with (force)`);
    await server.close();
  }
}
