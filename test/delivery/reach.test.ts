import { createDeliveries } from "../../src/delivery/deliveries";
import { findReach, type ReachAsked } from "../../src/delivery/findReach";
import { createReach, type ReachOptions } from "../../src/delivery/reach";
import { pruneDeliveries } from "../../src/delivery/pruneDeliveries";
import { compile } from "../../src/evaluation/compile";
import { evaluate } from "../../src/evaluation/evaluate";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { sourceOf } from "../evaluation/rulesetSource";
import { freshDatabase } from "../support/postgres";

const NOON = Date.UTC(2026, 2, 28, 12);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const fresh = { url: "", drop: async () => undefined as void };
let database: Database;

beforeEach(async () => {
  Object.assign(fresh, await freshDatabase({ migrated: true }));
  database = createDatabase(fresh.url);
});
afterEach(async () => {
  await database.close();
  await fresh.drop();
});

const fail = (error: unknown): never => {
  throw error;
};
const rulesetOf = (version: number, environment = "production") =>
  compile({
    ...sourceOf({
      keys: ["a", "b", "alone"].map((name) => ({ name, defaultValue: 1, isVisibleToClients: true })),
      publications: [{ kind: "Config", id: "config_1", version, keys: ["a", "b"], rules: [] }],
    }),
    environment,
  });
const FIRST = rulesetOf(1);
const SECOND = rulesetOf(2);

function opened(part: Partial<ReachOptions> = {}) {
  const options = { database, report: fail, timeZoneOf: () => Promise.resolve("UTC"), ...part };
  const { count, flush } = createDeliveries({ ...options, reach: createReach(options) });
  return {
    flush,
    /** Users from the first to before the last number are given keys at an instant. */
    give(from: number, to: number, { ruleset = FIRST, atMs = NOON, keys = ["a", "b"] } = {}) {
      for (let user = from; user < to; user += 1) {
        const id = `user-${user}`;
        count(ruleset, evaluate(ruleset, { id, properties: {} }, atMs, keys), id, atMs);
      }
    },
  };
}

const reached = (part: Partial<ReachAsked> = {}) =>
  findReach(database, {
    ...{ source: "config_1", environment: "production", timeZone: "UTC" },
    ...{ from: "2026-03-28T00:00:00Z", to: "2026-03-30T00:00:00Z", ...part },
  });

