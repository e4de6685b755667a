import fc from "fast-check";
import { countConversions } from "../../src/conversions/conversionCount";
import { findConversions } from "../../src/conversions/findConversions";
import type { User } from "../../src/evaluation/model";
import type { TrackedEvent } from "../../src/goals/goal.events";
import type { JsonObject } from "../../src/lib/json";
import { daysBetween } from "../../src/lib/timeZone";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { storeUsers } from "../audience/storeUsers";
import { freshDatabase } from "../support/postgres";

const PLACE = { app: "shop", environment: "production" };
const [FROM, TO] = ["2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z"].map((text) => Date.parse(text)) as [
  number,
  number,
];
/** Clocks went forward on the second of the three days. */
const STARTS = daysBetween(FROM, TO, "Europe/Berlin");
const PAID: TrackedEvent = { name: "Paid", where: null };
const at = (text: string): number => Date.parse(`2026-03-${text}Z`);

type Did = Readonly<Record<string, readonly (readonly [atMs: number, properties?: JsonObject])[]>>;
const userOf = (id: string, did: Did): User => ({
  ...{ id, properties: {} },
  performances: new Map(
    Object.entries(did).map(([name, events]) => [
      name,
      events.map(([atMs, properties = {}]) => ({ atMs, properties })),
    ]),
  ),
});

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

const found = (events: readonly TrackedEvent[], part: object = {}) =>
  findConversions(database, { ...PLACE, events, starts: STARTS, nowMs: TO, ...part });

describe("conversions of a goal", () => {
  it("are told by the days of the time zone, with who converted, each user once", async () => {
    await storeUsers(database, PLACE, [
      userOf("a", { Paid: [[at("28T22:59:59.999")], [at("28T23:00:00")], [at("29T10:00:00")]] }),
      userOf("b", { Paid: [[at("29T21:59:59.999")], [at("29T22:00:00")]], Viewed: [[at("29T10:00:00")]] }),
      userOf("c", {}),
    ]);
    expect(await found([PAID])).toEqual({
      ...{ conversions: 5, conversionsError: 0, users: 2, usersError: 0 },
      days: [
        { at: "2026-03-27T23:00:00.000Z", conversions: 1, users: 1 },
        { at: "2026-03-28T23:00:00.000Z", conversions: 3, users: 2 },
        { at: "2026-03-29T22:00:00.000Z", conversions: 1, users: 1 },
      ],
      ...{ usersInEnvironment: 3, sampled: 3, isExact: true },
    });
  });

  it("are those of whole days, and none before the first or after the last", async () => {
    await storeUsers(database, PLACE, [
      userOf("before", { Paid: [[at("27T22:59:59.999")]] }),
      userOf("first", { Paid: [[at("27T23:00:00")]] }),
      userOf("last", { Paid: [[at("30T21:59:59.999")]] }),
      userOf("after", { Paid: [[at("30T22:00:00")]] }),
    ]);
    expect(await found([PAID])).toMatchObject({ conversions: 2, users: 2, usersInEnvironment: 4 });
  });

  it("are events whose properties fit, and one that fits several counts once", async () => {
    const paid = (amount: number): readonly [number, JsonObject] => [at("29T10:00:00"), { amount }];
    await storeUsers(database, PLACE, [
      userOf("a", { Paid: [paid(5), paid(15), paid(150)] }),
      userOf("b", { Paid: [paid(9)], Subscribed: [[at("29T10:00:00"), {}]] }),
    ]);
    const above = (amount: number): TrackedEvent => ({ name: "Paid", where: { amount: { $gt: amount } } });
    expect(await found([above(10)])).toMatchObject({ conversions: 2, users: 1 });
    expect(await found([above(10), above(100)])).toMatchObject({ conversions: 2, users: 1 });
    expect(await found([above(10), above(100), PAID])).toMatchObject({ conversions: 4, users: 2 });
    expect(await found([above(10), { name: "Subscribed", where: null }])).toMatchObject({
      ...{ conversions: 3, users: 2 },
    });
  });

  it("are those of users of one environment, and none where nobody is known", async () => {
    await storeUsers(database, { ...PLACE, environment: "staging" }, [
      userOf("a", { Paid: [[at("29T10:00:00")]] }),
    ]);
    expect(await found([PAID])).toMatchObject({
      ...{ conversions: 0, users: 0, usersInEnvironment: 0, sampled: 0, isExact: true },
    });
    expect(await found([PAID], { environment: "staging" })).toMatchObject({ conversions: 1, users: 1 });
  });
});

