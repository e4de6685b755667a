import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { fillApp, type FilledApp } from "../access/filledApp";
import { makeToken, sendAs } from "../access/tokens";
import { LOGGED_TEXT_LENGTH_MAX, type CommandLine } from "../../src/lib/commandLog";
import { SCHEDULER_ACTOR } from "../../src/releases/dueRound";
import { REQUEST_ID_LENGTH_MAX } from "../../src/http/requestId";
import { secretsIn } from "../support/testLog";
import { until } from "../support/until";
import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
let app: FilledApp;
beforeAll(async () => {
  server = await startTestServer();
  app = await fillApp(server, "shop");
});
afterAll(() => server.stop());

const CREATE_KEY = `mutation($input: CreateKeyInput!) { createKey(input: $input) { key { id } errors { code } } }`;
const newKey = (name: string, input: object = {}) => ({
  input: { app: "shop", name, type: "STRING", defaultValue: "", ...input },
});
const last = (): CommandLine | undefined => server.commands.at(-1);

describe("a command is logged", () => {
  it("when it was accepted, by the request's id and with the command id of its events", async () => {
    const { headers } = await ask({ query: CREATE_KEY, variables: newKey("logged") });
    expect(last()).toEqual({
      requestId: headers.get("x-request-id"),
      actor: "admin",
      commandId: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      command: "CreateKey",
      app: "shop",
      outcome: "ACCEPTED",
      codes: [],
      durationMs: expect.any(Number) as number,
      isValidation: false,
    });
    const rows = await server.running.parts.database.query<{ command_id: string }>(
      `select meta::json ->> 'commandId' as command_id from log.events order by position desc limit 1`,
    );
    expect(rows).toEqual([{ command_id: last()?.commandId }]);
  });

  it("when it was refused, with every code once", async () => {
    await ask({ query: CREATE_KEY, variables: newKey("1", { commandId: "mine", valueSchema: { a: 1 } }) });
    expect(last()).toMatchObject({ commandId: "mine", outcome: "REFUSED", codes: ["INVALID"] });
  });

  it("when its sender has no right to it, or does not see what it is about", async () => {
    const { secret } = await makeToken(server, { app: "shop", name: "v", kind: "PERSON", role: "VIEWER" });
    await sendAs(server, secret, CREATE_KEY, newKey("x"));
    expect(last()).toMatchObject({ outcome: "REFUSED", codes: ["FORBIDDEN"], app: "shop" });
    await sendAs(server, secret, CREATE_KEY, newKey("x", { app: "other" }));
    expect(last()).toMatchObject({ outcome: "REFUSED", codes: ["NOT_FOUND"], app: "other" });
    expect(last()?.actor).toMatch(/^token_shop_/);
  });

  it("when it only asks if something could be done", async () => {
    const query = `mutation($id: ID!) { publishConfig(input: { configId: $id, version: 1, validateOnly: true }) { errors { code } } }`;
    await ask({ query, variables: { id: app.ids["configId"] } });
    expect(last()).toMatchObject({ command: "PublishConfig", app: "shop", isValidation: true });
  });

  it("each of several in one request", async () => {
    const one = (alias: string) =>
      `${alias}: createKey(input: { app: "shop", name: "${alias}", type: STRING, defaultValue: "" }) { errors { code } }`;
    const before = server.commands.length;
    await ask({ query: `mutation { ${one("third")} ${one("fourth")} }` });
    const lines = server.commands.slice(before);
    expect(lines).toHaveLength(2);
    expect(new Set(lines.map(({ requestId }) => requestId)).size).toBe(1);
    expect(new Set(lines.map(({ commandId }) => commandId)).size).toBe(2);
  });

  it("when it came over a socket", async () => {
    const client = createClient({
      url: `${server.address.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${server.token}` },
    });
    for await (const result of client.iterate({ query: CREATE_KEY, variables: newKey("by_socket") })) {
      expect(result.errors).toBeUndefined();
    }
    await client.dispose();
    expect(last()).toMatchObject({ command: "CreateKey", outcome: "ACCEPTED" });
    expect(last()?.requestId).toMatch(/^[\da-f-]{36}$/);
  });

  it("when nobody asked for it but the clock", async () => {
    server.clock.set(new Date(server.clock.now().getTime() + 2 * 3_600_000).toISOString());
    const byClock = () => server.commands.find(({ actor }) => actor === SCHEDULER_ACTOR);
    await until("the scheduler has done what is due", () => byClock() !== undefined);
    expect(byClock()).toMatchObject({
      requestId: null,
      command: "StartScheduledPublication",
      app: "shop",
      outcome: "ACCEPTED",
    });
  });

  it("with no more of what its sender chose than a line can hold", async () => {
    const long = "x".repeat(10_000);
    await ask({ query: CREATE_KEY, variables: newKey("long", { app: long, commandId: long }) });
    expect(last()?.app).toHaveLength(LOGGED_TEXT_LENGTH_MAX);
    expect(last()?.commandId).toHaveLength(LOGGED_TEXT_LENGTH_MAX);
  });
});

