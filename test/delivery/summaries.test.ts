import { createSummaries, HEARD_WITHIN_MS, type Summaries } from "../../src/delivery/summaries";
import { dropPartitions } from "../../src/audience/eventPartitions";
import { createStoredUsers } from "../../src/audience/storedUsers";
import { trackEvents } from "../../src/audience/trackEvents";
import { userKeyOf } from "../../src/audience/userKey";
import { compile, type Ruleset } from "../../src/evaluation/compile";
import { isMember } from "../../src/evaluation/evaluate";
import type { User } from "../../src/evaluation/model";
import { createDatabase } from "../../src/postgres/pool";
import type { Database } from "../../src/postgres/database";
import { storeUsers } from "../audience/storeUsers";
import { ruleOf, sourceOf } from "../evaluation/rulesetSource";
import { freshDatabase } from "../support/postgres";
import { startTcpProxy, type TcpProxy } from "../support/tcpProxy";
import { until } from "../support/until";
import type { JsonObject } from "../../src/lib/json";

const NOW = Date.UTC(2026, 0, 10);
const HOUR_MS = 3_600_000;
const LOYAL = { $performed: { event: "Charged", withinHours: 1 }, plan: "pro" };
const LOADED = "audience.findStored";

let url: string;
let drop: () => Promise<void>;
let proxy: TcpProxy;
/** Of whoever tells of users. */
let database: Database;
let clock = 0;
let apps = 0;
let app: string;
let open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  ({ url, drop } = await freshDatabase({ migrated: true }));
  proxy = await startTcpProxy(url);
  database = createDatabase(url, { connectionsMax: 2 });
});
beforeEach(() => {
  app = `shop-${apps++}`;
});
afterEach(async () => {
  proxy.setMode("pass");
  await Promise.all(open.map((close) => close()));
  open = [];
});
afterAll(async () => {
  await database.close();
  await proxy.close();
  await drop();
});

type Observed = Readonly<{ summaries: Summaries; loads: () => number; reports: unknown[] }>;

/** What a server keeps. `through` is where it hears of changes. */
function serverHere({ through = url, wrap = (given: Database) => given } = {}): Observed {
  const [own, hearing] = [url, through].map((at) => createDatabase(at, { connectionsMax: 2 })) as [
    Database,
    Database,
  ];
  let loads = 0;
  const counted = wrap({
    ...own,
    query(text, parameters, name) {
      if (name === LOADED) loads += 1;
      return own.query(text, parameters, name);
    },
  });
  const reports: unknown[] = [];
  const stored = createStoredUsers(counted, () => clock);
  const summaries = createSummaries({
    ...{ database: hearing, stored, clockMs: () => clock },
    report: (error) => reports.push(error),
  });
  open.push(async () => {
    await summaries.stop();
    await Promise.all([own.close(), hearing.close()]);
  });
  return { summaries, loads: () => loads, reports };
}

function rulesetFor(condition: JsonObject = LOYAL): Ruleset {
  const segments = [{ id: "s", name: "s", condition }];
  const rules = [ruleOf({ id: "r", segmentId: "s" })];
  const publications = [{ kind: "Config", id: "config_1", version: 1, keys: [], rules } as const];
  return compile({ ...sourceOf({ segments, publications }), app });
}

/** Whether the user is in the segment, as a server that keeps what it knows has it. */
async function isIn({ summaries }: Observed, ruleset: Ruleset, id = "u", now = NOW): Promise<boolean> {
  const summary = await summaries.summaryOf(ruleset, id, now);
  if (!summary) return false;
  return isMember(ruleset, "s", { id, properties: summary.properties, summary }, now);
}

const place = () => ({ app, environment: "production" });
const store = (...users: User[]) => storeUsers(database, place(), users);
const pro = (id: string, ...agoMs: number[]): User => ({
  id,
  properties: { plan: "pro", unasked: "x" },
  performances: new Map([["Charged", agoMs.map((ago) => ({ atMs: NOW - ago, properties: {} }))]]),
});
let events = 0;
const charge = (id: string) =>
  trackEvents(
    { database, now: () => new Date(NOW) },
    place(),
    [
      {
        index: 0,
        event: {
          ...{ userId: id, id: `e${(events += 1)}`, name: "Charged", properties: "{}" },
          ...{ at: new Date(NOW).toISOString(), isTimed: true },
        },
      },
    ],
    false,
  );

/** Until the server answers without a query, as it hears of what changes. */
const untilKept = (server: Observed, ruleset: Ruleset, id = "u") =>
  until("the user is kept", async () => {
    const before = server.loads();
    await isIn(server, ruleset, id);
    return server.loads() === before;
  });