describe("whom a config reached", () => {
  it("are different users, whatever they were given, how often, and by which server", async () => {
    const servers = [opened(), opened(), opened()];
    for (let round = 0; round < 3; round += 1) {
      // Users 0 to 19, of whom the servers share some.
      servers.forEach(({ give }, index) => give(index * 5, index * 5 + 10));
      await Promise.all(servers.map(({ flush }) => flush()));
    }
    expect(await reached()).toEqual({
      users: 20,
      days: [
        { at: "2026-03-28T00:00:00.000Z", users: 20 },
        { at: "2026-03-29T00:00:00.000Z", users: 0 },
      ],
      byKey: [
        { key: "a", users: 20 },
        { key: "b", users: 20 },
      ],
      byVersion: [{ version: 1, users: 20 }],
    });
  });

  it("are told by day, key and version, and together each once", async () => {
    const { give, flush } = opened();
    give(0, 10);
    give(5, 20, { keys: ["b", "alone"], ruleset: SECOND, atMs: NOON + DAY_MS });
    await flush();
    expect(await reached()).toEqual({
      users: 20,
      days: [
        { at: "2026-03-28T00:00:00.000Z", users: 10 },
        { at: "2026-03-29T00:00:00.000Z", users: 15 },
      ],
      byKey: [
        { key: "a", users: 10 },
        { key: "b", users: 20 },
      ],
      byVersion: [
        { version: 2, users: 15 },
        { version: 1, users: 10 },
      ],
    });
  });

  it("are those of one environment, and of the days that are asked for", async () => {
    const { give, flush } = opened();
    give(0, 4, { ruleset: rulesetOf(1, "staging") });
    give(0, 2, { atMs: NOON - DAY_MS });
    give(0, 3);
    give(0, 5, { atMs: NOON + 2 * DAY_MS });
    await flush();
    expect((await reached()).users).toBe(3);
    expect((await reached({ to: "2026-03-30T00:00:00.001Z" })).users).toBe(5);
    expect((await reached({ environment: "staging" })).users).toBe(4);
    expect((await reached({ source: "config_2" })).users).toBe(0);
  });

  it("are of days of the app's time zone, also where clocks are changed", async () => {
    const timeZone = "Europe/Berlin";
    const { give, flush } = opened({ timeZoneOf: () => Promise.resolve(timeZone) });
    // Clocks went forward on March 29: that day begins at 23:00 UTC, and the next one at 22:00 UTC.
    give(0, 1, { atMs: Date.UTC(2026, 2, 28, 22, 59) });
    give(0, 2, { atMs: Date.UTC(2026, 2, 28, 23) });
    give(2, 4, { atMs: Date.UTC(2026, 2, 29, 21, 59) });
    give(0, 8, { atMs: Date.UTC(2026, 2, 29, 22) });
    await flush();
    const { days } = await reached({ timeZone, from: "2026-03-28T12:00:00Z", to: "2026-03-30T12:00:00Z" });
    expect(days).toEqual([
      { at: "2026-03-27T23:00:00.000Z", users: 1 },
      { at: "2026-03-28T23:00:00.000Z", users: 4 },
      { at: "2026-03-29T22:00:00.000Z", users: 8 },
    ]);
  });

  it("are known by many rows, read page by page", async () => {
    const keys = Array.from({ length: 1_201 }, (_, index) => `k${index}`);
    const ruleset = compile(
      sourceOf({
        keys: keys.map((name) => ({ name, defaultValue: 1, isVisibleToClients: true })),
        publications: [{ kind: "Config", id: "config_1", version: 1, keys, rules: [] }],
      }),
    );
    const { give, flush } = opened();
    give(0, 3, { ruleset, keys });
    await flush();
    const { byKey } = await reached();
    expect(byKey).toHaveLength(keys.length);
    expect(new Set(byKey.map(({ users }) => users))).toEqual(new Set([3]));
  });
});

describe("who was reached is written", () => {
  it("later while the database is away, with those who came meanwhile", async () => {
    let isAway = true;
    const away: Pick<Database, "transaction"> = {
      transaction: (work) => (isAway ? Promise.reject(new Error("away")) : database.transaction(work)),
    };
    const { give, flush } = opened({ database: away });
    give(0, 5);
    await expect(flush()).rejects.toThrow("away");
    give(3, 9);
    await expect(flush()).rejects.toThrow("away");
    isAway = false;
    await flush();
    expect((await reached()).users).toBe(9);
  });

  it("not every time that counts are, and then with all who came since", async () => {
    const { give, flush } = opened();
    give(0, 5);
    await flush(false);
    expect((await reached()).users).toBe(0);
    give(3, 7);
    await flush();
    expect((await reached()).users).toBe(7);
  });

  it("for so many versions and keys, and what is more is reported once", async () => {
    const reports: unknown[] = [];
    const { give, flush } = opened({ sketchesMax: 2, report: (error) => reports.push(error) });
    give(0, 3);
    expect(reports).toEqual([]);
    give(0, 3, { ruleset: SECOND });
    give(0, 3, { atMs: NOON + HOUR_MS });
    expect(reports).toEqual([new Error("Who is reached by more than 2 versions is not known.")]);
    await flush();
    expect((await reached()).byVersion).toEqual([{ version: 1, users: 3 }]);
    give(0, 3, { ruleset: SECOND });
    await flush();
    expect((await reached()).byVersion).toHaveLength(2);
  });

  it("and deleted when it is too old, to the day", async () => {
    const { give, flush } = opened();
    give(0, 3);
    give(0, 4, { atMs: NOON + DAY_MS });
    await flush();
    await pruneDeliveries(database, { keptDays: 10, nowMs: NOON + 11 * DAY_MS, goesOn: () => true });
    expect((await reached()).days).toEqual([
      { at: "2026-03-28T00:00:00.000Z", users: 0 },
      { at: "2026-03-29T00:00:00.000Z", users: 4 },
    ]);
  });
});
