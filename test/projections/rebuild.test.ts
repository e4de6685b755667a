import type { EventStore } from "../../src/eventstore/eventStore";
import { START } from "../../src/eventstore/eventStore";
import { createMemoryEventStore } from "../../src/eventstore/memory";
import { silent } from "../../src/lib/logger";
import type { Database } from "../../src/postgres/database";
import { projectBatch, type BatchTarget } from "../../src/projections/batch";
import { ensureCheckpoint, readCheckpoint } from "../../src/projections/checkpoint";
import type { Projection } from "../../src/projections/projection";
import { RebuildRuns } from "../../src/projections/rebuild";
import { rebuildCommand } from "../../src/projections/rebuildCommand";
import { createProjectionRunner, type ProjectionRunner } from "../../src/projections/runner";
import { readShapes } from "../../src/projections/tableShape";
import { until } from "../support/until";
import {
  collectingLogger,
  contents,
  createWriter,
  seededRandom,
  thingsDatabase,
  writeHistory,
} from "./things";
import { thingsProjection, type ThingsDatabase } from "./things";

const LEASE_MS = 600;

describe("a rebuild", () => {
  let server: ThingsDatabase;
  let store: EventStore;
  let database: Database;
  const running: ProjectionRunner[] = [];

  beforeEach(async () => {
    server = await thingsDatabase();
    database = server.open();
    store = createMemoryEventStore();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((runner) => runner.stop()));
    await server.drop();
  });

  async function startRunner(projection: Projection = thingsProjection, logger = collectingLogger()) {
    const options = { store, database, logger, projections: [projection], leaseDurationMs: LEASE_MS };
    const runner = createProjectionRunner(options);
    running.push(runner);
    await runner.start();
    return runner;
  }
  const rebuild = (projection: Projection = thingsProjection, name?: string) =>
    rebuildCommand({
      store,
      database: server.open(),
      projections: [projection],
      logger: silent,
      ...(name === undefined ? {} : { name }),
    });

  it("gives the same rows and the same structure", async () => {
    const runner = await startRunner();
    const position = await writeHistory(createWriter(store, "shop"), 400, seededRandom(3));
    await runner.projected(position!);
    const [rowsBefore, structureBefore] = [await contents(database), await structure(database)];

    const results = await rebuild();
    expect(results.get("control")?.events).toBe(400);
    expect(await contents(database)).toEqual(rowsBefore);
    const structureAfter = await structure(database);
    expect(structureAfter).toEqual(structureBefore);
    expect(JSON.stringify(structureAfter)).toContain("DEFERRABLE INITIALLY DEFERRED");
    expect(await database.query("select to_regnamespace('models_next') as left_over")).toEqual([
      { left_over: null },
    ]);

    // And once more, since the second one clones what the first one made.
    await rebuild();
    expect(await structure(database)).toEqual(structureBefore);
  });

  it("mends rows that somebody damaged, while writes go on and queries are answered", async () => {
    const runner = await startRunner();
    const write = createWriter(store, "shop");
    const random = seededRandom(5);
    await runner.projected((await writeHistory(write, 1_500, random))!);
    await database.query("update models.things set size = 1000000");

    let isOver = false;
    let answers = 0;
    const failures: unknown[] = [];
    const readers = Array.from({ length: 3 }, async () => {
      const connection = server.open();
      while (!isOver) {
        try {
          const rows = await connection.query(
            "select things.name, links.label from models.things left join models.links on links.app = things.app and links.thing = things.name",
            [],
            "prepared before the switch",
          );
          expect(rows.length).toBeGreaterThan(0);
          answers++;
        } catch (error) {
          failures.push(error);
        }
      }
    });
    await until("the readers read", () => answers > 10);
    const rebuilding = rebuild();
    let position = await write("ThingMade", { name: "written meanwhile" });
    for (let round = 0; round < 100; round++) {
      position = await write("ThingGrown", { name: "written meanwhile", size: 1 });
      await runner.projected(position);
    }
    await rebuilding;
    const answersThen = answers;
    position = await write("ThingGrown", { name: "written meanwhile", size: 1 });
    await runner.projected(position);
    await until("the readers read on", () => answers > answersThen + 10);
    isOver = true;
    await Promise.all(readers);

    expect(failures).toEqual([]);
    const rebuilt = await contents(database);
    await database.query("truncate models.things, models.links, models.changes");
    await database.query("update server.checkpoints set position = ''");
    await until("all is projected anew", async () => {
      const [row] = await database.query<{ position: string }>("select position from server.checkpoints");
      return row?.position === position;
    });
    expect(rebuilt).toEqual(await contents(database));
  }, 60_000);

  it("makes servers forget the rows that they read before it, also when it came no further than they", async () => {
    const write = createWriter(store, "shop");
    const runner = await startRunner();
    await runner.projected(await write("ThingMade", { name: "lamp" }));
    await runner.stop();
    await database.query("update models.things set size = 1000");
    const misled = await startRunner();
    await misled.projected(await write("ThingGrown", { name: "lamp", size: 1 }));
    expect(await database.query("select size from models.things")).toEqual([{ size: 1001 }]);
    await rebuild();
    await misled.projected(await write("ThingGrown", { name: "lamp", size: 1 }));
    expect(await database.query("select size from models.things")).toEqual([{ size: 2 }]);
  });

  it("lets nobody write what was prepared from the tables before it", async () => {
    await ensureCheckpoint(database, "control", 1);
    const write = createWriter(store, "shop");
    await write("ThingMade", { name: "lamp" });
    const events = await store.readAll(START, 1);
    const shapes = await readShapes(database, "models", thingsProjection.tables);
    const target = { schema: "models", shapes, checkpoint: "control", names: () => undefined };
    const { builds } = await readCheckpoint(database, "control");
    await rebuild();
    await database.query("update server.checkpoints set position = ''");
    const project = (target: BatchTarget) => projectBatch(database, thingsProjection, events, START, target);
    await database.query("truncate models.things, models.links, models.changes");
    expect(await project({ ...target, builds })).toBe(false);
    expect(await project({ ...target, builds: builds + 1 })).toBe(true);
  });

  it("leaves the serving tables as they were when an event cannot be projected", async () => {
    const runner = await startRunner();
    await runner.projected((await writeHistory(createWriter(store, "shop"), 50, seededRandom(1)))!);
    const before = await contents(database);
    const broken: Projection = {
      ...thingsProjection,
      apply(event, rows) {
        if (event.revision === 30) throw new Error("the new code is wrong");
        thingsProjection.apply(event, rows);
      },
    };
    await expect(rebuild(broken)).rejects.toThrow("the new code is wrong");
    expect(await contents(database)).toEqual(before);
    expect(await database.query("select name from server.checkpoints")).toEqual([{ name: "control" }]);
    expect(await database.query("select to_regnamespace('models_next') as left_over")).toEqual([
      { left_over: null },
    ]);
  });

  it("is not done twice at the same time", async () => {
    await startRunner();
    await writeHistory(createWriter(store, "shop"), 500, seededRandom(2));
    const outcomes = await Promise.allSettled([rebuild(), rebuild()]);
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused.map(({ reason }) => reason as unknown)).toEqual([expect.any(RebuildRuns)]);
  });

  it("removes what a rebuild that died has left", async () => {
    await startRunner();
    await database.query("create schema models_next; create table models_next.things (wrong text)");
    await database.query("insert into server.checkpoints values ('control next', 9, 'wrong')");
    await expect(rebuild()).resolves.toBeDefined();
    expect(await database.query("select name, version from server.checkpoints")).toEqual([
      { name: "control", version: thingsProjection.version },
    ]);
  });

  it("refuses a name that no projection has, and lists those there are", async () => {
    await expect(rebuild(thingsProjection, "nothing")).rejects.toThrow(
      'There is no projection "nothing". There are: control.',
    );
  });

  it("waits for a long reader by giving way to everybody else", async () => {
    const runner = await startRunner();
    await runner.projected((await writeHistory(createWriter(store, "shop"), 20, seededRandom(2)))!);
    let rebuilding: Promise<unknown> = Promise.resolve();
    await server.open().transaction(async (connection) => {
      await connection.query("select from models.things");
      rebuilding = rebuild();
      await until("the switch waits for the reader", async () => (await lockWaiters(database)) > 0);
      // Queues behind the switch for no longer than that waits itself.
      await database.query("select from models.things");
      await connection.query("select from models.links");
    });
    await expect(rebuilding).resolves.toBeDefined();
  });

  describe("at the start of a server whose code makes other rows", () => {
    const next: Projection = {
      ...thingsProjection,
      version: thingsProjection.version + 1,
      apply(event, rows) {
        const { name } = event.data as { name: string };
        const data = { ...(event.data as object), size: 42 };
        thingsProjection.apply(name === "lamp" ? { ...event, data } : event, rows);
      },
    };

    it("happens by itself, and the older server leaves the tables to the newer one", async () => {
      const older = await startRunner();
      const write = createWriter(store, "shop");
      await older.projected(await write("ThingMade", { name: "lamp", size: 1 }));
      const newer = await startRunner(next);
      const position = await write("ThingMade", { name: "desk" });
      await newer.projected(position);
      expect(await database.query("select name, size from models.things order by name")).toEqual([
        { name: "desk", size: 0 },
        { name: "lamp", size: 42 },
      ]);
      await until("each knows its part", () => older.status()[0]?.state === "FOLLOWING");
      await older.projected(position);
      await until("the newer one runs it", () => newer.status()[0]?.state === "RUNNING");
    });

    it("stays visible when it fails, while the old tables are still there", async () => {
      const older = await startRunner();
      await older.projected(await createWriter(store, "shop")("ThingMade", { name: "lamp", size: 1 }));
      await older.stop();
      const broken: Projection = {
        ...next,
        apply: () => {
          throw new Error("wrong for every event");
        },
      };
      const logger = collectingLogger();
      const runner = await startRunner(broken, logger);
      await until("it says so", () => runner.status()[0]?.state === "FAILED");
      expect(runner.status()[0]?.failure).toContain("wrong for every event");
      expect(await database.query("select size from models.things")).toEqual([{ size: 1 }]);
      expect(logger.lines.filter((line) => line.startsWith("error"))).toHaveLength(1);
    });
  });
});

/** Columns, constraints, indexes and options of all read model tables. */
async function structure(database: Database): Promise<unknown> {
  return Promise.all([
    database.query(
      `select table_name, column_name, ordinal_position, data_type, is_nullable, column_default, generation_expression
         from information_schema.columns where table_schema = 'models' order by 1, 3`,
    ),
    database.query(
      `select conrelid::regclass::text as table, conname, contype, condeferrable, condeferred, pg_get_constraintdef(oid)
         from pg_constraint where connamespace = 'models'::regnamespace and contype <> 'n' order by 1, 2`,
    ),
    database.query(
      "select tablename, indexname, indexdef from pg_indexes where schemaname = 'models' order by 1, 2",
    ),
    database.query(
      `select relname, reloptions, obj_description(oid) as comment
         from pg_class where relnamespace = 'models'::regnamespace and relkind = 'r' order by 1`,
    ),
  ]);
}

async function lockWaiters(database: Database): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    "select count(*) as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return Number(row?.count);
}