describe("what a server keeps of users", () => {
  it("is asked for in one query, and then not any more", async () => {
    const server = serverHere();
    await store(pro("u", 0));
    const ruleset = rulesetFor();
    await untilKept(server, ruleset);
    const before = server.loads();
    for (let time = 0; time < 50; time += 1) expect(await isIn(server, ruleset)).toBe(true);
    expect(server.loads()).toBe(before);
    await isIn(server, ruleset, "other");
    expect(server.loads()).toBe(before + 1);
  });

  it("has of the properties those that a rule looks at", async () => {
    const server = serverHere();
    await store(pro("u"));
    expect(await server.summaries.summaryOf(rulesetFor(), "u", NOW)).toMatchObject({
      isStored: true,
      properties: { plan: "pro" },
    });
  });

  it("is over to the millisecond when time alone makes it something else, and is asked for anew then", async () => {
    const server = serverHere();
    await store(pro("u", 10_000));
    const ruleset = rulesetFor();
    await untilKept(server, ruleset);
    const before = server.loads();
    const edge = NOW - 10_000 + HOUR_MS;
    expect(await isIn(server, ruleset, "u", edge)).toBe(true);
    expect(server.loads()).toBe(before);
    expect(await isIn(server, ruleset, "u", edge + 1)).toBe(false);
    expect(server.loads()).toBe(before + 1);
    // What was found later says nothing of before.
    expect(await isIn(server, ruleset, "u", edge)).toBe(true);
  });

  it("hears of what is told through any server, and of whatever is written by hand", async () => {
    const server = serverHere();
    await store({ ...pro("u"), performances: new Map() });
    const ruleset = rulesetFor();
    await untilKept(server, ruleset);
    expect(await isIn(server, ruleset)).toBe(false);
    await charge("u");
    await until("the event is heard of", () => isIn(server, ruleset));
    await database.query(`update audience.users set properties = '{"plan":"free"}' where app = $1`, [app]);
    await until("the change is heard of", async () => !(await isIn(server, ruleset)));
    await database.query(`update audience.users set properties = '{"plan":"pro"}' where app = $1`, [app]);
    await until("the change is heard of", () => isIn(server, ruleset));
    await database.query("delete from audience.events where user_key = $1", [userKeyOf(place(), "u")]);
    await until("the erasure is heard of", async () => !(await isIn(server, ruleset)));
  });

  it("hears of a transaction that began before others and ended after them", async () => {
    const server = serverHere();
    await store({ ...pro("slow"), performances: new Map() }, { ...pro("quick"), performances: new Map() });
    const ruleset = rulesetFor();
    await untilKept(server, ruleset, "slow");
    await untilKept(server, ruleset, "quick");
    let end: () => void = () => undefined;
    let begin: () => void = () => undefined;
    const isBegun = new Promise<void>((resolve) => (begin = resolve));
    const slow = database.transaction(async (connection) => {
      await connection.query(
        `insert into audience.events (user_key, id, name, at, properties) values ($1, 'slow', 'Charged', $2, '{}')`,
        [userKeyOf(place(), "slow"), new Date(NOW)],
      );
      begin();
      await new Promise<void>((resolve) => (end = resolve));
    });
    await isBegun;
    await charge("quick");
    await until("the quick one is heard of", () => isIn(server, ruleset, "quick"));
    await untilKept(server, ruleset, "slow");
    expect(await isIn(server, ruleset, "slow")).toBe(false);
    end();
    await slow;
    await until("the slow one is heard of", () => isIn(server, ruleset, "slow"));
  });

  it("hears of so many at once that they are not named", async () => {
    const server = serverHere();
    await store({ ...pro("u"), performances: new Map() });
    const ruleset = rulesetFor();
    await untilKept(server, ruleset);
    await database.query(
      `insert into audience.events (user_key, id, name, at, properties)
       select case number when 1 then $1::uuid else gen_random_uuid() end, 'many', 'Charged', $2, '{}'
         from generate_series(1, 10001) as number`,
      [userKeyOf(place(), "u"), new Date(NOW)],
    );
    await until("the event is heard of", () => isIn(server, ruleset));
  });

  it("hears that months of events are dropped", async () => {
    const server = serverHere();
    const old = NOW - 400 * 24 * HOUR_MS;
    await store({ ...pro("u"), performances: new Map([["Charged", [{ atMs: old, properties: {} }]]]) });
    const ruleset = rulesetFor({ $performed: { event: "Charged" } });
    await untilKept(server, ruleset);
    expect(await isIn(server, ruleset)).toBe(true);
    await dropPartitions(database, new Date(old + 100 * 24 * HOUR_MS));
    await until("the drop is heard of", async () => !(await isIn(server, ruleset)));
  });

  it("is not used while changes cannot be heard of, and what was missed is not kept", async () => {
    const server = serverHere({ through: proxy.url });
    await store({ ...pro("u"), performances: new Map() });
    const ruleset = rulesetFor();
    await untilKept(server, ruleset);
    proxy.setMode("cut");
    await until("it is seen that nothing is heard", () => server.reports.length > 0);
    clock += HEARD_WITHIN_MS;
    await charge("u");
    expect(await isIn(server, ruleset)).toBe(true);
    await database.query("delete from audience.events where user_key = $1", [userKeyOf(place(), "u")]);
    expect(await isIn(server, ruleset)).toBe(false);
    await charge("u");
    proxy.setMode("pass");
    await untilKept(server, ruleset);
    expect(await isIn(server, ruleset)).toBe(true);
    // One report of many failures in a row.
    expect(server.reports).toHaveLength(1);
  });

  it("is not used, too, while the network swallows the question for changes", async () => {
    const server = serverHere({ through: proxy.url });
    await store({ ...pro("u"), performances: new Map() });
    const ruleset = rulesetFor();
    await untilKept(server, ruleset);
    proxy.setMode("blackHole");
    // What was on its way is through.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await charge("u");
    clock += HEARD_WITHIN_MS;
    expect(await isIn(server, ruleset)).toBe(true);
    proxy.setMode("cut");
  });

  it("is not what was read before something was told, however long the reading took", async () => {
    let held: (() => void) | null = null;
    let isHolding = false;
    const server = serverHere({
      wrap: (given) => ({
        ...given,
        async query(text, parameters, name) {
          const rows = await given.query(text, parameters, name);
          if (name === LOADED && isHolding) await new Promise<void>((resolve) => (held = resolve));
          return rows as never;
        },
      }),
    });
    await store({ ...pro("u"), performances: new Map() }, pro("other", 0));
    const ruleset = rulesetFor();
    await untilKept(server, ruleset, "other");
    isHolding = true;
    const reading = isIn(server, ruleset);
    await until("it is read", () => held !== null);
    isHolding = false;
    await charge("u");
    server.summaries.changed(place(), [userKeyOf(place(), "u")]);
    expect(await isIn(server, ruleset)).toBe(true);
    held!();
    expect(await reading).toBe(false);
    expect(await isIn(server, ruleset)).toBe(true);
  });

  it("is that of the known user for an id that became them, and never old", async () => {
    const server = serverHere();
    await store({ ...pro("u"), performances: new Map() }, { id: "anonymous", properties: {} });
    const ruleset = rulesetFor();
    await untilKept(server, ruleset);
    await database.query("update audience.users set alias_of = $1 where user_key = $2", [
      userKeyOf(place(), "u"),
      userKeyOf(place(), "anonymous"),
    ]);
    await untilKept(server, ruleset);
    expect(await isIn(server, ruleset, "anonymous")).toBe(false);
    await charge("u");
    expect(await isIn(server, ruleset, "anonymous")).toBe(true);
  });

  it("is what was last known while the database is away", async () => {
    let isAway = false;
    const away = createDatabase("postgres://nobody@127.0.0.1:1/none");
    open.push(() => away.close());
    const server = serverHere({
      wrap: (given) => ({
        ...given,
        query: (text, parameters, name) => (isAway ? away : given).query(text, parameters, name),
      }),
    });
    await store(pro("u", 0));
    const ruleset = rulesetFor();
    await untilKept(server, ruleset);
    isAway = true;
    clock += 10 * HEARD_WITHIN_MS;
    expect(await isIn(server, ruleset, "u", NOW + 2 * HOUR_MS)).toBe(true);
    expect(await server.summaries.summaryOf(ruleset, "stranger", NOW)).toBeNull();
  });

  it("is told of changes by a table that does not grow for ever", async () => {
    const server = serverHere();
    await store(pro("u"));
    const ruleset = rulesetFor();
    await untilKept(server, ruleset);
    await charge("u");
    await untilKept(server, ruleset);
    for (let time = 0; time < 8; time += 1) {
      clock += 20_000;
      await untilKept(server, ruleset);
    }
    await until("what everybody heard of is taken away", async () => {
      await isIn(server, ruleset);
      const rows = await database.query("select from audience.changed_users where $1 = any(user_keys)", [
        userKeyOf(place(), "u"),
      ]);
      return rows.length === 0;
    });
  });

  it("is asked for anew when another thing is asked of users, and not when the same is", async () => {
    const server = serverHere();
    await store(pro("u", 2 * HOUR_MS));
    await untilKept(server, rulesetFor());
    const before = server.loads();
    expect(await isIn(server, rulesetFor({ $or: [{ plan: "free" }, LOYAL] }))).toBe(false);
    expect(server.loads()).toBe(before);
    const longer = { $performed: { event: "Charged", withinHours: 3 }, plan: "pro" };
    expect(await isIn(server, rulesetFor(longer))).toBe(true);
    expect(server.loads()).toBe(before + 1);
  });

  it("costs no query where nothing is asked of users, or nobody is known", async () => {
    const server = serverHere();
    expect(await server.summaries.summaryOf(rulesetFor({ id: "u" }), "u", NOW)).toBeNull();
    expect(await isIn(server, rulesetFor({ $performed: { event: "A", count: 0, orNever: true } }))).toBe(
      true,
    );
    expect(await isIn(server, rulesetFor())).toBe(false);
    expect(server.loads()).toBe(0);
  });
});