describe("a request's id", () => {
  const idOf = async (given: string): Promise<string | null> =>
    (await ask({ query: "{ viewer { id } }" }, { "x-request-id": given })).headers.get("x-request-id");

  it("is the one that was sent along, if it can be one", async () => {
    const longest = "a".repeat(REQUEST_ID_LENGTH_MAX);
    expect(await idOf("proxy:7.b-2_c")).toBe("proxy:7.b-2_c");
    expect(await idOf(longest)).toBe(longest);
  });

  it("is a new one otherwise", async () => {
    for (const given of ["", "a b", `{"a":1}`, "a".repeat(REQUEST_ID_LENGTH_MAX + 1)]) {
      expect(await idOf(given)).toMatch(/^[\da-f-]{36}$/);
    }
  });
});

describe("the log", () => {
  it("holds no secret and nothing of a user, whatever is asked", async () => {
    const secrets: string[] = [server.token, "pe_person_wrong-wrong-wrong-wrong-wrong"];
    for (const input of [
      { kind: "PERSON", role: "ADMIN" },
      { kind: "SERVER" },
      { kind: "CLIENT", environment: "production" },
    ]) {
      const { id, secret } = await makeToken(server, { app: "shop", name: `a ${input.kind}`, ...input });
      const rotated = await server.send(
        `mutation($id: ID!) { rotateToken(input: { tokenId: $id }) { secret errors { code } } }`,
        { id },
      );
      secrets.push(secret, server.read(rotated, "rotateToken.secret"));
    }
    const user = { id: "user-of-the-log", properties: { email: "somebody@log.example", city: "Berlin" } };
    for (const secret of secrets) {
      await sendAs(
        server,
        secret,
        `query($user: UserInput!) { evaluate(app: "shop", user: $user) { object } }`,
        {
          user,
        },
      );
      await sendAs(server, secret, CREATE_KEY, newKey("secret", { defaultValue: "value-of-the-log" }));
    }
    const inUse = { $userIn: [user.id] };
    await server.send(
      `mutation($condition: JSON!) { createSegment(input: { app: "shop", name: "Some", condition: $condition }) { errors { code } } }`,
      { condition: inUse },
    );
    const log = server.log();
    expect(log.split("\n").length).toBeGreaterThan(20);
    expect(secretsIn(log)).toEqual([]);
    for (const text of [...secrets, user.id, user.properties.email, "Berlin", "value-of-the-log"]) {
      expect(log).not.toContain(text);
    }
  });

  it("would be seen to hold a secret if it did", () => {
    expect(secretsIn(`{"a":"${server.token}"}\n{"b":1}`)).toEqual([`{"a":"${server.token}"}`]);
    expect(secretsIn(`x pe_client_${"a".repeat(43)}`)).toHaveLength(1);
  });
});

async function ask(body: object, headers: Record<string, string> = {}): Promise<Response> {
  const response = await fetch(`${server.address}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${server.token}`, ...headers },
    body: JSON.stringify(body),
  });
  await response.json();
  return response;
}
