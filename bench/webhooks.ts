import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { freshFolder, removeFolder, startBuiltServer, type RunningServer } from "./runningServer";

const ENDPOINTS = 50;
const EVENTS = 600;
const PER_SECOND_AIM = 1_000;

/** Everything that ever happened in an app, replayed to 50 receivers at once: each gets its events one after the other. */
export async function runWebhookBench(): Promise<void> {
  const dataDir = freshFolder();
  const receiver = await startReceiver();
  const server = await startBuiltServer(dataDir, { WEBHOOK_PRIVATE_ADDRESSES: "allow" });
  try {
    const ids = await prepare(server, receiver.url);
    const before = server.cpu();
    const startedAt = performance.now();
    for (const webhookId of ids) await replay(server, webhookId);
    await receiver.untilReceived(ENDPOINTS * EVENTS);
    const seconds = (performance.now() - startedAt) / 1_000;
    const after = server.cpu();
    const each = (process: "nodeMs" | "postgresMs") =>
      ((after[process] - before[process]) / (ENDPOINTS * EVENTS)).toFixed(2);
    console.log(
      `${ENDPOINTS} webhooks, ${EVENTS} events each: ${Math.round((ENDPOINTS * EVENTS) / seconds)} deliveries/s ` +
        `(aim ${PER_SECOND_AIM}); CPU for each: node ${each("nodeMs")}, PostgreSQL ${each("postgresMs")} ms`,
    );
  } finally {
    await server.stop();
    await receiver.close();
    removeFolder(dataDir);
  }
}

async function prepare({ send }: RunningServer, url: string): Promise<readonly string[]> {
  await send(`mutation { createApp(input: { slug: "bench", name: "Bench" }) { errors { message } } }`);
  await send(
    `mutation { createKey(input: { app: "bench", name: "k", type: INTEGER, defaultValue: 0 }) { errors { message } } }`,
  );
  for (let index = 1; index <= EVENTS; index += 1) {
    await send(
      `mutation($value: JSON!) { editKey(input: { app: "bench", name: "k", defaultValue: $value }) { errors { message } } }`,
      { value: index },
    );
  }
  const ids: string[] = [];
  for (let index = 0; index < ENDPOINTS; index += 1) {
    const { r } = (await send(
      `mutation($url: String!) { r: createWebhook(input: { app: "bench", url: $url, types: ["KeyEdited"] }) { webhook { id } } }`,
      { url: `${url}/${index}` },
    )) as { r: { webhook: { id: string } } };
    ids.push(r.webhook.id);
  }
  return ids;
}

async function replay({ send }: RunningServer, webhookId: string): Promise<void> {
  await send(
    `mutation($id: ID!) { replayWebhook(input: { webhookId: $id, startAt: BEGINNING }) { errors { message } } }`,
    { id: webhookId },
  );
}

async function startReceiver() {
  let received = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      received += 1;
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async untilReceived(count: number) {
      while (received < count) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
