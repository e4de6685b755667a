import { saveDelivered } from "../../src/delivery/deliveries.queries";
import { openDeliveries } from "../../src/delivery/openDeliveries";
import type { Outcome } from "../../src/delivery/outcome.policy";
import { outcomeId } from "../../src/delivery/outcomeId";
import { OUTCOMES_PER_HOUR_MAX, type NamedRow } from "../../src/delivery/outcomeBound";
import { BATCH_IDS_KEPT_DAYS, PRUNED_ROWS_MAX, pruneDeliveries } from "../../src/delivery/pruneDeliveries";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { freshDatabase } from "../support/postgres";
import { until } from "../support/until";

const NOON = Date.UTC(2026, 0, 1, 12);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const fresh = { url: "", drop: async () => undefined as void };
let database: Database;
let batch = 0;

beforeEach(async () => {
  Object.assign(fresh, await freshDatabase({ migrated: true }));
  database = createDatabase(fresh.url);
});
afterEach(async () => {
  await database.close();
  await fresh.drop();
});

const OUTCOME: Outcome = {
  ...{ app: "shop", environment: "production", key: "a", source: "config_1", version: 1, segment: null },
  ...{ reason: "DEFAULT", value: "1" },
};

const rowOf = (part: Partial<Outcome>, hourMs: number, count = 1): NamedRow => {
  const outcome = { ...OUTCOME, ...part };
  return { outcome, id: outcomeId(outcome), hourMs, count };
};
const valuesFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ value: String(first + index) }));

function save(rows: readonly NamedRow[]): Promise<boolean> {
  batch += 1;
  return saveDelivered(database, { app: "", id: String(batch) }, rows);
}

async function stored(key = "a") {
  const [row] = await database.query<{ outcomes: number; others: number; total: number }>(
    `select count(*)::integer as outcomes, sum(counts.count)::integer as total,
            coalesce(sum(counts.count) filter (where outcomes.value is null), 0)::integer as others
       from delivery.counts join delivery.outcomes on outcomes.id = counts.outcome where outcomes.key = $1`,
    [key],
  );
  return row;
}

describe("of a key in an hour", () => {
  it("so many outcomes are stored, and one more is one of the others", async () => {
    await save(valuesFrom(0, OUTCOMES_PER_HOUR_MAX).map((part) => rowOf(part, NOON)));
    expect(await stored()).toEqual({
      outcomes: OUTCOMES_PER_HOUR_MAX,
      total: OUTCOMES_PER_HOUR_MAX,
      others: 0,
    });
    await save([rowOf({ value: '"one more"' }, NOON, 3), rowOf({ value: '"and one"', version: 7 }, NOON, 4)]);
    expect(await stored()).toEqual({
      outcomes: OUTCOMES_PER_HOUR_MAX + 1,
      total: OUTCOMES_PER_HOUR_MAX + 7,
      others: 7,
    });
  });

  it("what was stored before goes on to be counted by itself", async () => {
    await save(valuesFrom(0, OUTCOMES_PER_HOUR_MAX + 10).map((part) => rowOf(part, NOON)));
    await save([rowOf({ value: "3" }, NOON, 5), rowOf({ value: '"new"' }, NOON, 1)]);
    expect(await stored()).toMatchObject({ total: OUTCOMES_PER_HOUR_MAX + 16, others: 11 });
  });

  it("others still tell of their reason and their config", async () => {
    await save(valuesFrom(0, OUTCOMES_PER_HOUR_MAX).map((part) => rowOf(part, NOON)));
    await save([
      rowOf({ reason: "SPLIT", segment: "segment_1", value: '"x"' }, NOON, 2),
      rowOf({ reason: "SPLIT", segment: "segment_2", value: '"y"' }, NOON, 3),
      rowOf({ source: "config_2", value: '"z"' }, NOON, 4),
    ]);
    const others = await database.query(
      `select outcomes.source, outcomes.reason, outcomes.segment, counts.count::integer
         from delivery.counts join delivery.outcomes on outcomes.id = counts.outcome
        where outcomes.value is null order by 1`,
    );
    expect(others).toEqual([
      { source: "config_1", reason: "SPLIT", segment: null, count: 5 },
      { source: "config_2", reason: "DEFAULT", segment: null, count: 4 },
    ]);
  });

  it("counts for itself: other keys, hours and environments have as many", async () => {
    const many = valuesFrom(0, OUTCOMES_PER_HOUR_MAX);
    await save([
      ...many.map((part) => rowOf(part, NOON)),
      ...many.map((part) => rowOf(part, NOON + HOUR_MS)),
      ...many.map((part) => rowOf({ ...part, key: "b" }, NOON)),
      ...many.map((part) => rowOf({ ...part, environment: "staging" }, NOON)),
    ]);
    expect(await stored("a")).toMatchObject({ total: 3 * OUTCOMES_PER_HOUR_MAX, others: 0 });
    expect(await stored("b")).toMatchObject({ total: OUTCOMES_PER_HOUR_MAX, others: 0 });
  });

  it("several servers together store no more, and lose nothing", async () => {
    const share = OUTCOMES_PER_HOUR_MAX / 2;
    // Each overlaps with the next one.
    await Promise.all(
      [0, 1, 2, 3].map((server) =>
        save(valuesFrom(server * (share / 2), share).map((part) => rowOf(part, NOON))),
      ),
    );
    await Promise.all(
      [10, 20, 30].map((server) => save(valuesFrom(server * 1_000, share).map((part) => rowOf(part, NOON)))),
    );
    expect(await stored()).toMatchObject({ outcomes: OUTCOMES_PER_HOUR_MAX + 1, total: 7 * share });
  });
});

