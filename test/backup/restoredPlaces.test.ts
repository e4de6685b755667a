import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyServer, writeBackup } from "./backups";
import { keepLogsIn } from "../support/kurrentdb/eventLog";
import { until } from "../support/until";
import { startReceiver, verified, type Receiver } from "../webhooks/receiver";
import { openWebhookShop, type WebhookShop } from "../webhooks/shop";

jest.setTimeout(120_000);

type Item = { kind: string; cursor: string; event: { after: { name: string } } | null };
const FOLLOW = `subscription($consumer: String!) { changes(app: "shop", consumer: $consumer, filter: { types: ["KeyCreated"] }) { kind cursor event { after } } }`;

/** Names of keys, of which nothing else happens here. */
const namesAt = ({ events }: Receiver) =>
  events().map((event) => (event as unknown as { after: { name: string } }).after.name);

const consumerOf = async ({ server }: WebhookShop, name: string) => {
  const asked = `query($name: String!) { consumer(app: "shop", name: $name) { cursor isOfOtherLog } }`;
  return server.read<{ cursor: string; isOfOtherLog: boolean }>(
    await server.send(asked, { name }),
    "consumer",
  );
};

const acknowledge = ({ done }: WebhookShop, consumer: string, cursor: string) =>
  done("ackChanges", { app: "shop", consumer, cursor }, "consumer { isOfOtherLog }");

const headOf = async ({ server }: WebhookShop) =>
  server.read(await server.send(`{ snapshot(app: "shop") { cursor } }`), "snapshot.cursor");

/** What makes an answer of the feed a refusal. */
async function refusalOf({ server }: WebhookShop, consumer: string): Promise<unknown> {
  const response = await fetch(`${server.address}/changes?app=shop&consumer=${consumer}`, {
    headers: { authorization: `Bearer ${server.token}` },
  });
  const body = (await response.json()) as { errors: { extensions: { code: string } }[] };
  return { status: response.status, code: body.errors[0]?.extensions.code };
}

const keysFollowed = async ({ server }: WebhookShop, consumer: string, count: number) => {
  const keysIn = (items: readonly unknown[]) =>
    (items as { changes: Item }[]).flatMap(({ changes }) => changes.event?.after.name ?? []);
  const items = await server.subscribe(FOLLOW, { consumer }, (items) => keysIn(items).length === count);
  return keysIn(items);
};

describe.each(["postgres", "kurrentdb"] as const)("after a restore, with the log in %s", (kind) => {
  let folder: string;
  let receiver: Receiver;
  let source: WebhookShop;
  let restored: WebhookShop;
  let empty: Awaited<ReturnType<typeof emptyServer>>;
  let hook: { id: string; secret: string };

  /** `a` was sent and worked off before the backup was made, `b` only sent, and `c` made and sent after it. */
  beforeAll(async () => {
    keepLogsIn(kind);
    folder = await mkdtemp(join(tmpdir(), "pe-places-"));
    receiver = await startReceiver();
    source = await openWebhookShop();
    hook = await source.hook(receiver.url, { types: ["KeyCreated"] });
    for (const name of ["cache", "search"]) {
      await source.done("createConsumer", { app: "shop", name }, "consumer { name }");
    }
    await source.createKey("a");
    for (const name of ["cache", "search"]) await acknowledge(source, name, await headOf(source));
    await source.createKey("b");
    await until("both were sent", async () => {
      const { cursor } = await source.shown(hook.id);
      return receiver.received.length === 2 && cursor === (await headOf(source));
    });
    const path = join(folder, "shop.backup");
    await writeBackup(source.server, path);
    await source.createKey("c");
    await until("it was sent", () => receiver.received.length === 3);
    empty = await emptyServer();
    await empty.restore(path);
    const on = { ...source.server, databaseUrl: empty.url, eventLog: empty.log };
    restored = await openWebhookShop({ on });
  });
  afterAll(async () => {
    await restored.server.running.close();
    await empty.drop();
    await source.server.stop();
    await receiver.close();
    await rm(folder, { recursive: true });
  });

  it("webhooks are disabled visibly and send nothing, until they are enabled and go on where the backup had them", async () => {
    await restored.untilStatus(hook.id, "DISABLED");
    expect(await restored.shown(hook.id)).toMatchObject({ disabledReason: "RESTORED" });
    const page = await restored.server.send(
      `{ changes(app: "shop", startAt: BEGINNING, filter: { types: ["WebhookDisabled"] }) { items { event { note actor { id } } } } }`,
    );
    expect(restored.server.read<object[]>(page, "changes.items")).toMatchObject([
      {
        event: {
          note: expect.stringContaining("A backup was restored") as string,
          actor: { id: "webhooks" },
        },
      },
    ]);
    const other = await startReceiver();
    const witness = await restored.hook(other.url, { types: ["KeyCreated"] });
    await restored.createKey("d");
    await until("one that was made here got it", () => namesAt(other).length === 1);
    expect(namesAt(receiver)).toEqual(["a", "b", "c"]);
    await restored.done("enableWebhook", { webhookId: hook.id }, "webhook { status }");
    await until("it was sent", () => receiver.received.length === 4);
    expect(namesAt(receiver)).toEqual(["a", "b", "c", "d"]);
    expect(() => verified(hook.secret, receiver.received[3]!)).not.toThrow();
    await restored.createKey("e");
    await until("more was sent", () => receiver.received.length === 5);
    expect(await restored.shown(hook.id)).toMatchObject({ status: "ACTIVE", disabledReason: null });
    await restored.done("deleteWebhook", { webhookId: witness.id }, "__typename");
    await other.close();
  });

  it("consumers are refused as their cursors are, until they acknowledge the cursor of a snapshot", async () => {
    expect(await refusalOf(restored, "cache")).toEqual({ status: 410, code: "CURSOR_UNKNOWN" });
    expect((await consumerOf(restored, "cache")).isOfOtherLog).toBe(true);
    const { cursor } = await consumerOf(source, "cache");
    const { body } = await restored.server.post({
      query: `mutation($input: AckChangesInput!) { ackChanges(input: $input) { errors { code } } }`,
      variables: { input: { app: "shop", consumer: "cache", cursor } },
    });
    expect(body.errors?.[0]?.extensions?.["code"]).toBe("CURSOR_UNKNOWN");
    const payload = await acknowledge(restored, "cache", await headOf(restored));
    expect(payload).toMatchObject({ consumer: { isOfOtherLog: false } });
    await restored.createKey(`f-${kind}`);
    expect(await keysFollowed(restored, "cache", 1)).toEqual([`f-${kind}`]);
  });

  it("consumers go on when they are reset, too", async () => {
    expect(await refusalOf(restored, "search")).toEqual({ status: 410, code: "CURSOR_UNKNOWN" });
    const anew = { app: "shop", name: "search", startAt: "BEGINNING" };
    expect(await restored.done("resetConsumer", anew, "consumer { isOfOtherLog }")).toMatchObject({
      consumer: { isOfOtherLog: false },
    });
    expect(await keysFollowed(restored, "search", 2)).toEqual(["a", "b"]);
  });
});
