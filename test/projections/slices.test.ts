import { writeProjectionHistory } from "../../bench/projectionHistory";
import { createMemoryEventStore } from "../../src/eventstore/memory";
import { PROJECTIONS } from "../../src/parts";
import { migrate } from "../../src/postgres/migrations";
import { silent } from "../../src/lib/logger";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import type { Projection, Rows } from "../../src/projections/projection";
import { createProjectionRunner } from "../../src/projections/runner";
import { rebuildCommand } from "../../src/projections/rebuildCommand";
import { deepFreeze } from "../../src/evaluation/deepFreeze";
import { MIGRATIONS_FOLDER, freshDatabase } from "../support/postgres";
import { collectingLogger } from "./things";

const EVENTS = 3_000;
const APPS = 5;
const TABLES = PROJECTIONS.flatMap(({ tables }) => tables.map(({ name }) => name));

describe("the read model of all slices", () => {
  let database: Database;
  let drop: () => Promise<void>;
  const store = createMemoryEventStore();

  beforeAll(async () => {
    const fresh = await freshDatabase();
    await migrate(fresh.url, MIGRATIONS_FOLDER, silent);
    database = createDatabase(fresh.url, { connectionsMax: 4 });
    drop = async () => {
      await database.close();
      await fresh.drop();
    };
    await writeProjectionHistory(store, EVENTS, APPS);
  });
  afterAll(() => drop());

  async function project(projections: readonly Projection[], batchEventsMax?: number): Promise<void> {
    const logger = collectingLogger();
    const batches = batchEventsMax === undefined ? {} : { batchEventsMax };
    const runner = createProjectionRunner({ store, database, projections, logger, ...batches });
    await runner.start();
    try {
      await runner.projected(await store.head(), 60_000);
    } finally {
      await runner.stop();
    }
    expect(logger.lines).toEqual([]);
  }

  async function contents(): Promise<Map<string, string[]>> {
    const entries = TABLES.map(async (table): Promise<[string, string[]]> => {
      const rows = await database.query<{ text: string }>(
        `select row_to_json(t)::text as text from models.${table} t order by 1`,
      );
      return [table, rows.map(({ text }) => text)];
    });
    return new Map(await Promise.all(entries));
  }

  it("is the same in batches of any size and after a rebuild, and changes no row or event in place", async () => {
    await project(PROJECTIONS.map(frozen));
    const first = await contents();
    expect(first.get("changes")?.length).toBeGreaterThan(EVENTS * 0.9);

    await database.query(`truncate ${TABLES.map((name) => `models.${name}`).join(", ")}`);
    await database.query("delete from server.checkpoints");
    await project(PROJECTIONS, 37);
    expect(await contents()).toEqual(first);

    await rebuildCommand({ store, database, projections: PROJECTIONS, logger: silent });
    expect(await contents()).toEqual(first);
  }, 120_000);
});

/** The projection, over rows and events that cannot be changed in place. */
function frozen(projection: Projection): Projection {
  return {
    ...projection,
    apply(event, rows) {
      projection.apply(deepFreeze(event), frozenRows(rows));
    },
  };
}

function frozenRows(rows: Rows): Rows {
  return {
    get(table, key) {
      const row = rows.get(table, key);
      return row === undefined ? undefined : deepFreeze(row);
    },
    put: (table, row) => rows.put(table, deepFreeze(row)),
    remove: (table, key) => rows.remove(table, key),
  };
}
