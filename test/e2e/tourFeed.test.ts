import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { BUILT_TOKEN, startedServer, type BuiltServer } from "../support/builtServer";
import { freshDatabase } from "../support/postgres";
import { until } from "../support/until";
import { startReceiver, verified, type Receiver } from "../webhooks/receiver";

// The third part of the tour, document by document, against the program that people start.
const E = `errors { __typename code message path ... on InUseError { usedBy { __typename id name } } }`;
const PAGE = `query($after: String!) { changes(app: "shop", after: $after, first: 100) { items { cursor kind event { id type } } endCursor hasMore } }`;

type Item = { cursor: string; kind: string; event: { id: string; type: string } | null };
type Consumer = { name: string; cursor: string; lag: number };
type Payload<Made> = { errors: unknown[] } & Made;

let database: Awaited<ReturnType<typeof freshDatabase>>;
let receiver: Receiver;
let server: BuiltServer;
let configId: string;
let consumer: Consumer;

beforeAll(async () => {
  database = await freshDatabase();
  receiver = await startReceiver();
  server = await startedServer({ DATABASE_URL: database.url, WEBHOOK_PRIVATE_ADDRESSES: "allow" });
  const ofFirstPart = (await server.post(
    `mutation {
      createApp(input: { slug: "shop", name: "Shop" }) { ${E} }
      createKey(input: { app: "shop", name: "dark_mode", type: INTEGER, defaultValue: 3 }) { ${E} }
      createConfig(input: { app: "shop", name: "dark mode", keys: ["dark_mode"], rules: [{ values: [{ key: "dark_mode", value: 4 }] }] }) { config { id } ${E} } }`,
  )) as { createConfig: { config: { id: string } } };
  configId = ofFirstPart.createConfig.config.id;
});
afterAll(async () => {
  await server.kill("SIGTERM");
  await receiver.close();
  await database.drop();
});

const publish = () =>
  server.post(
    `mutation($id: ID!) { publishConfig(input: { configId: $id, version: 1 }) { config { activeVersion { number } } ${E} } }`,
    { id: configId },
  );

async function pageBehind(after: string): Promise<Item[]> {
  const data = (await server.post(PAGE, { after })) as { changes: { items: Item[] } };
  return data.changes.items;
}

describe("the feed", () => {
  it("sends what a webhook asks for to its URL, signed", async () => {
    const data = (await server.post(
      `mutation($url: String!) { createWebhook(input: { app: "shop", url: $url, types: ["ConfigPublished"] }) { webhook { id status cursor } secret ${E} } }`,
      { url: receiver.url },
    )) as { createWebhook: Payload<{ webhook: unknown; secret: string }> };
    expect(data.createWebhook).toEqual({
      webhook: { id: expect.any(String), status: "ACTIVE", cursor: expect.any(String) },
      secret: expect.stringMatching(/^whsec_/),
      errors: [],
    });
    await publish();
    await until("the webhook was sent to", () => receiver.received.length > 0);
    const [received] = receiver.received;
    expect(received && verified(data.createWebhook.secret, received)).toMatchObject({
      type: "ConfigPublished",
      subject: configId,
    });
  });

  it("has consumers that see how far they came", async () => {
    const data = (await server.post(
      `mutation { createConsumer(input: { app: "shop", name: "cache", startAt: BEGINNING }) { consumer { name cursor lag } ${E} } }`,
    )) as { createConsumer: Payload<{ consumer: Consumer }> };
    ({ consumer } = data.createConsumer);
    const items = await pageBehind(consumer.cursor);
    expect(items.map(({ event }) => event?.type)).toEqual(
      expect.arrayContaining(["AppCreated", "KeyCreated", "ConfigCreated", "ConfigPublished"]),
    );
    expect(data.createConsumer).toEqual({
      consumer: { name: "cache", cursor: expect.any(String), lag: items.length },
      errors: [],
    });
  });

  it("keeps what they acknowledge, and never goes back", async () => {
    const acknowledge = (cursor: string | undefined) =>
      server.post(
        `mutation($cursor: String!) { ackChanges(input: { app: "shop", consumer: "cache", cursor: $cursor }) { consumer { name cursor lag } ${E} } }`,
        { cursor },
      );
    const items = await pageBehind(consumer.cursor);
    const [before, handled] = items.slice(-3);
    expect(await acknowledge(handled?.cursor)).toEqual({
      ackChanges: { consumer: { name: "cache", cursor: handled?.cursor, lag: 1 }, errors: [] },
    });
    expect(await acknowledge(before?.cursor)).toMatchObject({
      ackChanges: {
        consumer: { cursor: handled?.cursor },
        errors: [{ code: "CURSOR_BEHIND", path: ["cursor"] }],
      },
    });
  });

  it("streams the same items as server-sent events, from a cursor on and then live", async () => {
    const items = await pageBehind(consumer.cursor);
    const first = items[0]?.cursor ?? "";
    const behind = items.slice(1).map(({ event }) => event?.id);
    const fromAddress = await streamed(`&after=${first}`, {}, behind.length);
    expect(fromAddress.map(({ event }) => event?.id)).toEqual(behind);
    const resumed = await streamed(`&after=${consumer.cursor}`, { "last-event-id": first }, behind.length);
    expect(resumed).toEqual(fromAddress);
    const live = streamed(`&after=${items.at(-1)?.cursor}`, {}, 1);
    await server.post(
      `mutation { editKey(input: { app: "shop", name: "dark_mode", description: "4 is dark" }) { ${E} } }`,
    );
    expect((await live).map(({ event }) => event?.type)).toEqual(["KeyEdited"]);
  });

  it("is followed line by line by a program that knows nothing but HTTP, as curl", async () => {
    const items = await pageBehind(consumer.cursor);
    const address = `${server.address}/changes?app=shop&after=${items[0]?.cursor}`;
    const [command, ...args] = printing(address, `Bearer ${BUILT_TOKEN}`);
    const curl = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    const seen: (string | undefined)[] = [];
    for await (const line of createInterface(curl.stdout)) {
      if (line.startsWith("data: ")) seen.push((JSON.parse(line.slice(6)) as Item).event?.id);
      if (seen.length === items.length - 1) break;
    }
    curl.kill();
    expect(seen).toEqual(items.slice(1).map(({ event }) => event?.id));
  });
});

/** The line of the tour; where there is no curl, since Node brings none along, what it does, in a process of its own. */
function printing(address: string, authorization: string): [string, ...string[]] {
  if (spawnSync("curl", ["--version"]).status === 0) {
    return ["curl", "-N", "-s", "-H", `Authorization: ${authorization}`, address];
  }
  const request = `require("node:http").get(${JSON.stringify(address)}, { headers: ${JSON.stringify({ authorization })} }`;
  return [process.execPath, "-e", `${request}, (answer) => answer.pipe(process.stdout))`];
}

/** The first events that `/changes` streams. */
async function streamed(query: string, headers: Record<string, string>, count: number): Promise<Item[]> {
  const response = await fetch(`${server.address}/changes?app=shop${query}`, {
    headers: { authorization: `Bearer ${BUILT_TOKEN}`, ...headers },
  });
  const items: Item[] = [];
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6));
    items.push(...data.map((line) => JSON.parse(line) as Item).filter(({ kind }) => kind === "EVENT"));
    if (items.length >= count) break;
  }
  return items;
}
