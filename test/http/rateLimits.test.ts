import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { fillApp } from "../access/filledApp";
import { codeOf, makeToken } from "../access/tokens";
import { startTestServer, type GraphqlBody, type TestServer } from "../support/wholeServer";

jest.setTimeout(120_000);

let unlimited: TestServer;
let server: TestServer;
beforeAll(async () => {
  unlimited = await startTestServer();
  await fillApp(unlimited, "shop");
  server = await startTestServer({
    on: unlimited,
    perMinute: { mutations: 1, evaluations: 1, subscriptions: 1 },
  });
});
afterAll(async () => {
  await server.stop();
  await unlimited.stop();
});

let made = 0;
const newToken = async (): Promise<string> => {
  made += 1;
  const input = { app: "shop", name: `limited ${made}`, kind: "PERSON", role: "EDITOR" };
  return (await makeToken(unlimited, input)).secret;
};

type Answered = Readonly<{ status: number; retryAfter: string | null; body: GraphqlBody }>;

async function ask(on: TestServer, secret: string, query: string): Promise<Answered> {
  const response = await fetch(`${on.address}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
    body: JSON.stringify({ query }),
  });
  const body = (await response.json()) as GraphqlBody;
  return { status: response.status, retryAfter: response.headers.get("retry-after"), body };
}

const EVALUATE = `{ evaluate(app: "shop", user: { id: "u" }) { object } }`;
const newKey = (name: string) =>
  `createKey(input: { app: "shop", name: "${name}", type: STRING, defaultValue: "" }) { errors { code } }`;

function expectLimited({ status, retryAfter, body }: Answered): void {
  expect([status, codeOf(body)]).toEqual([429, "RATE_LIMITED"]);
  const seconds = body.errors?.[0]?.extensions?.["retryAfterSeconds"] as number;
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(retryAfter).toBe(String(seconds));
}

describe("a token that has asked for enough", () => {
  it("is told so of mutations, which are not done, and which the log knows of", async () => {
    const secret = await newToken();
    expect((await ask(server, secret, `mutation { ${newKey("in_time")} }`)).body.errors).toBeUndefined();
    expectLimited(await ask(server, secret, `mutation { ${newKey("too_much")} }`));
    expect(await unlimited.send(`{ key(app: "shop", name: "too_much") { id } }`)).toEqual({ key: null });
    expect(server.commands.at(-1)).toMatchObject({ outcome: "REFUSED", codes: ["RATE_LIMITED"] });
  });

  it("is told so of each mutation of a document", async () => {
    const secret = await newToken();
    expectLimited(await ask(server, secret, `mutation { a: ${newKey("first")} b: ${newKey("second")} }`));
    expect(await unlimited.send(`{ key(app: "shop", name: "first") { name } }`)).toEqual({
      key: { name: "first" },
    });
    expect(await unlimited.send(`{ key(app: "shop", name: "second") { name } }`)).toEqual({ key: null });
  });

  it("is told so of evaluations, and may still read", async () => {
    const secret = await newToken();
    expect((await ask(server, secret, EVALUATE)).status).toBe(200);
    expectLimited(await ask(server, secret, EVALUATE));
    expect((await ask(server, secret, `{ app(slug: "shop") { name } }`)).status).toBe(200);
    expect((await ask(server, await newToken(), EVALUATE)).status).toBe(200);
    expect((await ask(unlimited, secret, EVALUATE)).status).toBe(200);
  });

  it("is told so of subscriptions, over sockets", async () => {
    const client = createClient({
      url: `${server.address.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${await newToken()}` },
    });
    const query = `subscription { changes(app: "shop", startAt: BEGINNING) { cursor } }`;
    const first = client.iterate({ query });
    expect((await first.next()).value).toMatchObject({ data: { changes: {} } });
    const again = await client.iterate({ query }).next();
    expect(again.value).toMatchObject({ errors: [{ extensions: { code: "RATE_LIMITED" } }] });
    await client.dispose();
  });
});
