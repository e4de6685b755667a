import fc from "fast-check";
import { BUCKETS_MAX, spanFault } from "../../src/delivery/buckets.policy";
import type { Outcome } from "../../src/delivery/outcome.policy";
import { outcomeId } from "../../src/delivery/outcomeId";
import { saveDelivered } from "../../src/delivery/deliveries.queries";
import { findStatistics, VALUES_TOLD_MAX, VERSIONS_TOLD_MAX } from "../../src/delivery/statistics.queries";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { freshDatabase } from "../support/postgres";

const HOUR_MS = 3_600_000;
const fresh = { url: "", drop: async () => undefined as void };
let database: Database;
let batch = 0;

beforeAll(async () => {
  Object.assign(fresh, await freshDatabase({ migrated: true }));
  database = createDatabase(fresh.url);
});
afterAll(async () => {
  await database.close();
  await fresh.drop();
});

const OUTCOME: Outcome = {
  ...{ app: "shop", environment: "production", key: "a", source: "config_1", version: 1, segment: null },
  ...{ reason: "DEFAULT", value: "1" },
};

async function counted(parts: readonly (Partial<Outcome> & { at: string; count: number })[]): Promise<void> {
  batch += 1;
  const rows = parts.map(({ at, count, ...part }) => {
    const outcome = { ...OUTCOME, ...part };
    return { outcome, id: outcomeId(outcome), hourMs: Date.parse(at), count };
  });
  await saveDelivered(database, { app: "", id: String(batch) }, rows);
}

const asked = (from: string, to: string, part: object = {}) =>
  findStatistics(database, {
    ...{ source: "config_1", environment: "production", bucket: "DAY", timeZone: "UTC", segmentId: null },
    ...{ from, to, ...part },
  });

describe("days", () => {
  const one = async (source: string, hours: number, from: string) => {
    await counted(
      Array.from({ length: hours }, (_, hour) => {
        return { source, count: 1, at: new Date(Date.parse(from) + hour * HOUR_MS).toISOString() };
      }),
    );
  };

  it("are those of the time zone, of 23 and of 25 hours where clocks are changed", async () => {
    // Clocks went forward on March 29, and back on October 25.
    await one("spring", 5 * 24, "2026-03-27T00:00:00Z");
    await one("autumn", 5 * 24, "2026-10-23T00:00:00Z");
    const berlin = { timeZone: "Europe/Berlin" };
    const spring = await asked("2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z", {
      ...berlin,
      source: "spring",
    });
    expect(spring.buckets).toEqual([
      { at: "2026-03-27T23:00:00.000Z", count: 24 },
      { at: "2026-03-28T23:00:00.000Z", count: 23 },
      { at: "2026-03-29T22:00:00.000Z", count: 24 },
    ]);
    const autumn = await asked("2026-10-24T12:00:00Z", "2026-10-25T23:00:01Z", {
      ...berlin,
      source: "autumn",
    });
    expect(autumn.buckets).toEqual([
      { at: "2026-10-23T22:00:00.000Z", count: 24 },
      { at: "2026-10-24T22:00:00.000Z", count: 25 },
      { at: "2026-10-25T23:00:00.000Z", count: 24 },
    ]);
    expect(spring.total).toBe(71);
  });

  it("may have no midnight", async () => {
    // In Cairo clocks went from 0:00 to 1:00 on Friday, April 24.
    await one("cairo", 3 * 24, "2026-04-22T22:00:00Z");
    const { buckets } = await asked("2026-04-23T12:00:00Z", "2026-04-25T12:00:00Z", {
      ...{ timeZone: "Africa/Cairo", source: "cairo" },
    });
    expect(buckets).toEqual([
      { at: "2026-04-22T22:00:00.000Z", count: 24 },
      { at: "2026-04-23T22:00:00.000Z", count: 23 },
      { at: "2026-04-24T21:00:00.000Z", count: 24 },
    ]);
  });

  it("begin with the first whole hour where a time zone is half an hour off", async () => {
    await one("kolkata", 3 * 24, "2026-01-01T00:00:00Z");
    const { buckets } = await asked("2026-01-02T00:00:00Z", "2026-01-02T18:30:00Z", {
      ...{ timeZone: "Asia/Kolkata", source: "kolkata" },
    });
    expect(buckets).toEqual([{ at: "2026-01-01T18:30:00.000Z", count: 24 }]);
  });
});

