import { get } from "node:http";
import { WebSocket } from "ws";

type At = Readonly<{ address: string; token: string }>;
/** What the process of the followers is asked for, one thing at a time. */
export type ClientOrder =
  | (At & Readonly<{ type: "REPLAY"; over: "SSE" | "WEBSOCKET" }>)
  | (At & Readonly<{ type: "OPEN" | "OPEN_SILENT"; count: number }>)
  | Readonly<{ type: "RECEIVE"; events: number }>
  | Readonly<{ type: "CLOSE" }>;
export type ClientReport = Readonly<{
  events: number;
  seconds: number;
  latenciesMs: Readonly<{ p50: number; p99: number; max: number }>;
}>;

const FIELDS = `cursor kind event { id type source specversion subject entityKind sequence time actor { id } note environment before after }`;
const SILENT_MS = 5_000;

const sockets: WebSocket[] = [];
const latencies: number[] = [];
let received = 0;
let awaited = Infinity;
let whenReceived = (): void => undefined;

process.on("message", (order) => {
  void obey(order as ClientOrder).then((report) => process.send?.(report));
});

async function obey(order: ClientOrder): Promise<ClientReport> {
  const startedAt = performance.now();
  let events = 0;
  switch (order.type) {
    case "REPLAY":
      events = order.over === "SSE" ? await replayEvents(order) : await replaySocket(order);
      break;
    case "OPEN":
      for (let index = 0; index < order.count; index += 1) sockets.push(await follow(order));
      break;
    case "OPEN_SILENT":
      for (let index = 0; index < order.count; index += 1) sockets.push(await openSilent(order));
      await new Promise((resolve) => setTimeout(resolve, SILENT_MS));
      break;
    case "RECEIVE":
      await untilReceived(order.events * sockets.length);
      break;
    case "CLOSE":
      for (const socket of sockets.splice(0)) socket.terminate();
      break;
  }
  return { events, seconds: (performance.now() - startedAt) / 1_000, latenciesMs: percentiles() };
}

/** What has come since the last time counts too. */
async function untilReceived(count: number): Promise<void> {
  awaited = count;
  if (received < awaited) await new Promise<void>((resolve) => (whenReceived = resolve));
  received -= count;
  awaited = Infinity;
}

function percentiles(): ClientReport["latenciesMs"] {
  const sorted = Float64Array.from(latencies.splice(0)).sort();
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

function replayEvents({ address, token }: At): Promise<number> {
  return new Promise((resolve, reject) => {
    let [events, rest] = [0, ""];
    const url = `${address}/changes?app=bench&startAt=BEGINNING`;
    const request = get(url, { headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.setEncoding("latin1");
      response.on("data", (chunk: string) => {
        const text = rest + chunk;
        const end = text.lastIndexOf("\n\n");
        rest = text.slice(end + 2);
        for (
          let at = text.indexOf("\ndata: ");
          at !== -1 && at < end;
          at = text.indexOf("\ndata: ", at + 1)
        ) {
          events += 1;
        }
        if (!text.includes(`"kind":"CAUGHT_UP"`)) return;
        resolve(events - 1);
        request.destroy();
      });
    });
    request.once("error", reject);
  });
}

async function replaySocket(at: At): Promise<number> {
  let events = 0;
  const socket = await opened(at);
  await new Promise<void>((resolve) => {
    socket.on("message", (data: Buffer) => {
      if (data.includes(`"kind":"CAUGHT_UP"`)) resolve();
      else events += 1;
    });
    subscribe(socket, `startAt: BEGINNING`);
  });
  socket.terminate();
  return events;
}

async function follow(at: At): Promise<WebSocket> {
  const socket = await opened(at);
  await new Promise<void>((resolve) => {
    socket.on("message", (data: Buffer) => {
      if (data.includes(`"kind":"CAUGHT_UP"`)) return resolve();
      const note = data.indexOf(`"note":"`);
      if (note === -1) return;
      const sentAt = Number(data.toString("latin1", note + 8, data.indexOf(`"`, note + 8)));
      latencies.push(performance.timeOrigin + performance.now() - sentAt);
      received += 1;
      if (received >= awaited) whenReceived();
    });
    subscribe(socket, "startAt: NOW");
  });
  return socket;
}

async function openSilent(at: At): Promise<WebSocket> {
  const socket = await opened(at);
  subscribe(socket, "startAt: BEGINNING");
  socket.pause();
  return socket;
}

function subscribe(socket: WebSocket, start: string): void {
  const query = `subscription { changes(app: "bench", ${start}) { ${FIELDS} } }`;
  socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query } }));
}

/** A socket that was let in. */
function opened({ address, token }: At): Promise<WebSocket> {
  const socket = new WebSocket(`${address.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("message", () => resolve(socket));
    socket.once("open", () => {
      const payload = { authorization: `Bearer ${token}` };
      socket.send(JSON.stringify({ type: "connection_init", payload }));
    });
  });
}
