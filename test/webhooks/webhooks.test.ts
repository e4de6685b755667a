import { answering, isSignedBy, startReceiver, verified, type Receiver } from "./receiver";
import { openWebhookShop, type WebhookShop } from "./shop";
import { FAILING_MS_MAX } from "../../src/webhooks/retry.policy";
import { WEBHOOK_OVERLAP_SECONDS_MAX, WEBHOOKS_MAX } from "../../src/webhooks/webhook.decider";
import { until } from "../support/until";

jest.setTimeout(120_000);

let shop: WebhookShop;
let receiver: Receiver;
let made = 0;
let named = 0;
/** Of keys, which are counted. */
const key = () => `key${++made}`;
const other = () => `other ${++named}`;

beforeAll(async () => {
  shop = await openWebhookShop();
});
afterAll(() => shop.server.stop());
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const got = (count: number) => until(`${count} were received`, () => receiver.received.length >= count);
const remove = (webhookId: string) => shop.done("deleteWebhook", { webhookId }, "__typename");
const later = (ms: number) =>
  shop.server.clock.set(new Date(shop.server.clock.now().getTime() + ms).toISOString());

describe("a webhook", () => {
  it("gets what happens after it was created, in order, signed by Standard Webhooks", async () => {
    await shop.createKey(key());
    const { id, secret } = await shop.hook(receiver.url, { kinds: ["Key"] });
    const names = [key(), key(), key()];
    for (const name of names) await shop.createKey(name);
    await got(3);
    const events = receiver.received.map((each) => verified(secret, each) as Record<string, unknown>);
    expect(events.map(({ after }) => (after as { name: string }).name)).toEqual(names);
    expect(events[0]).toMatchObject({
      specversion: "1.0",
      type: "KeyCreated",
      source: "/apps/shop",
      entityKind: "Key",
      before: null,
    });
    expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual(events.map((e) => e["id"]));
    expect(() => verified("whsec_AAAA", receiver.received[0]!)).toThrow();
    await remove(id);
  });

  it("gets exactly what the feed shows behind its cursor", async () => {
    const { id } = await shop.hook(receiver.url);
    const { cursor } = await shop.shown(id);
    await shop.createKey(key());
    await got(1);
    const page = await shop.server.send(
      `query($after: String) { changes(app: "shop", after: $after) { items { cursor event { id } } } }`,
      { after: cursor },
    );
    const items = shop.server.read<{ cursor: string; event: { id: string } }[]>(page, "changes.items");
    expect(items.map(({ event }) => event.id)).toEqual(receiver.events().map((event) => event.id));
    await until("the cursor is there", async () => (await shop.shown(id)).cursor === items[0]?.cursor);
    await remove(id);
  });

  it("gets only what its filter lets through, and never what administrators alone see", async () => {
    const { id } = await shop.hook(receiver.url, { types: ["KeyCreated"] });
    const all = await shop.hook(receiver.url);
    const token = { app: "shop", name: other(), kind: "SERVER" };
    await shop.done("createToken", token, "token { id }");
    await shop.done(
      "createGoal",
      { app: "shop", name: other(), events: [{ name: "Charged" }] },
      "goal { id }",
    );
    await shop.createKey(key());
    await got(3);
    expect(
      receiver
        .events()
        .map(({ type }) => type)
        .sort(),
    ).toEqual(["GoalCreated", "KeyCreated", "KeyCreated"]);
    await remove(id);
    await remove(all.id);
  });

  it("gets the same event again until it takes it, and nothing later before", async () => {
    const { id, secret } = await shop.hook(receiver.url);
    receiver.answerWith(answering(500));
    await shop.createKey(key());
    await shop.createKey(key());
    await shop.untilStatus(id, "FAILING");
    expect((await shop.shown(id)).attempts[0]).toMatchObject({ status: 500, error: "It answered 500." });
    receiver.answerWith(answering(200));
    later(60_000);
    await got(3);
    const events = receiver.events();
    expect(events[1]?.id).toBe(events[0]?.id);
    expect(events[2]?.id).not.toBe(events[0]?.id);
    for (const each of receiver.received) expect(isSignedBy(secret, each)).toBe(true);
    // Signed anew, at the time of the attempt.
    const [first, second] = receiver.received.map(({ headers }) => Number(headers["webhook-timestamp"]));
    expect(second! - first!).toBeGreaterThanOrEqual(60);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    await shop.untilStatus(id, "ACTIVE");
    await remove(id);
  });

  it.each([
    ["in seconds", () => "600"],
    ["as a date", (at: Date) => new Date(at.getTime() + 600_000).toUTCString()],
  ])("leaves a receiver alone for as long as it asks, %s", async (_, retryAfter) => {
    const { id } = await shop.hook(receiver.url, { kinds: ["Key"] });
    const askedAt = shop.server.clock.now();
    receiver.answerWith(answering(429, { "retry-after": retryAfter(askedAt) }));
    await shop.createKey(key());
    await shop.untilStatus(id, "FAILING");
    const { nextAttemptAt } = await shop.shown(id);
    // A date has no fractions of a second.
    const waitMs = Date.parse(nextAttemptAt!) - askedAt.getTime();
    expect(waitMs).toBeGreaterThanOrEqual(599_000);
    later(598_000);
    const witness = await startReceiver();
    const { id: other } = await shop.hook(witness.url, { kinds: ["Key"] });
    await shop.createKey(key());
    await until("another got the next", () => witness.received.length === 1);
    expect(receiver.received).toHaveLength(1);
    receiver.answerWith(answering(204));
    later(waitMs);
    await got(3);
    await shop.untilStatus(id, "ACTIVE");
    expect(await shop.shown(id)).toMatchObject({ nextAttemptAt: null });
    await remove(id);
    await remove(other);
    await witness.close();
  });

  it("is disabled visibly after three days of failing, and goes on where it was once it is enabled", async () => {
    const { id } = await shop.hook(receiver.url, { kinds: ["Key"] });
    receiver.answerWith(answering(503));
    await shop.createKey(key());
    await shop.untilStatus(id, "FAILING");
    later(FAILING_MS_MAX);
    await shop.untilStatus(id, "DISABLED");
    expect(await shop.shown(id)).toMatchObject({ disabledReason: "FAILED" });
    const last = await shop.server.send(
      `{ changes(app: "shop", startAt: BEGINNING, first: 1000, filter: { types: ["WebhookDisabled"] })
         { items { event { subject actor { id } note after } } } }`,
    );
    const items = shop.server.read<{ event: object }[]>(last, "changes.items");
    expect(items.at(-1)?.event).toMatchObject({
      subject: id,
      actor: { id: "webhooks" },
      note: expect.stringMatching(/^Failing since .* It answered 503\.$/) as string,
      after: { isDisabled: true, disabledReason: "FAILED" },
    });
    receiver.answerWith(answering(204));
    const attempts = receiver.received.length;
    await shop.createKey(key());
    await shop.done("enableWebhook", { webhookId: id }, "webhook { status }");
    await got(attempts + 2);
    const [lost, ...others] = receiver.events().slice(attempts);
    expect(lost?.id).toBe(receiver.events()[0]?.id);
    expect(others).toHaveLength(1);
    await remove(id);
  });

  it("is disabled at once by 410 Gone", async () => {
    const { id } = await shop.hook(receiver.url);
    receiver.answerWith(answering(410));
    await shop.createKey(key());
    await shop.untilStatus(id, "DISABLED");
    expect(await shop.shown(id)).toMatchObject({ disabledReason: "GONE" });
    expect(receiver.received).toHaveLength(1);
    await remove(id);
  });

  it("signs by two secrets while the one before still counts, and by the new one afterwards", async () => {
    const { id, secret: old } = await shop.hook(receiver.url, { kinds: ["Key"] });
    const rotated = await shop.done(
      "rotateWebhookSecret",
      { webhookId: id, overlapSeconds: 3_600 },
      "webhook { previousSecretEndsAt } secret",
    );
    const secret = String(rotated["secret"]);
    expect(secret).not.toBe(old);
    await shop.createKey(key());
    await got(1);
    const [both] = receiver.received;
    expect([isSignedBy(old, both!), isSignedBy(secret, both!)]).toEqual([true, true]);
    later(3_601_000);
    await shop.createKey(key());
    await got(2);
    const one = receiver.received[1]!;
    expect([isSignedBy(old, one), isSignedBy(secret, one)]).toEqual([false, true]);
    for (const overlapSeconds of [-1, WEBHOOK_OVERLAP_SECONDS_MAX + 1]) {
      const [refusal] = await shop.refused("rotateWebhookSecret", { webhookId: id, overlapSeconds });
      expect(refusal).toMatchObject({ code: "INVALID", path: ["overlapSeconds"] });
    }
    await shop.done(
      "rotateWebhookSecret",
      { webhookId: id, overlapSeconds: WEBHOOK_OVERLAP_SECONDS_MAX },
      "secret",
    );
    await remove(id);
  });

  it("replays from a cursor, from a time, and from the beginning, with the ids of before", async () => {
    const { id } = await shop.hook(receiver.url, { kinds: ["Key"] });
    const { cursor } = await shop.shown(id);
    const from = shop.server.clock.now().toISOString();
    later(1_000);
    await shop.createKey(key());
    await shop.createKey(key());
    await got(2);
    const ids = receiver.events().map((event) => event.id);
    await shop.done("replayWebhook", { webhookId: id, after: cursor }, "webhook { id }");
    await got(4);
    await shop.done("replayWebhook", { webhookId: id, since: from }, "webhook { id }");
    await got(6);
    expect(receiver.events().map((event) => event.id)).toEqual([...ids, ...ids, ...ids]);
    await shop.done("replayWebhook", { webhookId: id, startAt: "BEGINNING" }, "webhook { id }");
    await got(6 + made);
    expect(receiver.events()[6]?.sequence.localeCompare(receiver.events()[0]!.sequence)).toBe(-1);
    await remove(id);
  });

  it("can be tried with an event that moves nothing", async () => {
    const { id, secret } = await shop.hook(receiver.url);
    const { cursor } = await shop.shown(id);
    const tried = await shop.done("sendTestEvent", { webhookId: id }, "attempt { status error eventType }");
    expect(tried["attempt"]).toEqual({ status: 204, error: null, eventType: "WebhookTested" });
    const again = { webhookId: id, commandId: "again", note: "hello" };
    for (let each = 0; each < 2; each += 1) await shop.done("sendTestEvent", again, "attempt { at }");
    const [first, second, third] = receiver.events();
    expect([first, second]).toMatchObject([{ type: "WebhookTested", subject: id }, { note: "hello" }]);
    expect(third?.id).toBe(second?.id);
    expect(second?.id).not.toBe(first?.id);
    expect(isSignedBy(secret, receiver.received[0]!)).toBe(true);
    expect(await shop.shown(id)).toMatchObject({ cursor, status: "ACTIVE" });
    await remove(id);
  });

  it("keeps its last 100 attempts, the latest first", async () => {
    const { id } = await shop.hook(receiver.url, { kinds: ["Key"] });
    await shop.done("replayWebhook", { webhookId: id, startAt: "BEGINNING" }, "webhook { id }");
    await got(made);
    for (let each = made; each < 104; each += 1) {
      await shop.done("sendTestEvent", { webhookId: id }, "attempt { at }");
    }
    const { attempts } = await shop.shown(id);
    expect(attempts.map(({ eventId }) => eventId)).toEqual(
      receiver
        .events()
        .map((event) => event.id)
        .reverse()
        .slice(0, 100),
    );
    await remove(id);
  });

  it("that is slow delays no other", async () => {
    const slow = await startReceiver();
    slow.answerWith(() => undefined);
    const hung = await shop.hook(slow.url);
    const { id } = await shop.hook(receiver.url);
    await shop.createKey(key());
    await shop.createKey(key());
    await got(2);
    expect(slow.received).toHaveLength(1);
    await slow.close();
    await remove(hung.id);
    await remove(id);
  });

  it("sends nothing while it is disabled by hand, nor once it was deleted", async () => {
    const { id } = await shop.hook(receiver.url, { kinds: ["Key"] });
    await shop.done("disableWebhook", { webhookId: id, note: "maintenance" }, "webhook { status }");
    expect(await shop.shown(id)).toMatchObject({ status: "DISABLED", disabledReason: "BY_HAND" });
    const second = await startReceiver();
    const witness = await shop.hook(second.url);
    await shop.createKey(key());
    await until("another got it", () => second.received.length === 1);
    expect(receiver.received).toHaveLength(0);
    await shop.done("enableWebhook", { webhookId: id }, "webhook { status }");
    await got(1);
    await remove(id);
    await shop.createKey(key());
    await until(
      "another got more",
      () => second.events().at(-1)?.type === "KeyCreated" && second.received.length >= 2,
    );
    expect(receiver.received).toHaveLength(1);
    expect(await shop.shown(id)).toBeNull();
    await remove(witness.id);
    await second.close();
  });

  it("sends elsewhere, and something else, once it was edited", async () => {
    const second = await startReceiver();
    const { id } = await shop.hook(receiver.url, { kinds: ["Goal"] });
    const edit = { webhookId: id, url: second.url, kinds: [] };
    const { webhook } = await shop.done("editWebhook", edit, "webhook { url kinds description }");
    expect(webhook).toEqual({ url: second.url, kinds: null, description: "" });
    await shop.createKey(key());
    await until("the other got it", () => second.received.length === 1);
    expect(receiver.received).toHaveLength(0);
    await remove(id);
    await second.close();
  });
});