describe("what is too old", () => {
  const KEPT_DAYS = 30;
  const prune = (nowMs: number, goesOn = () => true) =>
    pruneDeliveries(database, { keptDays: KEPT_DAYS, nowMs, goesOn });
  const hours = async () =>
    (
      await database.query<{ ms: number }>(
        "select (extract(epoch from hour) * 1000)::float8 as ms from delivery.counts order by hour",
      )
    ).map(({ ms }) => ms);
  const outcomes = async () =>
    (await database.query<{ value: string }>("select value from delivery.outcomes order by 1")).map(
      ({ value }) => value,
    );

  it("is deleted to the hour, with the outcomes that none is left of", async () => {
    await save([
      rowOf({ value: '"old"' }, NOON - HOUR_MS),
      rowOf({ value: '"both"' }, NOON - HOUR_MS),
      rowOf({ value: '"both"' }, NOON),
    ]);
    await prune(NOON + KEPT_DAYS * DAY_MS);
    expect(await hours()).toEqual([NOON]);
    expect(await outcomes()).toEqual(['"both"']);
    await prune(NOON + KEPT_DAYS * DAY_MS + 1);
    expect([...(await hours()), ...(await outcomes())]).toEqual([]);
  });

  it("is deleted in several rounds where it is more than one takes, while the server may go on", async () => {
    const rows = Array.from({ length: PRUNED_ROWS_MAX + 1 }, (_, index) => rowOf({ key: `k${index}` }, NOON));
    await save(rows);
    let rounds = 0;
    await prune(NOON + 2 * KEPT_DAYS * DAY_MS, () => (rounds += 1) <= 1);
    expect(await hours()).toHaveLength(1);
    await prune(NOON + 2 * KEPT_DAYS * DAY_MS);
    expect([...(await hours()), ...(await outcomes())]).toEqual([]);
  });

  it("does not take with it what is counted of the same outcome at the same time", async () => {
    for (let round = 0; round < 20; round += 1) {
      await save([rowOf({}, NOON)]);
      await Promise.all([prune(NOON + 2 * KEPT_DAYS * DAY_MS), save([rowOf({}, NOON + 60 * DAY_MS)])]);
    }
    expect(await stored()).toEqual({ outcomes: 1, total: 20, others: 0 });
  });

  it("of batches, is known as long as one may be sent again, and not longer", async () => {
    const again = () => saveDelivered(database, { app: "", id: "again" }, [rowOf({}, NOON)]);
    expect(await again()).toBe(true);
    const nowMs = Date.now();
    await prune(nowMs + BATCH_IDS_KEPT_DAYS * DAY_MS - HOUR_MS);
    expect(await again()).toBe(false);
    await prune(nowMs + BATCH_IDS_KEPT_DAYS * DAY_MS + HOUR_MS);
    expect(await again()).toBe(true);
    const left = await database.query("select true from delivery.key_hours");
    expect(left).toHaveLength(1);
  });
});

describe("a server that runs", () => {
  const opened = (isHeld: boolean) => {
    const held: string[] = [];
    const lease = {
      start: async () => {
        held.push("taken");
        return isHeld;
      },
      stop: async () => void held.push("given up"),
      isHeld: () => isHeld,
    };
    const report = (error: unknown) => {
      throw error;
    };
    const now = () => new Date(NOON + 31 * DAY_MS);
    const timeZoneOf = () => Promise.resolve("UTC");
    const options = { database, report, everyMs: 1_000, keptDays: 30, lease, now, timeZoneOf };
    return { held, ...openDeliveries(options) };
  };
  const count = async () => (await database.query("select true from delivery.counts")).length;

  it("deletes what is too old when it is its turn, and lets the next one have it", async () => {
    await save([rowOf({}, NOON), rowOf({}, NOON + 2 * DAY_MS)]);
    const { held, close } = opened(true);
    await until("it is deleted", async () => (await count()) === 1);
    await until("the turn is over", () => Promise.resolve(held.length === 2));
    await close();
  });

  it("deletes nothing while another one does", async () => {
    await save([rowOf({}, NOON)]);
    const { held, close } = opened(false);
    await until("it was not its turn", () => Promise.resolve(held.length === 2));
    await close();
    expect(await count()).toBe(1);
  });
});
