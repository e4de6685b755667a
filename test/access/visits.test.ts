import { WebSocket } from "ws";
import { createClient, type Client } from "graphql-ws";
import { replaceAdminToken } from "../../src/access/adminToken";
import { makeToken } from "./tokens";
import { until } from "../support/until";
import { startTestServer, type TestServer } from "../support/wholeServer";

jest.setTimeout(60_000);

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
});
afterAll(() => server.stop());

const CHANGES = `subscription { changes(app: "shop") { kind cursor } }`;
const REVOKE = `mutation($id: ID!) { revokeToken(input: { tokenId: $id }) { errors { code } } }`;

/** A socket with a subscription under way. */
async function openSocket(secret: string) {
  const opened = { closeCode: 0, items: 0 };
  const client: Client = createClient({
    url: `${server.address.replace("http", "ws")}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${secret}` },
    retryAttempts: 0,
    on: { closed: (event) => void (opened.closeCode = (event as { code: number }).code) },
  });
  const end = client.subscribe(
    { query: CHANGES },
    { next: () => void (opened.items += 1), error: () => undefined, complete: () => undefined },
  );
  await until("the subscription is under way", () => opened.items > 0);
  return { opened, end: () => (end(), client.dispose()) };
}

/** An event stream under way, and all that it has said so far. */
async function openStream(secret: string) {
  const response = await fetch(`${server.address}/graphql/stream`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
    body: JSON.stringify({ query: CHANGES }),
  });
  const said = { text: "", isOver: false };
  void (async () => {
    for await (const chunk of response.body ?? []) said.text += Buffer.from(chunk as Uint8Array).toString();
    said.isOver = true;
  })();
  await until("the stream is under way", () => said.text.includes("CHECKPOINT"));
  return said;
}

const newToken = (name: string, input: object = {}) =>
  makeToken(server, { app: "shop", name, kind: "SERVER", ...input });

describe("what is open when its token is revoked", () => {
  it("is ended, a socket with 4401 and a stream with the reason, and what others have open goes on", async () => {
    const [lost, kept] = [await newToken("lost"), await newToken("kept")];
    const socket = await openSocket(lost.secret);
    const stream = await openStream(lost.secret);
    const other = await openSocket(kept.secret);

    await server.send(REVOKE, { id: lost.id });
    await until("the socket is closed", () => socket.opened.closeCode !== 0);
    await until("the stream is over", () => stream.isOver);
    expect(socket.opened.closeCode).toBe(4401);
    expect(stream.text).toContain("UNAUTHENTICATED");
    expect(stream.text).toMatch(/event: complete\ndata: \n\n$/);

    const before = other.opened.items;
    await newToken("one more");
    await server.send(
      `mutation { createKey(input: { app: "shop", name: "k", type: STRING, defaultValue: "" }) { errors { code } } }`,
    );
    await until("the other socket goes on", () => other.opened.items > before);
    expect(other.opened.closeCode).toBe(0);
    await other.end();
  });
});

describe("what is open when its token expires", () => {
  it("is ended", async () => {
    const expiresAt = new Date(server.clock.now().getTime() + 3_600_000).toISOString();
    const { secret } = await newToken("short", { expiresAt });
    const socket = await openSocket(secret);
    const stream = await openStream(secret);
    server.clock.set(expiresAt);
    await until("the socket is closed", () => socket.opened.closeCode === 4401);
    await until("the stream is over", () => stream.isOver);
  });
});

describe("what is open when the admin token is replaced", () => {
  it("is ended", async () => {
    const own = await startTestServer();
    try {
      await own.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
      const before = server;
      server = own;
      const socket = await openSocket(own.token);
      server = before;
      await replaceAdminToken(own.running.parts.instance);
      await until("the socket is closed", () => socket.opened.closeCode === 4401);
    } finally {
      await own.stop();
    }
  });
});

describe("a request that takes long to arrive", () => {
  it("is refused if its token has ended meanwhile", async () => {
    const { id, secret } = await newToken("slow");
    let send: (chunk: string | null) => void = () => undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        send = (chunk) =>
          chunk === null ? controller.close() : controller.enqueue(new TextEncoder().encode(chunk));
      },
    });
    const answer = fetch(`${server.address}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
      body,
      duplex: "half",
    } as RequestInit);
    send(`{"query": `);
    await server.send(REVOKE, { id });
    await until("the token has ended", async () => {
      const { status } = await server.post(
        { query: "{ viewer { id } }" },
        { authorization: `Bearer ${secret}` },
      );
      return status === 401;
    });
    send(`"{ viewer { id } }"}`);
    send(null);
    expect((await answer).status).toBe(401);
  });
});
