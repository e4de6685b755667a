import { startedServer, type BuiltServer } from "../support/builtServer";
import { freshDatabase } from "../support/postgres";
import { startTcpProxy, type TcpProxy } from "../support/tcpProxy";
import { until } from "../support/until";

jest.setTimeout(120_000);

const EVALUATE = `{ evaluate(app: "shop", user: { id: "u" }) { object } }`;
const E = "errors { code message }";
let database: { url: string; drop: () => Promise<void> };
let proxy: TcpProxy;
let configId = "";
let server: BuiltServer;

/** How often it writes is as long as it may be, so that what a test sees was not written just by the way. */
const startOn = (url: string, everySeconds: string): Promise<BuiltServer> =>
  startedServer({ DATABASE_URL: url, DELIVERIES_FLUSH: everySeconds });

beforeAll(async () => {
  database = await freshDatabase({ migrated: true });
  proxy = await startTcpProxy(database.url);
  server = await startOn(proxy.url, "60");
  await server.post(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { ${E} }
    createKey(input: { app: "shop", name: "colour", type: INTEGER, defaultValue: 3 }) { ${E} } }`);
  const made = (await server.post(
    `mutation { createConfig(input: { app: "shop", name: "Colours", keys: ["colour"], rules: [{ values: [{ key: "colour", value: 4 }] }] }) { config { id } ${E} } }`,
  )) as { createConfig: { config: { id: string } } };
  configId = made.createConfig.config.id;
  await server.post(`mutation($id: ID!) { publishConfig(input: { configId: $id, version: 1 }) { ${E} } }`, {
    id: configId,
  });
});
afterAll(async () => {
  await server.kill("SIGKILL");
  await proxy.close();
  await database.drop();
});

async function total(of: BuiltServer): Promise<number> {
  const data = (await of.post(
    `query($id: ID!, $from: DateTime!, $to: DateTime!) { config(id: $id) { statistics(from: $from, to: $to) { total } } }`,
    {
      id: configId,
      from: new Date(Date.now() - 86_400_000).toISOString(),
      to: new Date(Date.now() + 60_000).toISOString(),
    },
  )) as { config: { statistics: { total: number } } };
  return data.config.statistics.total;
}

async function evaluateOften(of: BuiltServer, times: number): Promise<void> {
  await Promise.all(Array.from({ length: times }, () => of.post(EVALUATE)));
}

it("a server that is stopped writes all that it counted; one that is killed loses what it has not written yet", async () => {
  await evaluateOften(server, 25);
  expect(await server.kill("SIGTERM")).toBe(0);
  server = await startOn(database.url, "1");
  expect(await total(server)).toBe(25);

  await evaluateOften(server, 10);
  await until("it is written", async () => (await total(server)) === 35);
  const again = await startOn(database.url, "60");
  // Its first look at what there is to write was when it started.
  await evaluateOften(again, 7);
  await again.kill("SIGKILL");
  await server.kill("SIGTERM");
  server = await startOn(database.url, "1");
  expect(await total(server)).toBe(35);
});

it("two servers count what both of them gave, also if one stops while they do", async () => {
  const before = await total(server);
  const other = await startOn(database.url, "1");
  await Promise.all([evaluateOften(server, 40), evaluateOften(other, 40)]);
  expect(await other.kill("SIGTERM")).toBe(0);
  await evaluateOften(server, 5);
  await until("all are counted", async () => (await total(server)) >= before + 85);
  expect(await total(server)).toBe(before + 85);
});

it("while the database is away counts are kept, and written once when it is there again", async () => {
  const before = await total(server);
  await server.kill("SIGTERM");
  server = await startOn(proxy.url, "1");
  await evaluateOften(server, 3);
  proxy.setMode("cut");
  await evaluateOften(server, 4);
  await until("a write has failed", () => server.printed().includes("Off the path of any request"));
  await evaluateOften(server, 5);
  proxy.setMode("pass");
  const other = await startOn(database.url, "60");
  await until("all are counted", async () => (await total(other)) >= before + 12, 30_000);
  expect(await total(other)).toBe(before + 12);
  await other.kill("SIGTERM");
});
