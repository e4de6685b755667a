import { startReceiver, type ReceivedEvent, type Receiver } from "./receiver";
import { openWebhookShop } from "./shop";
import { findDue, takePlace, writeOutcomes } from "../../src/webhooks/delivery.queries";
import { startedServer, type BuiltServer } from "../support/builtServer";
import { freshDatabase } from "../support/postgres";
import { until } from "../support/until";

jest.setTimeout(120_000);

const KEYS = 40;
/** The event at whose delivery something happens to the server that delivers. */
const FATEFUL = 10;

let receiver: Receiver;
let database: Awaited<ReturnType<typeof freshDatabase>>;
let delivering: BuiltServer;
let other: BuiltServer;

beforeEach(async () => {
  receiver = await startReceiver();
  database = await freshDatabase({ migrated: true });
  const environment = { DATABASE_URL: database.url, WEBHOOK_PRIVATE_ADDRESSES: "allow" };
  delivering = await startedServer(environment);
  await delivering.post(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
  await delivering.post(
    `mutation($url: String!) { createWebhook(input: { app: "shop", url: $url, types: ["KeyCreated"] }) { errors { code } } }`,
    { url: receiver.url },
  );
  other = await startedServer(environment);
});
afterEach(async () => {
  await Promise.all([delivering.kill("SIGKILL"), other.kill("SIGKILL")]);
  await receiver.close();
  await database.drop();
});

async function createKeys(from: number): Promise<void> {
  for (let each = from; each < from + KEYS; each += 1) {
    await other.post(
      `mutation($name: String!) { createKey(input: { app: "shop", name: $name, type: INTEGER, defaultValue: 1 }) { errors { code } } }`,
      { name: `key${each}` },
    );
  }
}

/** Does it before the answer to the fateful event leaves, so that nobody knows whether that was taken. */
function atTheFatefulEvent(does: () => void): void {
  receiver.answerWith((response) => {
    if (receiver.received.length === FATEFUL) does();
    response.writeHead(204).end();
  });
}

async function toldByTheFeed(): Promise<string[]> {
  const data = (await other.post(
    `{ changes(app: "shop", startAt: BEGINNING, first: 1000, filter: { types: ["KeyCreated"] }) { items { event { id } } } }`,
  )) as { changes: { items: { event: { id: string } }[] } };
  return data.changes.items.map(({ event }) => event.id);
}

const idsOf = (events: readonly ReceivedEvent[]) => events.map(({ id }) => id);
const distinct = (ids: readonly string[]) => [...new Set(ids)];

describe("when two servers share a database, one of them delivers, and", () => {
  it("the other goes on when it is killed: nothing is lost, all is in order, and what comes twice has the same id", async () => {
    atTheFatefulEvent(() => void delivering.kill("SIGKILL"));
    await createKeys(0);
    await until("all were received", () => distinct(idsOf(receiver.events())).length === KEYS, 30_000);
    const ids = idsOf(receiver.events());
    expect(distinct(ids)).toEqual(await toldByTheFeed());
    // The one of which nobody knew, and no other.
    expect(ids).toHaveLength(KEYS + 1);
    expect(ids[FATEFUL]).toBe(ids[FATEFUL - 1]);
    for (const { headers, body } of receiver.received) {
      expect(headers["webhook-id"]).toBe((JSON.parse(body) as ReceivedEvent).id);
    }
  });

  it("changes nothing when it wakes up from a pause in which the other took over", async () => {
    atTheFatefulEvent(() => void delivering.kill("SIGSTOP"));
    await createKeys(0);
    await until("all were received", () => distinct(idsOf(receiver.events())).length === KEYS, 30_000);
    void delivering.kill("SIGCONT");
    await createKeys(KEYS);
    await until("all were received", () => distinct(idsOf(receiver.events())).length === 2 * KEYS, 30_000);
    const ids = idsOf(receiver.events());
    expect(distinct(ids)).toEqual(await toldByTheFeed());
    expect(ids).toHaveLength(2 * KEYS + 1);
  });
});

describe("what a server writes with a lease that another one took over", () => {
  it("is not written", async () => {
    const shop = await openWebhookShop();
    const { database: pool } = shop.server.running.parts;
    await shop.hook("https://hooks.invalid/", { types: ["KeyArchived"] });
    const at = shop.server.clock.now().toISOString();
    // So that the server itself has nothing to do with it.
    await shop.server.running.runner.projected(await shop.server.running.parts.store.head());
    const [row] = await pool.query<{ id: string }>("select id from models.webhooks");
    await until("the server placed it", async () => {
      const due = await findDue(pool, { at, busy: [], limit: 1 });
      return due.length === 0;
    });
    const [webhook] = await pool.query<Parameters<typeof takePlace>[1]>("select * from models.webhooks");
    const from = await takePlace(pool, webhook!);
    const outcome = { webhook: webhook!, from, to: from, attempt: null, nextAttemptAt: null };
    expect(await writeOutcomes(pool, [{ ...outcome, token: 1_000 }])).toEqual(new Set([row?.id]));
    expect(await writeOutcomes(pool, [{ ...outcome, token: 999 }])).toEqual(new Set());
    const moved = { ...from, revision: from.revision - 1 };
    expect(await writeOutcomes(pool, [{ ...outcome, from: moved, token: 1_000 }])).toEqual(new Set());
    await shop.server.stop();
  });
});
