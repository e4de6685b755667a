import { startTcpProxy, type TcpProxy } from "../support/tcpProxy";
import { freshDatabase } from "../support/postgres";
import { until } from "../support/until";
import { startTestServer, type TestServer } from "../support/wholeServer";

jest.setTimeout(120_000);

let database: { url: string; drop: () => Promise<void> };
let proxy: TcpProxy;
let server: TestServer;

beforeAll(async () => {
  database = await freshDatabase({ migrated: true });
  proxy = await startTcpProxy(database.url);
  server = await startTestServer({ databaseUrl: proxy.url });
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
  await server.send(CREATE, { name: "before" });
});
afterAll(async () => {
  await server.stop();
  await proxy.close();
  await database.drop();
});

const CREATE = `mutation($name: String!, $id: String) { createKey(input: { app: "shop", name: $name, type: STRING, defaultValue: "x", commandId: $id }) { errors { code } } }`;
const EVALUATE = `{ evaluate(app: "shop", user: { id: "u" }) { object } }`;

const isReady = async (): Promise<boolean> => (await fetch(`${server.address}/health/ready`)).ok;

describe("while the database is away", () => {
  it("changes are refused with 503, values are given on, and afterwards everything goes on by itself", async () => {
    expect(await server.send(EVALUATE)).toEqual({ evaluate: { object: { before: "x" } } });
    proxy.setMode("cut");

    const { status, body } = await server.post({
      query: CREATE,
      variables: { name: "during", id: "during" },
    });
    expect(status).toBe(503);
    expect(body.errors?.[0]?.extensions?.["code"]).toBe("UNAVAILABLE");
    expect(await server.send(EVALUATE)).toEqual({ evaluate: { object: { before: "x" } } });
    expect(await isReady()).toBe(false);

    proxy.setMode("pass");
    await until("the server is ready again", isReady, 30_000);
    // The client that was refused sends the same command again: it is done once, whatever became of the first.
    await until(
      "a change is accepted again",
      async () => {
        const again = await server.post({ query: CREATE, variables: { name: "during", id: "during" } });
        return again.status === 200;
      },
      30_000,
    );
    expect(await server.send(EVALUATE)).toEqual({ evaluate: { object: { before: "x", during: "x" } } });
    const data = await server.send(
      `{ changes(app: "shop", startAt: BEGINNING, first: 100) { items { event { type subject } } } }`,
    );
    const created = server
      .read<{ event: { type: string } }[]>(data, "changes.items")
      .filter(({ event }) => event.type === "KeyCreated");
    expect(created).toHaveLength(2);
  });
});
