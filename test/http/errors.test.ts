import { startServer, type GraphqlAnswer, type HttpTestServer } from "../support/server";
import { startTcpProxy, type TcpProxy } from "../support/tcpProxy";
import { until } from "../support/until";

let server: HttpTestServer;
let proxy: TcpProxy;
beforeEach(async () => {
  server = await startServer({}, async (url) => {
    proxy = await startTcpProxy(url);
    return proxy.url;
  });
});
afterEach(async () => {
  await server.stop();
  await proxy.close();
});

describe("a fault of our own", () => {
  it("is masked, and stands in the log under the id that the caller gets", async () => {
    await server.running.parts.database.query("drop table models.environments");
    const { errors, data } = await server.send(`{ apps { nodes { id environments { id } } } viewer { id } }`);
    expect(data).toMatchObject({ apps: { nodes: [] } });
    expect(errors).toBeUndefined();

    await server.running.parts.database.query("drop table models.apps cascade");
    const failed = await server.send(`{ apps { nodes { id } } }`);
    const [error] = failed.errors ?? [];
    expect(error).toMatchObject({ message: "Something went wrong on our side.", path: ["apps"] });
    expect(Object.keys(error?.extensions ?? {}).sort()).toEqual(["code", "id"]);
    expect(error?.extensions?.["code"]).toBe("INTERNAL");
    const logged = server.faults.get(String(error?.extensions?.["id"]));
    expect(String(logged)).toContain("models.apps");
    expect(logged).toHaveProperty("stack");
  });
});

describe("while the database is away", () => {
  it("answers 503 with a code that says to come back, and recovers by itself", async () => {
    expect((await server.post({ query: "{ apps { totalCount } }" })).status).toBe(200);
    proxy.setMode("cut");
    const response = await server.post({ query: "{ apps { totalCount } }" });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    const { errors } = (await response.json()) as GraphqlAnswer;
    expect(errors).toMatchObject([{ extensions: { code: "UNAVAILABLE" } }]);
    expect(errors?.[0]?.message).toContain("same commandId");

    const create = `mutation { createApp(input: { slug: "away", name: "Away" }) { app { id } errors { code } } }`;
    const refused = await server.post({ query: create });
    expect(refused.status).toBe(503);
    expect((await fetch(`${server.address}/health/live`)).status).toBe(200);
    expect((await fetch(`${server.address}/health/ready`)).status).toBe(503);
    // What needs no database goes on, the token is remembered.
    expect((await server.post({ query: "{ viewer { id } }" })).status).toBe(200);
    proxy.setMode("pass");
    await until(
      "it answers again",
      async () => (await server.post({ query: "{ apps { totalCount } }" })).status === 200,
    );
    const created = await server.send(
      `mutation { createApp(input: { slug: "back", name: "Back" }) { app { slug } errors { code } } }`,
    );
    expect(created.data).toEqual({ createApp: { app: { slug: "back" }, errors: [] } });
    expect(server.faults.size).toBe(0);
  });
});
