import { CHANGE_COLUMNS } from "../../src/changes/changeColumns";
import type { EventStore } from "../../src/eventstore/eventStore";
import { createMemoryEventStore } from "../../src/eventstore/memory";
import { createUpcast } from "../../src/eventstore/upcasters";
import { DatabaseUnavailable, type Database } from "../../src/postgres/database";
import { NotProjected } from "../../src/projections/positionBoard";
import {
  createProjectionRunner,
  type ProjectionRunner,
  type ProjectionRunnerOptions,
} from "../../src/projections/runner";
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

describe("the projection runner", () => {
  let server: ThingsDatabase;
  let store: EventStore;
  let database: Database;
  let logger: ReturnType<typeof collectingLogger>;
  const running: ProjectionRunner[] = [];

  beforeEach(async () => {
    server = await thingsDatabase();
    database = server.open();
    store = createMemoryEventStore();
    logger = collectingLogger();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((runner) => runner.stop()));
    await server.drop();
  });

  async function startRunner(
    options: Partial<Pick<ProjectionRunnerOptions, "database" | "batchEventsMax" | "store" | "upcast">> = {},
  ) {
    const runner = createProjectionRunner({
      store,
      database,
      logger,
      projections: [thingsProjection],
      leaseDurationMs: LEASE_MS,
      ...options,
    });
    running.push(runner);
    await runner.start();
    return runner;
  }

  const state = (runner: ProjectionRunner) => runner.status()[0]?.state;
  const count = async (what: string): Promise<number> =>
    Number((await database.query<{ count: number }>(`select count(*) as count from ${what}`))[0]?.count);

  it("shows a change once its position is projected", async () => {
    const runner = await startRunner();
    const write = createWriter(store, "shop");
    await write("ThingMade", { name: "lamp" });
    await runner.projected(await write("ThingGrown", { name: "lamp", size: 5 }));
    const [row] = await database.query("select name, size, lower_name from models.things");
    expect(row).toEqual({ name: "lamp", size: 5, lower_name: "lamp" });
    expect(runner.status()).toEqual([
      expect.objectContaining({ name: "control", state: "RUNNING", failure: null }),
    ]);
  });

  it("makes the same tables of the same events, however they are cut into batches", async () => {
    const position = await writeHistory(createWriter(store, "shop"), 300, seededRandom(7));
    const seen: unknown[] = [];
    for (const batchEventsMax of [1, 7, 1_000]) {
      await database.query("truncate models.things, models.links, models.changes");
      await database.query("delete from server.checkpoints");
      const runner = await startRunner({ batchEventsMax });
      await runner.projected(position!);
      await runner.stop();
      seen.push(await contents(database));
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
  });

  it("writes a change for every event of an app with the entity before and after, and none for the instance", async () => {
    const runner = await startRunner();
    await createWriter(store, "instance")("AppRegistered", { slug: "shop", name: "Shop" });
    const write = createWriter(store, "shop");
    await write("AppCreated", { slug: "shop", name: "Shop" });
    await write("ThingMade", { name: "lamp" });
    await runner.projected(await write("ThingGrown", { name: "lamp", size: 5 }));
    const rows = await database.query(
      `select revision, type, kind, entity, actor, before, after
         from (select ${CHANGE_COLUMNS} from models.changes) shown order by revision`,
    );
    const lamp = { kind: "Thing", entity: "thing_shop_lamp", actor: "tester" };
    const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;
    expect(rows).toEqual([
      {
        revision: 0,
        type: "AppCreated",
        kind: "App",
        entity: "app_shop",
        actor: "tester",
        before: null,
        after: null,
      },
      {
        ...lamp,
        revision: 1,
        type: "ThingMade",
        before: null,
        after: { name: "lamp", size: 0, touchedAt: at(1) },
      },
      {
        ...lamp,
        revision: 2,
        type: "ThingGrown",
        before: { name: "lamp", size: 0, touchedAt: at(1) },
        after: { name: "lamp", size: 5, touchedAt: at(2) },
      },
    ]);
  });

  it("need not read from the log what this process appends, nor a row that it has written", async () => {
    let [logReads, rowReads] = [0, 0];
    const counting: EventStore = {
      ...store,
      readAll: (...read) => {
        logReads++;
        return store.readAll(...read);
      },
    };
    const counted: Database = {
      ...database,
      query: (text, ...rest) => {
        if (text.includes("from unnest($1::text[], $2::text[]) wanted")) rowReads++;
        return database.query(text, ...rest);
      },
    };
    const runner = await startRunner({ store: counting, database: counted });
    const write = createWriter(store, "shop");
    await runner.projected(await write("ThingMade", { name: "lamp" }));
    for (let index = 0; index < 60; index++) {
      await runner.projected(await write("ThingGrown", { name: "lamp", size: 1 }));
    }
    expect(await database.query("select size from models.things")).toEqual([{ size: 60 }]);
    // It does both once in a while, when it has nothing else to do.
    expect(logReads).toBeLessThan(30);
    expect(rowReads).toBeLessThan(30);
    expect(rowReads).toBeGreaterThan(0);
  });

  it("reads from the log what stands before that which it is handed", async () => {
    let isDeaf = false;
    const listening: EventStore = {
      ...store,
      onAppended: (listener) => store.onAppended((wake) => void (isDeaf || listener(wake))),
    };
    const runner = await startRunner({ store: listening });
    const write = createWriter(store, "shop");
    await runner.projected(await write("ThingMade", { name: "lamp" }));
    isDeaf = true;
    await write("ThingGrown", { name: "lamp", size: 1 });
    isDeaf = false;
    await runner.projected(await write("ThingGrown", { name: "lamp", size: 10 }));
    expect(await database.query("select size from models.things")).toEqual([{ size: 11 }]);
    expect(await count("models.changes")).toBe(3);
  });

  it("forgets the rows that it keeps when another server has moved the checkpoint", async () => {
    let isDeaf = false;
    const listening: EventStore = {
      ...store,
      onAppended: (listener) => store.onAppended((wake) => void (isDeaf || listener(wake))),
    };
    const runner = await startRunner({ store: listening });
    const write = createWriter(store, "shop");
    await runner.projected(await write("ThingMade", { name: "lamp" }));
    isDeaf = true;
    const position = await write("ThingGrown", { name: "lamp", size: 100 });
    await database.transaction(async (connection) => {
      await connection.query("update models.things set size = 100");
      await connection.query("update server.checkpoints set position = $1", [position]);
    });
    isDeaf = false;
    await runner.projected(await write("ThingGrown", { name: "lamp", size: 1 }));
    expect(await database.query("select size from models.things")).toEqual([{ size: 101 }]);
  });

  it("brings what it is handed to the present shape, as it does with what it reads", async () => {
    const upcast = createUpcast({
      current: new Map([
        ["ThingMade", 1],
        ["ThingGrown", 2],
      ]),
      upcasters: new Map([["ThingGrown", [(data) => ({ ...(data as object), size: 7 })]]]),
    });
    const runner = await startRunner({ upcast });
    const write = createWriter(store, "shop");
    await runner.projected(await write("ThingMade", { name: "lamp" }));
    for (let index = 0; index < 3; index++) {
      await runner.projected(await write("ThingGrown", { name: "lamp", size: 1 }));
    }
    expect(await database.query("select size from models.things")).toEqual([{ size: 21 }]);
  });

  it("moves rows and checkpoint together, also when its connection is killed in between", async () => {
    const runner = await startRunner();
    const write = createWriter(store, "shop");
    await runner.projected(await write("ThingMade", { name: "lamp" }));
    const position = await database.transaction(async (connection) => {
      // The write of the batch has to wait for this row, and is killed while it waits.
      await connection.query("select from server.checkpoints for update");
      const appended = await write("ThingGrown", { name: "lamp", size: 1 });
      await until("the batch waits", async () => (await waitingBackends(database)) > 0);
      await database.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return appended;
    });
    await runner.projected(position);
    expect(await database.query("select size from models.things")).toEqual([{ size: 1 }]);
    expect(await count("models.changes")).toBe(2);
    expect(logger.lines.filter((line) => line.startsWith("warn"))).toHaveLength(1);
  });

  it("goes on by itself after the database was away", async () => {
    let isAway = false;
    const unreliable: Database = {
      ...database,
      query: (...query) => {
        if (isAway) return Promise.reject(new DatabaseUnavailable("away"));
        return database.query(...query);
      },
    };
    const runner = await startRunner({ database: unreliable });
    isAway = true;
    const position = await createWriter(store, "shop")("ThingMade", { name: "lamp" });
    await expect(runner.projected(position, 200)).rejects.toThrow("within 200 ms");
    isAway = false;
    await runner.projected(position);
    expect(await count("models.things")).toBe(1);
  });

  it("applies each event once with two servers, and both can wait for it", async () => {
    const first = await startRunner({ database: server.open() });
    const second = await startRunner({ database: server.open() });
    const write = createWriter(store, "shop");
    await write("ThingMade", { name: "lamp" });
    for (let index = 0; index < 50; index++) {
      const position = await write("ThingGrown", { name: "lamp", size: 1 });
      await Promise.all([first.projected(position), second.projected(position)]);
    }
    expect(await database.query("select size from models.things")).toEqual([{ size: 50 }]);
    expect([state(first), state(second)]).toEqual(["RUNNING", "FOLLOWING"]);
  });

  it("applies each event once when two servers both believe that it is theirs", async () => {
    // Leases under names of their own exclude nobody; only the compare-and-set is left to do so.
    let owners = 0;
    const unleased = (): Database => {
      const pool = server.open();
      const owner = owners++;
      return {
        ...pool,
        query: (text, parameters, name) =>
          text.includes("server.leases")
            ? pool.query(text, [`${String(parameters?.[0])} ${owner}`, ...(parameters ?? []).slice(1)], name)
            : pool.query(text, parameters, name),
      };
    };
    const first = await startRunner({ database: unleased(), batchEventsMax: 5 });
    const second = await startRunner({ database: unleased(), batchEventsMax: 5 });
    const write = createWriter(store, "shop");
    await write("ThingMade", { name: "lamp" });
    const grown = Array.from({ length: 400 }, () => ({ name: "lamp", size: 1 }));
    for (const one of grown) await write("ThingGrown", one);
    const position = await write("ThingGrown", { name: "lamp", size: 1 });
    await Promise.all([first.projected(position), second.projected(position)]);
    expect([state(first), state(second)]).toEqual(["RUNNING", "RUNNING"]);
    expect(await database.query("select size from models.things")).toEqual([{ size: 401 }]);
    expect(await count("models.changes")).toBe(402);
  });

  it("is taken over within seconds when a server is cut off", async () => {
    let isCutOff = false;
    const cut: Database = {
      ...database,
      query: (...query) =>
        isCutOff ? Promise.reject(new DatabaseUnavailable("cut off")) : database.query(...query),
    };
    await startRunner({ database: cut });
    const second = await startRunner({ database: server.open() });
    isCutOff = true;
    const position = await createWriter(store, "shop")("ThingMade", { name: "lamp" });
    await second.projected(position);
    expect(state(second)).toBe("RUNNING");
  });

  it("is taken over at once when a server stops", async () => {
    const first = await startRunner();
    const second = await startRunner({ database: server.open() });
    await first.stop();
    await second.projected(await createWriter(store, "shop")("ThingMade", { name: "lamp" }));
    await until("the second server runs it", () => state(second) === "RUNNING");
    expect(state(first)).toBe("STOPPED");
  });

  describe("at an event that it cannot project", () => {
    it("stops right before it, says so everywhere, and skips nothing", async () => {
      const write = createWriter(store, "shop");
      await write("ThingMade", { name: "lamp" });
      await write("ThingGrown", { name: "lamp", size: 1 });
      const good = await write("ThingGrown", { name: "lamp", size: 1 });
      await write("ThingPoisoned", { name: "lamp" });
      const bad = await write("ThingGrown", { name: "lamp", size: 1 });

      const runner = await startRunner();
      const other = await startRunner({ database: server.open() });
      await Promise.all([runner.projected(good), other.projected(good)]);
      await until("both report it", () => [runner, other].every((one) => state(one) === "FAILED"));

      expect(await database.query("select size from models.things")).toEqual([{ size: 2 }]);
      for (const one of [runner, other]) {
        await expect(one.projected(bad)).rejects.toThrow(NotProjected);
        expect(one.status()[0]?.failure).toMatch(/ThingPoisoned, revision 3 of app-shop.*never understood/);
      }
      expect(logger.lines.some((line) => line.startsWith("error"))).toBe(true);
    });

    it("stops at a row that breaks a constraint in the same way", async () => {
      const write = createWriter(store, "shop");
      await write("ThingMade", { name: "lamp" }, { name: "desk" });
      await write("ThingLinked", { name: "lamp", label: "same" });
      const good = await write("ThingGrown", { name: "lamp", size: 3 });
      await write("ThingLinked", { name: "desk", label: "same" });
      const runner = await startRunner();
      await runner.projected(good);
      await until("it reports", () => state(runner) === "FAILED");
      expect(runner.status()[0]?.failure).toMatch(
        /revision 4 of app-shop.*(one_link_per_label|labels_apart)/,
      );
      expect(await count("models.links")).toBe(1);
      expect(await count("models.changes")).toBe(4);
    });

    it("rejects those who wait already, at once", async () => {
      const runner = await startRunner();
      const position = await createWriter(store, "shop")("ThingPoisoned", { name: "lamp" });
      await expect(runner.projected(position, 60_000)).rejects.toThrow("stands still");
    });

    it("tries again when it is started anew, and the servers that gave up go on too", async () => {
      const write = createWriter(store, "shop");
      const position = await write("ThingPoisoned", { name: "lamp" });
      const stuck = await startRunner();
      await until("it reports", () => state(stuck) === "FAILED");

      const mended: EventStore = {
        ...store,
        readAll: async (...read) =>
          (await store.readAll(...read)).map((event) => ({
            ...event,
            type: event.type.replace("Poisoned", "Made"),
          })),
      };
      const runner = await startRunner({ database: server.open(), store: mended });
      await runner.projected(position);
      await until("the other one sees it", () => state(stuck) === "FOLLOWING");
      await stuck.projected(position);
      expect(stuck.status()[0]?.failure).toBeNull();
    });
  });
});

async function waitingBackends(database: Database): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    "select count(*) as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return Number(row?.count);
}
