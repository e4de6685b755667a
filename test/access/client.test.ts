import { fillApp, type FilledApp } from "./filledApp";
import { codeOf, makeToken, readAs, sendAs } from "./tokens";
import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
let app: FilledApp;
let client: string;
beforeAll(async () => {
  server = await startTestServer();
  app = await fillApp(server, "shop");
  const input = { app: "shop", name: "page", kind: "CLIENT", environment: "production" };
  client = (await makeToken(server, input)).secret;
});
afterAll(() => server.stop());

const berliner = { id: "u", properties: { city: "Berlin" } };
const EVALUATE = `query($environment: String! = "production", $user: UserInput!, $keys: [String!], $asOf: DateTime) {
  evaluate(app: "shop", environment: $environment, user: $user, keys: $keys, asOf: $asOf) {
    revision object values { key value reason errorCode version rule { id segment { id } } source { id } }
  }
}`;

describe("a client", () => {
  it("is told values of keys that are for clients, and nothing of where they come from", async () => {
    const { evaluate } = await readAs<{ evaluate: { values: object[]; object: object } }>(
      server,
      client,
      EVALUATE,
      { user: berliner },
    );
    expect(evaluate.object).toEqual({ colour: "blue", on: true });
    const told = { reason: "TARGETING_MATCH", errorCode: null, version: null, rule: null, source: null };
    expect(evaluate.values).toEqual([
      { key: "colour", value: "blue", ...told },
      { key: "on", value: true, ...told },
    ]);
  });

  it("gets the values that a server gets", async () => {
    const server_ = await makeToken(server, { app: "shop", name: "service", kind: "SERVER" });
    for (const user of [berliner, { id: "v", properties: {} }]) {
      const ofServer = await readAs<{ evaluate: { object: object } }>(server, server_.secret, EVALUATE, {
        user,
      });
      const ofClient = await readAs<{ evaluate: { object: object } }>(server, client, EVALUATE, { user });
      expect({ ...ofClient.evaluate.object, inner: "red" }).toEqual(ofServer.evaluate.object);
    }
  });

  it("is told of a key that is not for clients what it is told of one that does not exist", async () => {
    const ask = async (key: string) => {
      const { evaluate } = await readAs<{ evaluate: object }>(server, client, EVALUATE, {
        user: berliner,
        keys: [key],
      });
      return JSON.stringify(evaluate).replaceAll(key, "it");
    };
    expect(await ask("inner")).toBe(await ask("none"));
    expect(await ask("inner")).toContain("KEY_NOT_FOUND");
  });

  it("finds no other environment, whether there is one or not", async () => {
    const ask = async (environment: string) =>
      JSON.stringify(await sendAs(server, client, EVALUATE, { user: berliner, environment })).replaceAll(
        environment,
        "it",
      );
    expect(await ask("staging")).toBe(await ask("berlin"));
    expect(await ask("staging")).toContain("NOT_FOUND");
  });

  it("sees the present and no past", async () => {
    const asOf = server.clock.now().toISOString();
    expect(codeOf(await sendAs(server, client, EVALUATE, { user: berliner, asOf }))).toBe("FORBIDDEN");
    const atRevision = `query($user: UserInput!) { evaluate(app: "shop", user: $user, atRevision: 3) { object } }`;
    expect(codeOf(await sendAs(server, client, atRevision, { user: berliner }))).toBe("FORBIDDEN");
  });

  it.each([
    ["an explanation", `{ explain(app: "shop", key: "colour", user: { id: "u" }) { value } }`],
    ["its app", `{ app(slug: "shop") { id } }`],
    ["all apps", `{ apps { nodes { slug } } }`],
    ["a key", `{ key(app: "shop", name: "colour") { id } }`],
    ["the history", `{ changes(app: "shop") { items { cursor } } }`],
    ["a token", `{ tokens { totalCount } }`],
  ])("is not told of %s", async (_what, query) => {
    expect(codeOf(await sendAs(server, client, query))).toBe("FORBIDDEN");
  });

  it("finds nothing by id", async () => {
    const query = `query($id: ID!) { node(id: $id) { id } }`;
    expect(codeOf(await sendAs(server, client, query, { id: app.ids["configId"] }))).toBe("FORBIDDEN");
  });
});
