import { createDatabase } from "../../src/postgres/pool";
import type { Database } from "../../src/postgres/database";
import { startedServer, type BuiltServer } from "../support/builtServer";
import { freshDatabase } from "../support/postgres";
import { until } from "../support/until";

jest.setTimeout(120_000);

const EVALUATE = `{ evaluate(app: "shop", user: { id: "u" }) { object } }`;
const E = "errors { code message }";
const fresh = { url: "", drop: async () => undefined as void };
let database: Database;
let configId = "";
/** Who only asks, and counts nothing. */
let witness: BuiltServer;

const start = (everySeconds = "1"): Promise<BuiltServer> =>
  startedServer({ DATABASE_URL: fresh.url, DELIVERIES_FLUSH: everySeconds });

beforeAll(async () => {
  Object.assign(fresh, await freshDatabase({ migrated: true }));
  database = createDatabase(fresh.url);
  witness = await start();
  await witness.post(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { ${E} }
    createKey(input: { app: "shop", name: "colour", type: INTEGER, defaultValue: 3 }) { ${E} } }`);
  const made = (await witness.post(
    `mutation { createConfig(input: { app: "shop", name: "Colours", keys: ["colour"], rules: [] }) { config { id } ${E} } }`,
  )) as { createConfig: { config: { id: string } } };
  configId = made.createConfig.config.id;
  await witness.post(`mutation($id: ID!) { publishConfig(input: { configId: $id, version: 1 }) { ${E} } }`, {
    id: configId,
  });
});
afterAll(async () => {
  await witness.kill("SIGTERM");
  await database.close();
  await fresh.drop();
});

async function total(): Promise<number> {
  const from = new Date(Date.now() - 86_400_000).toISOString();
  const to = new Date(Date.now() + 60_000).toISOString();
  const data = (await witness.post(
    `query($id: ID!, $from: DateTime!, $to: DateTime!) { config(id: $id) { statistics(from: $from, to: $to) { total } } }`,
    { id: configId, from, to },
  )) as { config: { statistics: { total: number } } };
  return data.config.statistics.total;
}

const evaluateOften = (server: BuiltServer, times: number) =>
  Promise.allSettled(Array.from({ length: times }, () => server.post(EVALUATE)));

/** Writes get as far as to the counts, and wait there until `work` is done. */
function whileWritesHang<Result>(
  work: (isOneHanging: () => Promise<boolean>) => Promise<Result>,
): Promise<Result> {
  return database.transaction(async (connection) => {
    await connection.query("lock table delivery.counts in share mode");
    return work(async () => {
      const waiting = await database.query(
        `select true from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%delivery.counts%'`,
      );
      return waiting.length > 0;
    });
  });
}

it("a server that is killed while it writes loses that write alone, whole, and counts nothing twice", async () => {
  const server = await start();
  await evaluateOften(server, 10);
  await until("the first ones are written", async () => (await total()) === 10);
  await whileWritesHang(async (isOneHanging) => {
    await evaluateOften(server, 7);
    await until("a write hangs", isOneHanging);
    await server.kill("SIGKILL");
  });
  const next = await start();
  await evaluateOften(next, 5);
  await next.kill("SIGTERM");
  expect(await total()).toBe(15);
});

it("a server that is stopped while it writes ends it, and writes what came meanwhile", async () => {
  const before = await total();
  const server = await start();
  const ended = await whileWritesHang(async (isOneHanging) => {
    await evaluateOften(server, 6);
    await until("a write hangs", isOneHanging);
    await evaluateOften(server, 3);
    const code = server.kill("SIGTERM");
    return () => code;
  });
  expect(await ended()).toBe(0);
  expect(await total()).toBe(before + 9);
});

it("a server that is stopped while it is asked counts all that it answered", async () => {
  const before = await total();
  const server = await start("60");
  const asked = 300;
  const answers = evaluateOften(server, asked);
  // Some are answered, and others are on their way.
  await server.post(EVALUATE);
  expect(await server.kill("SIGTERM")).toBe(0);
  const answered = (await answers).filter(({ status }) => status === "fulfilled").length + 1;
  const counted = (await total()) - before;
  expect(counted).toBeGreaterThanOrEqual(answered);
  expect(counted).toBeLessThanOrEqual(asked + 1);
});

it("a batch whose server was killed counts once when it is sent again", async () => {
  const before = await total();
  const report = (server: BuiltServer) =>
    server.post(
      `mutation($at: DateTime!) { reportDeliveries(input: { app: "shop", batchId: "one", deliveries: [
         { key: "colour", value: 3, reason: DEFAULT, at: $at, count: 8 }] }) { accepted isRepeat ${E} } }`,
      { at: new Date().toISOString() },
    );
  const server = await start();
  const answer = await whileWritesHang(async (isOneHanging) => {
    const lost = expect(report(server)).rejects.toThrow();
    await until("it hangs", isOneHanging);
    await server.kill("SIGKILL");
    await lost;
    const again = report(witness);
    return () => again;
  });
  expect(await answer()).toEqual({ reportDeliveries: { accepted: 8, isRepeat: false, errors: [] } });
  expect(await report(witness)).toMatchObject({ reportDeliveries: { accepted: 0, isRepeat: true } });
  expect(await total()).toBe(before + 8);
});
