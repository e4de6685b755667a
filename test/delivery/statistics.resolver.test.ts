import { BUCKETS_MAX } from "../../src/delivery/buckets.policy";
import { REACH_DAYS_MAX } from "../../src/delivery/findReach";
import { makeToken } from "../access/tokens";
import { until } from "../support/until";
import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
let configId = "";
let flagId = "";
let segmentId = "";

const E = "errors { code message path }";
const EVALUATE = `query($city: String!, $keys: [String!], $asOf: DateTime, $atRevision: Int) {
  evaluate(app: "shop", user: { id: "u1", properties: $p }, keys: $keys, asOf: $asOf, atRevision: $atRevision) { object } }`.replace(
  "$city: String!",
  "$p: JSON!",
);
const STATISTICS = `query($id: ID!, $from: DateTime!, $to: DateTime!, $bucket: StatisticsBucket, $segmentId: ID, $environment: String) {
  config(id: $id) { statistics(from: $from, to: $to, bucket: $bucket, segmentId: $segmentId, environment: $environment) {
    total buckets { at count } byValue { key value isOther count } byReason { reason count } byVersion { version count } } } }`;

type Statistics = {
  total: number;
  buckets: { at: string; count: number }[];
  byValue: object[];
  byReason: object[];
  byVersion: object[];
};

