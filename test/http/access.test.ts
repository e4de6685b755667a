import { WebSocket } from "ws";
import { getIntrospectionQuery } from "graphql";
import { startServer, type GraphqlAnswer, type HttpTestServer } from "../support/server";

let server: HttpTestServer;
beforeAll(async () => void (server = await startServer()));
afterAll(() => server.stop());

const unauthenticated = async (response: Response): Promise<void> => {
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toBe("Bearer");
  const { errors } = (await response.json()) as GraphqlAnswer;
  expect(errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
};

describe("a request without a valid token", () => {
  it.each([
    ["no header", ""],
    ["another token", "Bearer wrong-token-of-some-length"],
    ["another scheme", "Basic YTpi"],
    ["a token of a hundred thousand characters", `Bearer ${"x".repeat(10_000)}`],
  ])("is refused: %s", async (_what, authorization) => {
    await unauthenticated(await server.post({ query: "{ viewer { id } }" }, { authorization }));
  });

  it("is refused whatever it asks, introspection and documents that do not parse included", async () => {
    for (const query of [getIntrospectionQuery(), "{ __typename }", "{", "x".repeat(100_000)]) {
      await unauthenticated(await server.post({ query }, { authorization: "" }));
    }
  });

  it("is refused before its body is read", async () => {
    await unauthenticated(await server.post("this is no JSON", { authorization: "" }));
  });

  it("is refused as an event stream", async () => {
    const headers = { authorization: "", accept: "text/event-stream" };
    await unauthenticated(await server.post({ query: "subscription { x }" }, headers));
    const stream = await fetch(`${server.address}/graphql/stream`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    await unauthenticated(stream);
  });

  it("is refused as a WebSocket, with the code 4401", async () => {
    expect(await closeCodeOf(server, { authorization: "Bearer wrong" })).toBe(4401);
    expect(await closeCodeOf(server, {})).toBe(4401);
  });

  it("never sees its token in the log", () => {
    expect(JSON.stringify([...server.faults])).not.toContain("wrong-token");
  });
});

describe("without a token", () => {
  it.each(["/health/live", "/health/ready", "/"])("%s answers", async (path) => {
    expect((await fetch(server.address + path)).status).toBe(200);
  });

  it.each([
    "/graphql",
    "/metrics",
    "/ofrep/v1/evaluate/flags",
    "/changes",
    "/ide/../package.json",
    "/package.json",
  ])("%s tells nothing", async (path) => {
    const response = await fetch(server.address + path);
    expect([401, 404]).toContain(response.status);
    expect(((await response.json()) as GraphqlAnswer).data).toBeUndefined();
  });
});

describe("the admin token", () => {
  it("lets its holder do everything", async () => {
    const { data } = await server.send("{ viewer { id role } }");
    expect(data).toEqual({ viewer: { id: "admin", role: "ADMIN" } });
  });

  it("is accepted whatever the case of its scheme", async () => {
    const response = await server.post(
      { query: "{ viewer { id } }" },
      { authorization: `bearer ${server.token}` },
    );
    expect(response.status).toBe(200);
  });
});

/** Opens a socket, says hello with these parameters, and waits for how it is closed. */
function closeCodeOf({ address }: HttpTestServer, payload: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${address.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    socket.once("open", () => socket.send(JSON.stringify({ type: "connection_init", payload })));
    socket.once("close", resolve);
    socket.once("error", reject);
  });
}
