import { PassThrough } from "node:stream";
import type { ServerResponse } from "node:http";
import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import { OpenFeature, ProviderEvents, type Provider } from "@openfeature/web-sdk";
import { EventSource } from "eventsource";
import { compile } from "../../src/evaluation/compile";
import { createStalls, STALLED_MS_MAX } from "../../src/http/stalls";
import { createListeners } from "../../src/ofrep/listeners";
import { createStreamTokens, TOKEN_SPAN_MS } from "../../src/ofrep/streamToken";
import { openOfrepShop, type OfrepShop } from "./shop";

let shop: OfrepShop;
beforeAll(async () => void (shop = await openOfrepShop()));
afterAll(() => shop.server.stop());

const berliner = { targetingKey: "u1", city: "Berlin" };
type Bulk = { eventStreams: { type: string; endpoint: { requestUri: string } }[] };
const bulk = (headers: Record<string, string> = {}) =>
  shop.send(shop.client, "", { context: berliner }, headers);
const addressIn = async (response: Response) =>
  ((await response.json()) as Bulk).eventStreams[0]?.endpoint.requestUri ?? "";

let edits = 0;
const edit = (name: string) => shop.run("editKey", { app: "shop", name, defaultValue: (edits += 1) });

/** The events of a stream, each with its id, and the ids that come without an event. */
async function* follow(requestUri: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${shop.server.address}${requestUri}`, { headers });
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = Object.fromEntries(
        block.split("\n").map((line) => line.split(/: (.*)/s, 2) as [string, string]),
      );
      if (fields["id"] !== undefined) yield { id: fields["id"], data: fields["data"] ?? null };
    }
  }
}
async function next(events: ReturnType<typeof follow>) {
  const { value, done } = await events.next();
  if (done === true) throw new Error("The stream has ended.");
  return value;
}

describe("the address of the events", () => {
  it("comes with all flags and stays the same for a while, so that clients keep their connection", async () => {
    const first = await bulk();
    const address = await addressIn(first);
    expect(address).toMatch(/^\/ofrep\/v1\/events\?token=[\w-]+$/);
    expect(await addressIn(await bulk())).toBe(address);
    expect((await bulk({ "if-none-match": first.headers.get("etag") ?? "" })).status).toBe(304);
  });

  it("is another one before it has run out, although no flag has changed", async () => {
    const first = await bulk();
    const address = await addressIn(first);
    shop.server.clock.set(new Date(shop.server.clock.now().getTime() + TOKEN_SPAN_MS).toISOString());
    const later = await bulk({ "if-none-match": first.headers.get("etag") ?? "" });
    expect(later.status).toBe(200);
    expect(await addressIn(later)).not.toBe(address);
    expect((await fetch(`${shop.server.address}${await addressIn(await bulk())}`)).status).toBe(200);
    shop.server.clock.set(new Date(shop.server.clock.now().getTime() + TOKEN_SPAN_MS).toISOString());
    expect((await fetch(`${shop.server.address}${address}`)).status).toBe(401);
  });

  it.each(["", "?token=", "?token=x", "?token=a&token=b", `?token=${"x".repeat(2_000)}`])(
    "is refused if it is none of ours: %s",
    async (query) => {
      const response = await fetch(`${shop.server.address}/ofrep/v1/events${query}`);
      expect(response.status).toBe(401);
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
    },
  );

  it("is refused once it was altered, or sealed by somebody else", () => {
    const tokens = createStreamTokens(Buffer.alloc(32, 1));
    const place = { app: "shop", environment: "production" };
    const token = tokens.make(place, 0);
    expect(tokens.read(token, 0)).toEqual({ place, endsAtMs: 2 * TOKEN_SPAN_MS });
    expect(tokens.read(token, 2 * TOKEN_SPAN_MS)).toBeNull();
    expect(tokens.read(`${token.slice(0, -2)}AA`, 0)).toBeNull();
    expect(createStreamTokens(Buffer.alloc(32, 2)).read(token, 0)).toBeNull();
  });
});

describe("the events", () => {
  const isRefetch = { data: expect.stringContaining(`"type":"refetchEvaluation"`) as string };

  it("tell of each change of the environment, and of no other one's", async () => {
    await shop.run("createKey", { app: "shop", name: "elsewhere", type: "BOOLEAN", defaultValue: false });
    const rules = [{ segmentId: null }];
    const flag = { app: "shop", name: "Elsewhere", key: "elsewhere", rules };
    const flagId = await shop.run("createFlag", flag, "flag { id }");
    const events = follow(await addressIn(await bulk()));
    const { id } = await next(events);
    await shop.run("publishFlag", { flagId, version: 1, environment: "staging" });
    await edit("plain");
    const changed = await next(events);
    expect(changed).toMatchObject(isRefetch);
    expect(changed.id).not.toBe(id);
    const again = follow(await addressIn(await bulk()), { "last-event-id": changed.id });
    expect(await next(again)).toEqual({ id: changed.id, data: null });
    await again.return(undefined);
    await events.return(undefined);
  });

  it("tell whoever comes back of what they have missed, and of nothing if that is nothing", async () => {
    const address = await addressIn(await bulk());
    const events = follow(address);
    const { id } = await next(events);
    await events.return(undefined);
    const same = follow(address, { "last-event-id": id });
    expect(await next(same)).toEqual({ id, data: null });
    await same.return(undefined);
    await edit("plain");
    const missed = follow(address, { "last-event-id": id });
    expect(await next(missed)).toMatchObject(isRefetch);
    await missed.return(undefined);
  });

  it("let the SDK for web pages get new values without polling", async () => {
    Object.assign(globalThis, { EventSource });
    await OpenFeature.setContext(berliner);
    const provider = new OFREPWebProvider({
      baseUrl: shop.server.address,
      headers: [["Authorization", `Bearer ${shop.client}`]],
    });
    // The provider is built without exactOptionalPropertyTypes.
    await OpenFeature.setProviderAndWait("page", provider as Provider);
    const client = OpenFeature.getClient("page");
    await edit("plain");
    const wanted = edits;
    await new Promise<void>((resolve) => {
      const look = () => client.getNumberValue("plain", 0) === wanted && resolve();
      client.addHandler(ProviderEvents.ConfigurationChanged, look);
      look();
    });
    expect(client.getNumberValue("plain", 0)).toBe(wanted);
    await OpenFeature.close();
  });
});

describe("who never reads", () => {
  const source = (defaultValue: number) => ({
    app: "shop",
    environment: "production",
    revision: defaultValue,
    keys: [{ name: "k", defaultValue, isVisibleToClients: true }],
    segments: [],
    publications: [],
    disabledFlags: [],
    previews: [],
    testUsers: null,
    userLists: new Map(),
  });

  it("is told no more than the latest change, and is dropped and counted in the end", () => {
    let atMs = 0;
    let tell: (ruleset: ReturnType<typeof compile>) => void = () => undefined;
    const stalls = createStalls(() => atMs);
    const listeners = createListeners({
      rulesets: { watch: (_app, _environment, listener) => ((tell = listener), () => undefined) },
      stalls,
      nowMs: () => atMs,
    });
    const raw = new PassThrough({ highWaterMark: 1 });
    const place = { app: "shop", environment: "production" };
    listeners.add(raw as unknown as ServerResponse, place, compile(source(0)), {
      lastId: null,
      endsAtMs: 1_000_000,
    });
    const held = raw.writableLength + raw.readableLength;
    for (let value = 1; value <= 1_000; value += 1) tell(compile(source(value)));
    expect(raw.writableLength + raw.readableLength).toBe(held);
    atMs = STALLED_MS_MAX + 1;
    stalls.check();
    expect([raw.destroyed, listeners.dropped()]).toEqual([true, 1]);
    listeners.close();
  });
});