beforeAll(async () => {
  server = await startTestServer();
  const { send, read } = server;
  await send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { ${E} }
    colour: createKey(input: { app: "shop", name: "colour", type: INTEGER, defaultValue: 3 }) { ${E} }
    hidden: createKey(input: { app: "shop", name: "hidden", type: INTEGER, defaultValue: 0, isVisibleToClients: false }) { ${E} }
    beta: createKey(input: { app: "shop", name: "beta", type: BOOLEAN, defaultValue: false }) { ${E} } }`);
  const made = await send(
    `mutation($c: JSON!) { createSegment(input: { app: "shop", name: "Berliners", condition: $c }) { segment { id } ${E} } }`,
    { c: { city: "Berlin" } },
  );
  segmentId = read(made, "createSegment.segment.id");
  const config = await send(
    `mutation($s: ID!) { createConfig(input: { app: "shop", name: "Colours", keys: ["colour", "hidden"],
       rules: [{ segmentId: $s, values: [{ key: "colour", value: 4 }] }] }) { config { id } ${E} } }`,
    { s: segmentId },
  );
  configId = read(config, "createConfig.config.id");
  const flag = await send(
    `mutation { createFlag(input: { app: "shop", key: "beta", name: "Beta", rules: [{ percentage: 100 }] }) { flag { id } ${E} } }`,
  );
  flagId = read(flag, "createFlag.flag.id");
  await send(
    `mutation($c: ID!, $f: ID!) { publishConfig(input: { configId: $c, version: 1 }) { ${E} } publishFlag(input: { flagId: $f, version: 1 }) { ${E} } }`,
    { c: configId, f: flagId },
  );
});
afterAll(() => server.stop());

const evaluate = (city: string, more: object = {}, at = server) =>
  at.send(EVALUATE, { p: { city }, ...more });

/** Of the day that it is. */
async function statistics(more: object = {}): Promise<Statistics> {
  const now = Date.now();
  const from = new Date(now - 3_600_000).toISOString();
  const to = new Date(now + 60_000).toISOString();
  const data = await server.send(STATISTICS, { id: configId, from, to, bucket: "HOUR", ...more });
  return server.read<Statistics>(data, "config.statistics");
}

/** Another counter that is written after what was counted before. */
async function untilTotal(total: number): Promise<Statistics> {
  await until(`${total} are counted`, async () => (await statistics()).total >= total);
  return statistics();
}

it("tells how often a config was delivered by two servers, by value, reason, version and segment", async () => {
  const other = await startTestServer({ on: server });
  for (let index = 0; index < 3; index += 1) await evaluate("Berlin");
  await evaluate("Berlin", { keys: ["colour"] }, other);
  await evaluate("Oslo", {}, other);
  // Each stops with nothing left to write.
  await other.running.close();
  // Three times two keys, one, and two.
  const found = await untilTotal(9);
  expect(found).toMatchObject({
    total: 9,
    byValue: [
      { key: "colour", value: 4, isOther: false, count: 4 },
      { key: "colour", value: 3, isOther: false, count: 1 },
      { key: "hidden", value: 0, isOther: false, count: 4 },
    ],
    byReason: [
      { reason: "DEFAULT", count: 5 },
      { reason: "TARGETING_MATCH", count: 4 },
    ],
    byVersion: [{ version: 1, count: 9 }],
  });
  expect(found.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(9);
  expect(await statistics({ segmentId })).toMatchObject({
    total: 4,
    byReason: [{ reason: "TARGETING_MATCH" }],
  });
  const data = await server.send(
    `query($id: ID!, $from: DateTime!, $to: DateTime!) { flag(id: $id) { statistics(from: $from, to: $to) { total byValue { key value count } } } }`,
    { id: flagId, from: "2026-01-01T00:00:00Z", to: new Date(Date.now() + 60_000).toISOString() },
  );
  expect(data).toMatchObject({
    flag: { statistics: { total: 4, byValue: [{ key: "beta", value: true, count: 4 }] } },
  });
});

it("counts neither what was asked of the past, nor explanations, nor names that no key has", async () => {
  const { total } = await statistics();
  await evaluate("Berlin", { asOf: await server.timeOfLastChange("shop") });
  await evaluate("Berlin", { atRevision: 8 });
  await evaluate("Berlin", { keys: ["none"] });
  await server.send(`{ explain(app: "shop", key: "colour", user: { id: "u1" }) { value } }`);
  await server.send(`query($id: ID!) { segment(id: $id) { membership(user: { id: "u1" }) { isMember } } }`, {
    id: segmentId,
  });
  // The last one, which is written with all that were before it.
  await evaluate("Berlin", { keys: ["colour"] });
  expect((await untilTotal(total + 1)).total).toBe(total + 1);
});

it("counts of clients what they were told, and no key that is not for them", async () => {
  const { byValue } = await statistics();
  const countOf = (values: object[], name: string) =>
    (values as { key: string; count: number }[])
      .filter(({ key }) => key === name)
      .reduce((sum, { count }) => sum + count, 0);
  const { secret } = await makeToken(server, {
    ...{ app: "shop", name: "web", kind: "CLIENT", environment: "production" },
  });
  const query = `{ evaluate(app: "shop", user: { id: "u1" }, keys: ["hidden", "colour"]) { object } evaluateAll: evaluate(app: "shop", user: { id: "u1" }) { object } }`;
  const { body } = await server.post({ query }, { authorization: `Bearer ${secret}` });
  expect(body.errors).toBeUndefined();
  const colours = countOf(byValue, "colour");
  await until("it is counted", async () => countOf((await statistics()).byValue, "colour") >= colours + 2);
  const after = (await statistics()).byValue;
  expect(countOf(after, "colour")).toBe(colours + 2);
  expect(countOf(after, "hidden")).toBe(countOf(byValue, "hidden"));
});

describe("is refused, with the path", () => {
  const day = { from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" };
  it.each<[string, object, string, string, string]>([
    [
      "ten years by the hour",
      { ...day, to: "2036-01-01T00:00:00Z" },
      "BAD_USER_INPUT",
      "to",
      `at most ${BUCKETS_MAX}`,
    ],
    ["an end before the begin", { from: day.to, to: day.from }, "BAD_USER_INPUT", "to", "no time at all"],
    [
      "an environment that there is not",
      { ...day, environment: "none" },
      "NOT_FOUND",
      "environment",
      `"none"`,
    ],
    [
      "a segment that there is not",
      { ...day, segmentId: "segment_shop_x" },
      "NOT_FOUND",
      "segmentId",
      "segment_shop_x",
    ],
  ])("%s", async (_, variables, code, path, words) => {
    const { body } = await server.post({
      query: STATISTICS,
      variables: { id: configId, bucket: "HOUR", environment: "production", ...variables },
    });
    expect(body.errors).toMatchObject([{ extensions: { code, path: [path] } }]);
    expect(body.errors?.[0]?.message).toContain(words);
  });

  it("and ten years by the day as well, while five are answered, and ten by the month", async () => {
    const from = "2026-01-01T00:00:00Z";
    const ask = (to: string) =>
      server.post({ query: STATISTICS, variables: { id: configId, from, to, bucket: "DAY" } });
    expect((await ask("2036-01-01T00:00:00Z")).body.errors).toHaveLength(1);
    const months = await statistics({ from, to: "2036-01-01T00:00:00Z", bucket: "MONTH" });
    expect(months.buckets).toHaveLength(120);
    const { body } = await ask("2031-01-01T00:00:00Z");
    expect(body.errors).toBeUndefined();
    const { buckets } = server.read<Statistics>(body.data, "config.statistics");
    expect(buckets).toHaveLength(5 * 365 + 1);
  });
});

const REACH = `query($id: ID!, $from: DateTime!, $to: DateTime!, $environment: String) {
  config(id: $id) { reach(from: $from, to: $to, environment: $environment) {
    users days { at users } byKey { key users } byVersion { version users } } } }`;

it("tells how many users a config reached, each once", async () => {
  const now = Date.now();
  const span = { from: new Date(now - 3_600_000).toISOString(), to: new Date(now + 60_000).toISOString() };
  const reach = async () => {
    const data = await server.send(REACH, { id: configId, ...span });
    return server.read<{ users: number; byKey: object[]; byVersion: object[] }>(data, "config.reach");
  };
  const { users } = await reach();
  const other = await startTestServer({ on: server });
  for (const id of ["r1", "r2", "r3", "r1"]) {
    for (const at of [server, other]) {
      await at.send(
        `query($id: ID!) { evaluate(app: "shop", user: { id: $id }, keys: ["colour"]) { object } }`,
        { id },
      );
    }
  }
  const reported = await server.send(
    `mutation($at: DateTime!) { reportDeliveries(input: { app: "shop", batchId: "r", userId: "r4", deliveries: [
       { key: "colour", value: 3, reason: DEFAULT, at: $at, count: 9 }] }) { ${E} } }`,
    { at: new Date(now).toISOString() },
  );
  expect(reported).toEqual({ reportDeliveries: { errors: [] } });
  await other.running.close();
  await until("they are known", async () => (await reach()).users >= users + 4);
  const found = await reach();
  expect(found.users).toBe(users + 4);
  expect(found.byVersion).toEqual([{ version: 1, users: users + 4 }]);
  expect(found.byKey).toContainEqual({ key: "colour", users: users + 4 });
});

it("refuses to tell of whom it reached in more days than it answers, and of an environment that there is not", async () => {
  const from = "2026-01-01T00:00:00Z";
  const ask = async (to: string, environment = "production") =>
    (await server.post({ query: REACH, variables: { id: configId, from, to, environment } })).body;
  const later = (days: number, ms = 0) => new Date(Date.parse(from) + days * 86_400_000 + ms).toISOString();
  expect((await ask(later(REACH_DAYS_MAX))).errors).toBeUndefined();
  expect((await ask(later(REACH_DAYS_MAX, 1))).errors).toMatchObject([
    { extensions: { code: "BAD_USER_INPUT", path: ["to"] } },
  ]);
  expect((await ask(later(0))).errors).toMatchObject([
    { extensions: { code: "BAD_USER_INPUT", path: ["to"] } },
  ]);
  expect((await ask(later(1), "none")).errors).toMatchObject([
    { extensions: { code: "NOT_FOUND", path: ["environment"] } },
  ]);
});

it("tells of days of the app's time zone, also of those before it was set", async () => {
  const ask = async () => {
    const span = { from: "2026-06-01T12:00:00Z", to: "2026-06-01T14:00:00Z" };
    return (await statistics({ ...span, bucket: "DAY" })).buckets;
  };
  expect(await ask()).toEqual([{ at: "2026-06-01T00:00:00.000Z", count: 0 }]);
  await server.send(
    `mutation { updateAppSettings(input: { app: "shop", timeZone: "America/New_York" }) { ${E} } }`,
  );
  expect(await ask()).toEqual([{ at: "2026-06-01T04:00:00.000Z", count: 0 }]);
});