describe("where more users are known than are looked at", () => {
  const many = (count: number): readonly User[] =>
    Array.from({ length: count }, (_, index) =>
      // Every fifth one converts, twice.
      userOf(`user-${index}`, {
        Paid: index % 5 === 0 ? [[at("28T12:00:00")], [at("29T12:00:00")]] : [],
      }),
    );

  it("all of them are looked at up to the bound, and one more makes it an estimate", async () => {
    await storeUsers(database, PLACE, many(40));
    expect(await found([PAID], { usersMax: 41 })).toMatchObject({ isExact: true, sampled: 40, users: 8 });
    expect(await found([PAID], { usersMax: 39 })).toMatchObject({ isExact: false, sampled: 39 });
  });

  it("a sample tells, with errors that hold", async () => {
    await storeUsers(database, PLACE, many(3_000));
    const estimate = await found([PAID], { usersMax: 1_000 });
    expect(estimate).toMatchObject({ isExact: false, sampled: 1_000 });
    const { usersInEnvironment, users, usersError, conversions, conversionsError, days } = estimate;
    expect(Math.abs(usersInEnvironment - 3_000)).toBeLessThan(300);
    expect(Math.abs(users - 600)).toBeLessThanOrEqual(usersError);
    expect(Math.abs(conversions - 1_200)).toBeLessThanOrEqual(conversionsError);
    expect(usersError).toBeLessThan(150);
    expect(conversionsError).toBeLessThan(400);
    expect(days.map((day) => day.users)).toEqual([users, users, 0]);
  });

  it("fewer of them do if they did very much", async () => {
    await storeUsers(database, PLACE, many(1_200));
    const { sampled, isExact } = await found([PAID], { eventsMax: 100 });
    // What one slice holds is looked at as a whole.
    expect({ sampled, isExact }).toEqual({ sampled: 500, isExact: false });
    expect(await found([PAID], { eventsMax: 100_000 })).toMatchObject({ sampled: 1_200, isExact: true });
  });
});

it("conversions are what a plain count of all events says", () => {
  const event = fc.record({
    name: fc.constantFrom("Paid", "Subscribed"),
    atMs: fc.integer({ min: FROM - 86_400_000, max: TO + 86_400_000 }),
    amount: fc.nat({ max: 3 }),
  });
  const tracked = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom("Paid", "Subscribed", "Viewed"),
      where: fc.option(
        fc.nat({ max: 3 }).map((amount): JsonObject => ({ amount })),
        { nil: null },
      ),
    }),
    { minLength: 1, maxLength: 4, selector: (each) => JSON.stringify(each) },
  );
  fc.assert(
    fc.property(tracked, fc.array(fc.array(event, { maxLength: 8 }), { maxLength: 6 }), (events, users) => {
      const count = countConversions(events, STARTS, TO);
      for (const did of users) {
        const performed = (name: string) =>
          did.filter((each) => each.name === name).map(({ atMs, amount }) => [atMs, { amount }] as const);
        count.add(userOf("u", { Paid: performed("Paid"), Subscribed: performed("Subscribed") }));
      }
      const fits = ({ name, amount }: { name: string; amount: number }) =>
        events.some((each) => each.name === name && (each.where === null || each.where["amount"] === amount));
      const within = (fromMs: number, toMs: number) => {
        const ofUsers = users.map(
          (did) => did.filter((each) => fits(each) && each.atMs >= fromMs && each.atMs < toMs).length,
        );
        return {
          conversions: ofUsers.reduce((sum, each) => sum + each, 0),
          users: ofUsers.filter((each) => each > 0).length,
        };
      };
      const days = STARTS.slice(0, -1).map((startMs, index) => within(startMs, STARTS[index + 1] ?? 0));
      expect(count.days()).toEqual(days);
      expect(count.all()).toEqual(within(STARTS[0] ?? 0, STARTS.at(-1) ?? 0));
    }),
  );
});