describe("what cannot be a webhook is refused, with words that say what to do", () => {
  it.each(["file:///etc/passwd", "ftp://example.com", "example.com/hooks", "", "javascript:alert(1)"])(
    "a URL like %j",
    async (url) => {
      const [refusal] = await shop.refused("createWebhook", { app: "shop", url });
      expect(refusal).toMatchObject({ code: "INVALID", path: ["url"] });
    },
  );

  it("a URL with a user or a password, which the refusal does not show", async () => {
    const [refusal] = await shop.refused("createWebhook", {
      app: "shop",
      url: "https://ann:secret@example.com/",
    });
    expect(refusal).toMatchObject({ code: "INVALID", path: ["url"] });
    expect(refusal?.message).not.toContain("secret@");
  });

  it("types that no event has, and kinds that are never sent", async () => {
    const ask = async (more: object) => {
      const { body } = await shop.server.post({
        query: `mutation($input: CreateWebhookInput!) { createWebhook(input: $input) { errors { code } } }`,
        variables: { input: { app: "shop", url: "https://example.com/", ...more } },
      });
      return body.errors?.[0]?.message;
    };
    expect(await ask({ types: ["KeyMade"] })).toContain('"types" has no "KeyMade"; there are: ');
    expect(await ask({ kinds: ["Token"] })).toContain('Webhooks never send "Token"');
    expect(await ask({ types: ["TokenCreated"] })).toContain('Webhooks never send "TokenCreated"');
  });

  it("a cursor of another app, and one that was made up", async () => {
    const { id } = await shop.hook(receiver.url);
    await shop.done("createApp", { slug: "other", name: "Other" }, "app { id }");
    const page = await shop.server.send(`{ changes(app: "other", startAt: BEGINNING) { endCursor } }`);
    for (const after of [shop.server.read(page, "changes.endCursor"), "AAAA"]) {
      const { body } = await shop.server.post({
        query: `mutation($input: ReplayWebhookInput!) { replayWebhook(input: $input) { errors { code } } }`,
        variables: { input: { webhookId: id, after } },
      });
      expect(body.errors?.[0]?.extensions).toMatchObject({ code: "CURSOR_UNKNOWN" });
    }
    await remove(id);
  });

  it("one webhook more than an app has", async () => {
    const ids: string[] = [];
    for (let each = 0; each < WEBHOOKS_MAX; each += 1)
      ids.push((await shop.hook("https://hooks.invalid/")).id);
    const one = { app: "shop", url: "https://hooks.invalid/" };
    expect(await shop.refused("createWebhook", one)).toMatchObject([{ code: "LIMIT_REACHED" }]);
    await remove(ids[0]!);
    await remove((await shop.hook("https://hooks.invalid/")).id);
    for (const id of ids.slice(1)) await remove(id);
  });
});
