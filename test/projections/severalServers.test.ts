import type { EventStore, Position } from "../../src/eventstore/eventStore";
import { createPostgresEventStore } from "../../src/eventstore/postgres";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { createProjectionRunner, type ProjectionRunner } from "../../src/projections/runner";
import { freshDatabase } from "../support/postgres";
import { until } from "../support/until";
import {
  collectingLogger,
  contents,
  createWriter,
  seededRandom,
  THINGS_DDL,
  thingsProjection,
  writeHistory,
} from "./things";

const EVENTS = 150;

/** A log and read models in one database, and servers that each append over a store of their own. */
describe("several servers on one log", () => {
  let url: string;
  let drop: () => Promise<void>;
  let database: Database;
  const servers: { runner: ProjectionRunner; store: EventStore; own: Database }[] = [];

  beforeEach(async () => {
    ({ url, drop } = await freshDatabase({ migrated: true }));
    database = createDatabase(url, { connectionsMax: 2 });
    await database.query(THINGS_DDL);
  });
  afterEach(async () => {
    for (const { runner, store, own } of servers.splice(0)) {
      await runner.stop();
      await store.close();
      await own.close();
    }
    await database.close();
    await drop();
  });

  async function startServer() {
    const own = createDatabase(url, { connectionsMax: 3 });
    const store = createPostgresEventStore({ database: own, url });
    const logger = collectingLogger();
    const runner = createProjectionRunner({ store, database: own, logger, projections: [thingsProjection] });
    servers.push({ runner, store, own });
    await runner.start();
    return { runner, store };
  }

  it("project the events of all of them in the order of the log, whoever appended them", async () => {
    const first = await startServer();
    await until("one leads", () => first.runner.status()[0]?.state === "RUNNING");
    const second = await startServer();
    const stores = [first.store, second.store, first.store, second.store];
    const positions = await Promise.all(
      stores.map((store, index) =>
        writeHistory(createWriter(store, `shop-${index}`), EVENTS, seededRandom(index + 1)),
      ),
    );
    const last = positions.reduce((a, b) => (a! > b! ? a : b))! as Position;
    await Promise.all([first.runner.projected(last), second.runner.projected(last)]);
    const projected = await contents(database);

    for (const { runner } of servers) await runner.stop();
    await database.query("truncate models.things, models.links, models.changes");
    await database.query("update server.checkpoints set position = ''");
    const third = await startServer();
    await third.runner.projected(last);
    expect(await contents(database)).toEqual(projected);
  });
});
