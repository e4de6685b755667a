import { WebSocket } from "ws";
import { fillApp } from "../access/filledApp";
import { codeOf, readAs, sendAs } from "../access/tokens";
import { AUDIENCE, ISSUER, startIdentityProvider, type IdentityProvider } from "../support/identityProvider";
import { startTestServer, type TestServer } from "../support/wholeServer";

let provider: IdentityProvider;
let server: TestServer;
beforeAll(async () => {
  provider = await startIdentityProvider("ES256");
  server = await startTestServer({
    oidc: {
      issuer: ISSUER,
      audience: AUDIENCE,
      jwksUrl: provider.jwksUrl,
      clockSkewSeconds: 0,
      rolesClaim: "/realm_access/roles",
      roles: [
        { value: "editors", role: "EDITOR", app: "shop", environments: null },
        { value: "stagers", role: "PUBLISHER", app: "shop", environments: ["staging"] },
        { value: "ops", role: "ADMIN", app: null, environments: null },
      ],
    },
  });
  await fillApp(server, "shop");
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});

const jwtFor = (sub: string, ...roles: string[]) => provider.jwt({ sub, realm_access: { roles } });
const VIEWER = `{ viewer { id kind role app grants { role app environments } } }`;

it("lets in whoever has a JWT of the provider, as a person with the roles of their groups", async () => {
  const jwt = await jwtFor("ada", "editors", "stagers", "others");
  expect(await readAs(server, jwt, VIEWER)).toEqual({
    viewer: {
      id: "oidc:ada",
      kind: "PERSON",
      role: null,
      app: null,
      grants: [
        { role: "EDITOR", app: "shop", environments: null },
        { role: "PUBLISHER", app: "shop", environments: ["staging"] },
      ],
    },
  });
});

it("writes their subject into the history, and their command into the log", async () => {
  const jwt = await jwtFor("grace", "ops");
  await readAs(
    server,
    jwt,
    `mutation { createKey(input: { app: "shop", name: "by_jwt", type: STRING, defaultValue: "" }) { errors { code } } }`,
  );
  const { changes } = await readAs<{ changes: { items: { event: object }[] } }>(
    server,
    jwt,
    `{ changes(app: "shop", startAt: BEGINNING, first: 100) { items { event { type actor { id } } } } }`,
  );
  expect(changes.items.at(-1)?.event).toEqual({ type: "KeyCreated", actor: { id: "oidc:grace" } });
  expect(server.commands.at(-1)).toMatchObject({ actor: "oidc:grace", command: "CreateKey" });
});

it("holds them to their groups: app, role and environments", async () => {
  const stager = await jwtFor("ada", "stagers");
  const publish = `mutation($id: ID!, $environment: String!) { r: publishConfig(input: { configId: $id, version: 1, environment: $environment }) { errors { code } } }`;
  const { app } = (await server.send(`{ app(slug: "shop") { configs(first: 1) { nodes { id } } } }`)) as {
    app: { configs: { nodes: { id: string }[] } };
  };
  const id = app.configs.nodes[0]?.id;
  const published = (environment: string) => readAs(server, stager, publish, { id, environment });
  expect(await published("production")).toEqual({ r: { errors: [{ code: "FORBIDDEN" }] } });
  expect(await published("staging")).toEqual({ r: { errors: [] } });
  const nobody = await jwtFor("eve");
  expect(await readAs(server, nobody, `{ app(slug: "shop") { id } }`)).toEqual({ app: null });
  expect(codeOf(await sendAs(server, nobody, `{ apps(first: 1) { totalCount } }`))).toBe("FORBIDDEN");
});

describe("refuses", () => {
  it.each<[string, () => Promise<string>]>([
    ["one of another audience", () => provider.jwt({ aud: "another" })],
    ["one that has expired", () => provider.jwt({ exp: 1 })],
    ["one of an unknown key", () => provider.jwt({}, { kid: "unknown" })],
    ["one that is as long as a header can be", () => provider.jwt({ more: "a".repeat(9_000) })],
  ])("%s, as any token that is none", async (_, jwt) => {
    const { status, body } = await server.post(
      { query: "{ viewer { id } }" },
      { authorization: `Bearer ${await jwt()}` },
    );
    expect([status, codeOf(body)]).toEqual([401, "UNAUTHENTICATED"]);
  });

  it("one of a megabyte, as a header and over a socket", async () => {
    const authorization = `Bearer ${await provider.jwt({ more: "a".repeat(700_000) })}`;
    expect(authorization.length).toBeGreaterThan(900_000);
    const sent = fetch(`${server.address}/graphql`, { method: "POST", headers: { authorization } });
    // Node's own bound for headers; it may cut the connection while it is still sent.
    const status = await sent.then(
      (response) => response.status,
      () => 431,
    );
    expect(status).toBe(431);
    expect(await closeCodeOf(authorization)).toBe(4401);
  });

  it("all of them while nobody can say whether they are good, as unavailable", async () => {
    const other = await startIdentityProvider("ES256");
    other.answer((_, response) => response.writeHead(503).end());
    const away = await startTestServer({
      on: server,
      oidc: {
        ...{ issuer: ISSUER, audience: AUDIENCE, jwksUrl: other.jwksUrl },
        ...{ clockSkewSeconds: 0, rolesClaim: "roles", roles: [] },
      },
    });
    const { status, body } = await away.post(
      { query: "{ viewer { id } }" },
      { authorization: `Bearer ${await other.jwt()}` },
    );
    expect([status, codeOf(body)]).toEqual([503, "UNAVAILABLE"]);
    expect((await away.post({ query: "{ viewer { id } }" })).status).toBe(200);
    await away.stop();
    await other.stop();
  });

  it("all of them on a server that knows no provider", async () => {
    const without = await startTestServer({ on: server });
    const authorization = `Bearer ${await jwtFor("ada", "ops")}`;
    expect((await without.post({ query: "{ viewer { id } }" }, { authorization })).status).toBe(401);
    await without.stop();
  });
});

function closeCodeOf(authorization: string): Promise<number> {
  const socket = new WebSocket(`${server.address.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  socket.on("open", () =>
    socket.send(JSON.stringify({ type: "connection_init", payload: { authorization } })),
  );
  return new Promise((resolve) => socket.on("close", resolve));
}
