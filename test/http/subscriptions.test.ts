import { createClient as createSocketClient, type Client as SocketClient } from "graphql-ws";
import { createClient as createEventClient } from "graphql-sse";
import { WebSocket } from "ws";
import { SUBSCRIPTIONS_PER_SOCKET_MAX } from "../../src/http/socketProtocol";
import { startServer, type HttpTestServer } from "../support/server";

let server: HttpTestServer;
beforeAll(async () => {
  server = await startServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
});
afterAll(() => server.stop());

const CHANGES = `subscription { changes(app: "shop", startAt: BEGINNING) { kind event { type } } }`;
type Change = { changes: { kind: string; event: { type: string } | null } };

const createKey = (name: string): Promise<unknown> =>
  server.send(
    `mutation($name: String!) { createKey(input: { app: "shop", name: $name, type: STRING, defaultValue: "" }) { errors { code } } }`,
    { name },
  );

const socketClient = (token = server.token): SocketClient =>
  createSocketClient({
    url: `${server.address.replace("http", "ws")}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });

/** The types of events until one is seen, whatever stands between. */
async function typesUntil(results: AsyncIterable<{ data?: unknown }>, last: string): Promise<string[]> {
  const types: string[] = [];
  for await (const { data } of results) {
    const type = (data as Change).changes.event?.type;
    if (type !== undefined) types.push(type);
    if (type === last) return types;
  }
  return types;
}

describe("over a WebSocket", () => {
  it("changes are replayed, then sent live", async () => {
    const client = socketClient();
    const seen = typesUntil(client.iterate({ query: CHANGES }), "KeyCreated");
    await createKey("by_socket");
    expect((await seen).slice(0, 2)).toEqual(["AppCreated", "EnvironmentCreated"]);
    await client.dispose();
  });

  it("queries are answered too", async () => {
    const client = socketClient();
    const { value } = await client.iterate({ query: "{ viewer { id } }" }).next();
    expect(value).toEqual({ data: { viewer: { id: "admin" } } });
    await client.dispose();
  });

  it("what is refused has the same code as over HTTP", async () => {
    const client = socketClient();
    const codeOf = async (query: string, variables: Record<string, unknown> = {}): Promise<unknown> => {
      try {
        const { value } = await client.iterate({ query, variables }).next();
        return value?.errors?.[0]?.extensions?.["code"];
      } catch (errors) {
        return (errors as { extensions?: { code?: unknown } }[])[0]?.extensions?.code;
      }
    };
    expect(await codeOf("{ nope }")).toBe("GRAPHQL_VALIDATION_FAILED");
    expect(await codeOf("{")).toBe("GRAPHQL_PARSE_FAILED");
    expect(await codeOf(`{ viewer { ${"id ".repeat(2_000)} } }`)).toBe("LIMIT_EXCEEDED");
    expect(await codeOf("query($id: ID!) { node(id: $id) { id } }", { id: "\0" })).toBe("BAD_USER_INPUT");
    expect(await codeOf("query($id: ID!) { node(id: $id) { id } }", { id: {} })).toBe("BAD_USER_INPUT");
    expect(await codeOf(`subscription { changes(app: "shop", after: "forged") { kind } }`)).toBe(
      "CURSOR_UNKNOWN",
    );
    await client.dispose();
  });

  it(`one socket carries ${SUBSCRIPTIONS_PER_SOCKET_MAX} operations at once and refuses one more`, async () => {
    const client = socketClient();
    const subscribe = () =>
      client.iterate({ query: `subscription { changes(app: "shop", startAt: BEGINNING) { kind } }` });
    const open = Array.from({ length: SUBSCRIPTIONS_PER_SOCKET_MAX }, subscribe);
    await Promise.all(open.map((results) => results.next()));
    await expect(subscribe().next()).rejects.toMatchObject([{ extensions: { code: "LIMIT_EXCEEDED" } }]);
    await open[0]?.return?.();
    await expect(subscribe().next()).resolves.toMatchObject({ done: false });
    await client.dispose();
  });

  it("a message that is too long ends the socket, and nothing else", async () => {
    const socket = new WebSocket(`${server.address.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    const code = await new Promise((resolve) => {
      socket.once("open", () => socket.send("x".repeat(2_000_000)));
      socket.on("error", () => undefined);
      socket.once("close", resolve);
    });
    expect(code).toBe(1009);
    expect((await server.post({ query: "{ viewer { id } }" })).status).toBe(200);
  });

  it("another path is no socket", async () => {
    const socket = new WebSocket(`${server.address.replace("http", "ws")}/elsewhere`, "graphql-transport-ws");
    const error = await new Promise<Error>((resolve) => void socket.once("error", resolve));
    expect(error.message).toContain("404");
  });
});

describe("as server-sent events", () => {
  it.each(["/graphql", "/graphql/stream"])("changes come to a graphql-sse client at %s", async (path) => {
    const client = createEventClient({
      url: server.address + path,
      headers: { authorization: `Bearer ${server.token}` },
      retryAttempts: 0,
    });
    const seen = typesUntil(client.iterate({ query: CHANGES }), "EnvironmentCreated");
    expect(await seen).toEqual(["AppCreated", "EnvironmentCreated"]);
    client.dispose();
  });

  it("a query is one result and its end", async () => {
    const response = await server.post({ query: "{ viewer { id } }" }, { accept: "text/event-stream" });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const next = `event: next\ndata: {"data":{"viewer":{"id":"admin"}}}\n\n`;
    expect(await response.text()).toBe(`:\n\n${next}event: complete\ndata: \n\n`);
  });

  it("a consumer that goes ends the subscription", async () => {
    const controller = new AbortController();
    const response = await fetch(`${server.address}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "text/event-stream",
        authorization: `Bearer ${server.token}`,
      },
      body: JSON.stringify({ query: CHANGES }),
      signal: controller.signal,
    });
    await response.body?.getReader().read();
    controller.abort();
    expect((await server.post({ query: "{ viewer { id } }" })).status).toBe(200);
  });

  it("a refused document is answered as ever", async () => {
    const response = await server.post({ query: "{ nope }" }, { accept: "text/event-stream" });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }],
    });
  });

  it("a subscription without the header is refused with words that name it", async () => {
    const response = await server.post({ query: CHANGES });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("text/event-stream");
  });
});