describe("a span", () => {
  it("takes every bucket that it touches, and tells of those in which there was nothing", async () => {
    const source = "span";
    await counted([
      { source, at: "2026-01-01T10:00:00Z", count: 1 },
      { source, at: "2026-01-01T11:00:00Z", count: 2 },
      { source, at: "2026-01-01T13:00:00Z", count: 4 },
      { source, at: "2026-01-01T14:00:00Z", count: 8 },
    ]);
    const hours = await asked("2026-01-01T11:59:00Z", "2026-01-01T14:00:00Z", { source, bucket: "HOUR" });
    expect(hours.buckets).toEqual([
      { at: "2026-01-01T11:00:00.000Z", count: 2 },
      { at: "2026-01-01T12:00:00.000Z", count: 0 },
      { at: "2026-01-01T13:00:00.000Z", count: 4 },
    ]);
    expect(hours.total).toBe(6);
    const one = await asked("2026-01-01T14:00:00Z", "2026-01-01T14:00:00.001Z", { source, bucket: "HOUR" });
    expect(one.buckets).toEqual([{ at: "2026-01-01T14:00:00.000Z", count: 8 }]);
  });

  it("has an end after its begin, and so many buckets, and not one more", () => {
    const from = "2026-01-01T00:30:00.000Z";
    const later = (ms: number) => ({ from, to: new Date(Date.parse(from) + ms).toISOString() });
    expect(spanFault(later(0), "DAY")).toMatch("no time at all");
    expect(spanFault(later(-1), "HOUR")).toMatch("no time at all");
    expect(spanFault(later(BUCKETS_MAX * HOUR_MS), "HOUR")).toBeNull();
    expect(spanFault(later(BUCKETS_MAX * HOUR_MS + 1), "HOUR")).toMatch(`are ${BUCKETS_MAX + 1} hours`);
    expect(spanFault(later(BUCKETS_MAX * 24 * HOUR_MS), "DAY")).toBeNull();
    expect(spanFault(later(BUCKETS_MAX * 24 * HOUR_MS + 1), "DAY")).toMatch("at most");
    expect(spanFault(later(BUCKETS_MAX * 28 * 24 * HOUR_MS), "MONTH")).toBeNull();
    expect(spanFault(later(BUCKETS_MAX * 28 * 24 * HOUR_MS + 1), "MONTH")).toMatch(/ask for less time\.$/);
  });
});

it("a span that is too long is refused with the finest buckets by which it is answered", () => {
  const years = (count: number) => ({ from: "2026-01-01T00:00:00Z", to: `${2026 + count}-01-01T00:00:00Z` });
  expect(spanFault(years(1), "HOUR")).toMatch("or by the day.");
  expect(spanFault(years(10), "HOUR")).toMatch("or by the month.");
  expect(spanFault(years(10), "DAY")).toMatch("or by the month.");
  expect(spanFault(years(10), "MONTH")).toBeNull();
  expect(spanFault(years(10), "DAY", 400)).toMatch(/ask for less time\.$/);
});

it("months are those of the time zone", async () => {
  const source = "months";
  await counted([
    { source, at: "2026-02-28T22:00:00Z", count: 1 },
    { source, at: "2026-02-28T23:00:00Z", count: 2 },
    { source, at: "2026-03-31T21:00:00Z", count: 4 },
    { source, at: "2026-03-31T22:00:00Z", count: 8 },
  ]);
  const { buckets } = await asked("2026-03-15T00:00:00Z", "2026-03-16T00:00:00Z", {
    ...{ source, bucket: "MONTH", timeZone: "Europe/Berlin" },
  });
  expect(buckets).toEqual([{ at: "2026-02-28T23:00:00.000Z", count: 6 }]);
});

