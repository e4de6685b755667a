import { WebSocket } from "ws";
import { startServer } from "../support/server";

describe("stopping", () => {
  it("ends streams and sockets, which would go on for ever, and tells sockets to come back", async () => {
    const server = await startServer();
    await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
    const query = `subscription { changes(app: "shop", startAt: BEGINNING) { kind } }`;
    const stream = await server.post({ query }, { accept: "text/event-stream" });
    const socket = new WebSocket(`${server.address.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    await new Promise((resolve) => void socket.once("open", resolve));
    const closed = new Promise((resolve) => void socket.once("close", resolve));

    const text = stream.text();
    await server.stop();
    expect(await closed).toBe(1001);
    expect(await text).toContain("event: complete");
    await expect(fetch(`${server.address}/health/live`)).rejects.toThrow();
  });
});
