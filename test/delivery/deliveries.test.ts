import { createDeliveries, BATCH_ROWS_MAX } from "../../src/delivery/deliveries";
import { createReach, type Reach } from "../../src/delivery/reach";
import { compile } from "../../src/evaluation/compile";
import { evaluate } from "../../src/evaluation/evaluate";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { ruleOf, sourceOf } from "../evaluation/rulesetSource";
import { freshDatabase } from "../support/postgres";

const NOON = Date.UTC(2026, 0, 1, 12);
const HOUR_MS = 3_600_000;
const fresh = { url: "", drop: async () => undefined as void };
let database: Database;
let reach: Reach;

beforeEach(async () => {
  Object.assign(fresh, await freshDatabase({ migrated: true }));
  database = createDatabase(fresh.url);
  reach = createReach({ database, report: fail, timeZoneOf: () => Promise.resolve("UTC") });
});
afterEach(async () => {
  await database.close();
  await fresh.drop();
});

const fail = (error: unknown): never => {
  throw error;
};
const keysNamed = (count: number) =>
  Array.from({ length: count }, (_, index) => `k${String(index).padStart(5, "0")}`);

function rulesetOf(keys: readonly string[]) {
  return compile(
    sourceOf({
      keys: keys.map((name) => ({ name, defaultValue: 1, isVisibleToClients: true })),
      publications: [{ kind: "Config", id: "config_1", version: 1, keys, rules: [ruleOf({ id: "r" })] }],
    }),
  );
}

const RULESET = rulesetOf(["a", "b"]);
const answers = evaluate(RULESET, { id: "u", properties: {} }, NOON);

async function stored(): Promise<unknown> {
  return database.query(
    `select outcomes.key, to_char(counts.hour at time zone 'UTC', 'HH24:MI') as hour, counts.count::integer
       from delivery.counts join delivery.outcomes on outcomes.id = counts.outcome order by 1, 2`,
  );
}

describe("what was counted is written", () => {
  it("for each hour, by several servers at once, and together with what stands there", async () => {
    const servers = [0, 1, 2].map(() => createDeliveries({ database, reach, report: fail }));
    for (let round = 0; round < 5; round += 1) {
      for (const { count } of servers) {
        count(RULESET, answers, "u", NOON + 1);
        count(RULESET, answers.slice(1), "u", NOON + HOUR_MS);
      }
      await Promise.all(servers.map(({ flush }) => flush()));
    }
    expect(await stored()).toEqual([
      { key: "a", hour: "12:00", count: 15 },
      { key: "b", hour: "12:00", count: 15 },
      { key: "b", hour: "13:00", count: 15 },
    ]);
  });

  it("once, when nobody knows whether it was", async () => {
    let isLosing = true;
    const losing: Pick<Database, "transaction"> = {
      async transaction(work) {
        const result = await database.transaction(work);
        if (isLosing) throw new Error("The answer was lost.");
        return result;
      },
    };
    const { count, flush } = createDeliveries({ database: losing, reach, report: fail });
    count(RULESET, answers, "u", NOON);
    await expect(flush()).rejects.toThrow("lost");
    // What comes meanwhile is not mixed with it.
    count(RULESET, answers, "u", NOON);
    await expect(flush()).rejects.toThrow("lost");
    isLosing = false;
    await flush();
    await flush();
    expect(await stored()).toEqual([
      { key: "a", hour: "12:00", count: 2 },
      { key: "b", hour: "12:00", count: 2 },
    ]);
  });

  it("later while the database is away: as many outcomes as are kept, and the rest is told of", async () => {
    let isAway = true;
    const away: Pick<Database, "transaction"> = {
      transaction: (work) => (isAway ? Promise.reject(new Error("away")) : database.transaction(work)),
    };
    const reports: unknown[] = [];
    const { count, flush } = createDeliveries({
      ...{ database: away, reach, keptRowsMax: 3 },
      report: (error) => reports.push(error),
    });
    count(RULESET, answers, "u", NOON);
    await expect(flush()).rejects.toThrow("away");
    for (const hour of [1, 2]) count(RULESET, answers, "u", NOON + hour * HOUR_MS);
    count(RULESET, answers, "u", NOON + HOUR_MS);
    await expect(flush()).rejects.toThrow("away");
    expect(reports).toEqual([new Error("1 deliveries are not counted: the database is away for too long.")]);
    isAway = false;
    await flush();
    expect(await stored()).toEqual([
      { key: "a", hour: "12:00", count: 1 },
      { key: "a", hour: "13:00", count: 2 },
      { key: "a", hour: "14:00", count: 1 },
      { key: "b", hour: "12:00", count: 1 },
      { key: "b", hour: "13:00", count: 2 },
    ]);
  });

  it("in several batches where it is more than one takes", async () => {
    const ruleset = rulesetOf(keysNamed(BATCH_ROWS_MAX + 1));
    const { count, flush } = createDeliveries({ database, reach, report: fail });
    count(ruleset, evaluate(ruleset, { id: "u", properties: {} }, NOON), "u", NOON);
    await flush();
    expect(await database.query("select count(*)::integer as n from delivery.batches")).toEqual([{ n: 2 }]);
    const [{ sum } = { sum: 0 }] = await database.query<{ sum: number }>(
      "select sum(count)::integer as sum from delivery.counts",
    );
    expect(sum).toBe(BATCH_ROWS_MAX + 1);
  });
});