describe("breakdowns", () => {
  it("are of one segment if it is asked for, of one environment, and of one config", async () => {
    const source = "parts";
    const at = "2026-01-01T10:00:00Z";
    await counted([
      { source, at, segment: "segment_1", reason: "TARGETING_MATCH", value: "4", version: 2, count: 5 },
      { source, at, segment: "segment_2", reason: "SPLIT", value: "4", version: 3, count: 7 },
      { source, at, reason: "DEFAULT", value: "3", version: 3, count: 11 },
      { source, at, reason: "DISABLED", value: "null", version: null, count: 1 },
      { source, at, environment: "staging", count: 100 },
    ]);
    const all = await asked("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", { source });
    expect(all).toMatchObject({
      total: 24,
      byValue: [
        { key: "a", value: 4, isOther: false, count: 12 },
        { key: "a", value: 3, isOther: false, count: 11 },
        { key: "a", value: null, isOther: false, count: 1 },
      ],
      byReason: [
        { reason: "DEFAULT", count: 11 },
        { reason: "SPLIT", count: 7 },
        { reason: "TARGETING_MATCH", count: 5 },
        { reason: "DISABLED", count: 1 },
      ],
      byVersion: [
        { version: 3, count: 18 },
        { version: 2, count: 5 },
      ],
    });
    const ofOne = await asked("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", {
      source,
      segmentId: "segment_2",
    });
    expect(ofOne).toMatchObject({ total: 7, byVersion: [{ version: 3, count: 7 }] });
  });

  it("tell the most frequent values of each key and all others together, and the latest versions", async () => {
    const source = "many";
    const at = "2026-01-01T10:00:00Z";
    const values = Array.from({ length: VALUES_TOLD_MAX + 2 }, (_, index) => index);
    const versions = Array.from({ length: VERSIONS_TOLD_MAX + 1 }, (_, index) => index + 1);
    await counted([
      ...values.map((value) => ({ source, at, value: JSON.stringify(value), count: 100 - value })),
      { source, at, value: null, count: 1_000 },
      { source, at, key: "b", value: "true", count: 1 },
      ...versions.map((version) => ({ source, at, key: "c", version, count: 1 })),
    ]);
    const { byValue, byVersion, total } = await asked("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", {
      source,
    });
    const ofA = byValue.filter(({ key }) => key === "a");
    expect(ofA).toHaveLength(VALUES_TOLD_MAX + 1);
    const [first] = values;
    expect(ofA[0]).toEqual({ key: "a", value: first, isOther: false, count: 100 });
    const rest = 100 - VALUES_TOLD_MAX + (100 - VALUES_TOLD_MAX - 1);
    expect(ofA.at(-1)).toEqual({ key: "a", value: null, isOther: true, count: 1_000 + rest });
    expect(byValue.filter(({ key }) => key === "b")).toHaveLength(1);
    expect(byValue.reduce((sum, { count }) => sum + count, 0)).toBe(total);
    expect(byVersion).toHaveLength(VERSIONS_TOLD_MAX);
    expect(byVersion[0]?.version).toBe(versions.length);
  });

  it("add up to the total, whatever was counted", async () => {
    const row = fc.record({
      key: fc.constantFrom("a", "b"),
      value: fc.constantFrom("1", "2", null),
      reason: fc.constantFrom("DEFAULT", "SPLIT"),
      version: fc.integer({ min: 1, max: 3 }),
      hour: fc.nat({ max: 50 }),
      count: fc.integer({ min: 1, max: 9 }),
    });
    let source = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(row, { selector: ({ count: _, ...rest }) => JSON.stringify(rest) }),
        async (rows) => {
          source += 1;
          const from = Date.parse("2026-02-01T00:00:00Z");
          await counted(
            rows.map(({ hour, reason, ...rest }) => {
              const at = new Date(from + hour * HOUR_MS).toISOString();
              return { ...rest, reason: reason as Outcome["reason"], at, source: `config_p${source}` };
            }),
          );
          const total = rows.reduce((sum, { count }) => sum + count, 0);
          for (const bucket of ["HOUR", "DAY"]) {
            const span = ["2026-02-01T00:00:00Z", "2026-02-04T00:00:00Z"] as const;
            const found = await asked(...span, { source: `config_p${source}`, bucket });
            expect(found.total).toBe(total);
            for (const parts of [found.byValue, found.byReason, found.byVersion] as const) {
              expect((parts as readonly { count: number }[]).reduce((sum, { count }) => sum + count, 0)).toBe(
                total,
              );
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
