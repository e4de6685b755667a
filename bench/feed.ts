import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { ClientOrder, ClientReport } from "./feedClients";
import { appendMany } from "./manyEvents";
import { freshFolder, removeFolder, startBuiltServer, type RunningServer } from "./runningServer";

const EVENTS = Number(process.env["BENCH_EVENTS"] ?? 200_000);
const SUBSCRIBERS = 1_000;
const FAN_OUT_EVENTS = 600;
const WRITERS = 32;
const PACED_SECONDS = 15;
const PACED_PER_SECOND = 10;
/** So many that what the heap keeps in hand, tens of MB after replays, does not count for what each of them holds. */
const SILENT_SUBSCRIBERS = 400;
/** A value that is set once, since what changes nothing is no event. */
const UNLIKE_ANY_OTHER = 2_000_000;

/** The feed under many followers, who are in a process of their own. */
export async function runFeedBench(): Promise<void> {
  const dataDir = freshFolder();
  await appendMany(dataDir, EVENTS);
  const server = await startBuiltServer(dataDir);
  const clients = startClients();
  try {
    await untilProjected(server);
    await replay(server, clients, "SSE");
    await replay(server, clients, "WEBSOCKET");
    await replay(server, clients, "SSE");
    await replay(server, clients, "WEBSOCKET");
    await neverRead(server, clients);
    await fanOut(server, clients);
    await paced(server, clients);
  } finally {
    clients.stop();
    await server.stop();
    removeFolder(dataDir);
  }
}

type Clients = Readonly<{
  ask: (order: ClientOrder) => Promise<ClientReport>;
  stop: () => void;
}>;

function startClients(): Clients {
  const child: ChildProcess = fork(join(__dirname, "feedClients.js"));
  return {
    ask: (order) =>
      new Promise((resolve) => {
        child.once("message", (report) => resolve(report as ClientReport));
        child.send(order);
      }),
    stop: () => child.kill(),
  };
}

/** A start waits so long for the read models, and then goes on without. */
async function untilProjected(server: RunningServer): Promise<void> {
  for (;;) {
    try {
      return await edit(server, UNLIKE_ANY_OTHER);
    } catch {
      // It is acknowledged only when the read models show it.
    }
  }
}

/** Everything that ever happened, to one follower. */
async function replay(server: RunningServer, clients: Clients, over: "SSE" | "WEBSOCKET"): Promise<void> {
  const { address, token } = server;
  const memories: number[] = [];
  const sampling = setInterval(() => memories.push(server.memory().nodeMb), 250);
  const before = server.memory().nodeMb;
  const cpuBefore = server.cpu();
  const { events, seconds } = await clients.ask({ type: "REPLAY", over, address, token });
  const cpu = server.cpu();
  clearInterval(sampling);
  const perEvent = (process: "nodeMs" | "postgresMs") =>
    (((cpu[process] - cpuBefore[process]) * 1_000) / events).toFixed(0);
  console.log(
    `replay over ${over}: ${events} events, ${Math.round(events / seconds)}/s (aim 20000); CPU for each: node ${perEvent("nodeMs")}, ` +
      `PostgreSQL ${perEvent("postgresMs")} µs; node's memory ${before.toFixed(0)} MB before, at most ${Math.max(before, ...memories).toFixed(0)} MB`,
  );
}

/** Followers from the beginning that take nothing. */
async function neverRead(server: RunningServer, clients: Clients): Promise<void> {
  const { address, token } = server;
  const before = server.memory().nodeMb;
  await clients.ask({ type: "OPEN_SILENT", count: SILENT_SUBSCRIBERS, address, token });
  const after = server.memory().nodeMb;
  await clients.ask({ type: "CLOSE" });
  console.log(
    `${SILENT_SUBSCRIBERS} subscribers that never read: ${((after - before) / SILENT_SUBSCRIBERS).toFixed(2)} MB of node each (aim 1)`,
  );
}

async function fanOut(server: RunningServer, clients: Clients): Promise<void> {
  const { address, token } = server;
  await clients.ask({ type: "OPEN", count: SUBSCRIBERS, address, token });
  await edit(server, 0);
  const received = clients.ask({ type: "RECEIVE", events: FAN_OUT_EVENTS + 1 });
  const cpuBefore = server.cpu();
  const startedAt = performance.now();
  let written = 0;
  const write = async (): Promise<void> => {
    while (written < FAN_OUT_EVENTS) await edit(server, ++written);
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  const writtenMs = performance.now() - startedAt;
  await received;
  const seconds = (performance.now() - startedAt) / 1_000;
  const deliveries = SUBSCRIBERS * FAN_OUT_EVENTS;
  const nodeMs = server.cpu().nodeMs - cpuBefore.nodeMs;
  console.log(
    `fan-out: ${FAN_OUT_EVENTS} changes by ${WRITERS} writers (written after ${(writtenMs / 1_000).toFixed(1)} s) to ${SUBSCRIBERS} subscribers: ` +
      `${Math.round(deliveries / seconds)} deliveries/s (aim 60000); node's CPU, with the mutations: ${((nodeMs * 1_000) / deliveries).toFixed(1)} µs for each`,
  );
}

/** The same subscribers, and a change now and then. */
async function paced(server: RunningServer, clients: Clients): Promise<void> {
  const events = PACED_SECONDS * PACED_PER_SECOND;
  const received = clients.ask({ type: "RECEIVE", events });
  const startedAt = performance.now();
  for (let index = 0; index < events; index += 1) {
    const dueMs = (index * 1_000) / PACED_PER_SECOND - (performance.now() - startedAt);
    if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs));
    void edit(server, 1_000_000 + index);
  }
  const { latenciesMs } = await received;
  console.log(
    `${SUBSCRIBERS} subscribers × ${PACED_PER_SECOND} changes/s for ${PACED_SECONDS} s, from sending the mutation to each receipt: ` +
      `p50 ${latenciesMs.p50.toFixed(0)}, p99 ${latenciesMs.p99.toFixed(0)} (aim 50), at most ${latenciesMs.max.toFixed(0)} ms`,
  );
  await clients.ask({ type: "CLOSE" });
}

/** Its note says when it was sent. */
async function edit({ send }: RunningServer, value: number): Promise<void> {
  const note = String(performance.timeOrigin + performance.now());
  await send(
    `mutation($value: JSON!, $note: String!) { editKey(input: { app: "bench", name: "k", defaultValue: $value, note: $note }) { errors { message } } }`,
    { value: -1 - value, note },
  );
}
