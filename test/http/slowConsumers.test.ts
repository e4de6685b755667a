import { createClient } from "graphql-ws";
import { connect } from "node:net";
import { WebSocket } from "ws";
import { SLOW_CONSUMER } from "../../src/http/outlet";
import { createStalls, STALLED_MS_MAX, type Stalls } from "../../src/http/stalls";
import { startServer, type HttpTestServer } from "../support/server";

/** Of 120 kB each, before and after: more than all buffers between the two take in. */
const EDITS = 120;

/** Of which the clock stands still unless it is moved. */
function stallsByHand() {
  let nowMs = 0;
  let began = (): void => undefined;
  const stalls = createStalls(() => nowMs);
  const watched: Stalls = {
    ...stalls,
    waiting(end) {
      const over = stalls.waiting(end);
      began();
      return over;
    },
    watch: () => () => undefined,
  };
  return {
    stalls: watched,
    /** Resolves at the next wait that begins. */
    begun: () => new Promise<void>((resolve) => (began = resolve)),
    /** Calls it at the beginning of each wait from now on. */
    atEachWait: (act: () => void) => void (began = act),
    pass(ms: number) {
      nowMs += ms;
      stalls.check();
    },
  };
}

describe("who lags and does not read", () => {
  const hand = stallsByHand();
  let server: HttpTestServer;

  beforeAll(async () => {
    server = await startServer({ stalls: hand.stalls });
    await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
    await server.send(
      `mutation { createKey(input: { app: "shop", name: "k", type: STRING, defaultValue: "" }) { errors { code } } }`,
    );
    for (let index = 0; index < EDITS; index++) {
      const { data } = await server.send(
        `mutation($value: JSON!) { r: editKey(input: { app: "shop", name: "k", defaultValue: $value }) { errors { code } } }`,
        { value: String(index).padEnd(60_000, "x") },
      );
      expect(data?.["r"]).toEqual({ errors: [] });
    }
  });
  afterAll(() => server.stop());

  const QUERY = `subscription { changes(app: "shop", startAt: BEGINNING) { cursor kind event { before after } } }`;

  it("over a WebSocket is closed with 4290 and its last cursor after 60 seconds, and not before", async () => {
    const socket = new WebSocket(`${server.address.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    const messages: { type: string; payload?: unknown }[] = [];
    const closed = new Promise<{ code: number; reason: string }>((resolve) => {
      socket.on("close", (code, reason) => resolve({ code, reason: String(reason) }));
    });
    socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string; payload?: unknown };
      messages.push(message);
      if (message.type !== "connection_ack") return;
      socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query: QUERY } }));
      socket.pause();
    });
    const begun = hand.begun();
    socket.on("open", () =>
      socket.send(
        JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${server.token}` } }),
      ),
    );
    await begun;
    hand.pass(STALLED_MS_MAX - 1);
    expect(socket.readyState).toBe(socket.OPEN);
    // Whatever the buffers below took in the meantime, the wait that lasts does so from now on at the latest.
    await untilClosed(closed, socket);
    const { code, reason } = await closed;
    expect(code).toBe(SLOW_CONSUMER);
    const last = messages.at(-1);
    const lastSent = messages.at(-2)?.payload as { data: { changes: { cursor: string } } };
    const { cursor } = lastSent.data.changes;
    expect(last).toMatchObject({
      type: "error",
      payload: [{ extensions: { code: "SLOW_CONSUMER", cursor } }],
    });
    expect(reason).toContain(cursor);
    expect(messages.length).toBeLessThan(EDITS);
  });

  async function untilClosed(closed: Promise<unknown>, socket: WebSocket): Promise<void> {
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    hand.pass(STALLED_MS_MAX);
    socket.resume();
    while (!isClosed) await new Promise((resolve) => setImmediate(resolve));
  }

  it("over server-sent events is told so by the last event, with its last cursor", async () => {
    const { hostname, port } = new URL(server.address);
    const socket = connect(Number(port), hostname);
    const begun = hand.begun();
    socket.write(
      `GET /changes?app=shop&startAt=BEGINNING HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${server.token}\r\n\r\n`,
    );
    socket.pause();
    await begun;
    hand.pass(STALLED_MS_MAX);
    let text = "";
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.includes("SLOW_CONSUMER") && text.endsWith("\r\n0\r\n\r\n")) break;
    }
    socket.destroy();
    const cursors = [...text.matchAll(/^id: (\S+)$/gm)].map(([, cursor]) => cursor);
    const [, told] = /event: error\ndata: .*"code":"SLOW_CONSUMER","cursor":"([^"]+)"/.exec(text) ?? [];
    expect(told).toBe(cursors.at(-1));
    expect(cursors.length).toBeLessThan(EDITS);
  });

  it("may read slowly for as long as it reads", async () => {
    const client = createClient({
      url: `${server.address.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${server.token}` },
      retryAttempts: 0,
    });
    let seen = 0;
    hand.atEachWait(() => hand.pass(0.7 * STALLED_MS_MAX));
    for await (const { data } of client.iterate<{ changes: { kind: string } }>({ query: QUERY })) {
      seen += 1;
      if (data?.changes.kind === "CAUGHT_UP") break;
    }
    expect(seen).toBe(EDITS + 4);
    await client.dispose();
  });
});

describe("subscriptions", () => {
  it("are so many on one server, whoever has them and however they came; one more is refused", async () => {
    const server = await startServer({ subscriptionsMax: 2 });
    await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
    const follow = (signal?: AbortSignal) =>
      fetch(`${server.address}/changes?app=shop`, {
        headers: { authorization: `Bearer ${server.token}` },
        ...(signal && { signal }),
      });
    const first = new AbortController();
    await follow(first.signal);
    const client = createClient({
      url: `${server.address.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${server.token}` },
      retryAttempts: 0,
    });
    const subscribe = () => client.iterate({ query: `subscription { changes(app: "shop") { kind } }` });
    const second = subscribe();
    await second.next();
    const { value } = await subscribe().next();
    expect(value).toMatchObject({ errors: [{ extensions: { code: "LIMIT_EXCEEDED" } }] });
    const refused = await follow();
    expect(refused.status).toBe(503);
    expect(await refused.text()).toContain("LIMIT_EXCEEDED");

    await second.return?.();
    const third = subscribe();
    expect((await third.next()).value).toEqual({ data: { changes: { kind: "CHECKPOINT" } } });
    await client.dispose();
    first.abort();
    await server.stop();
  });
});
