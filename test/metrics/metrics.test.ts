import "reflect-metadata";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeToken } from "../access/tokens";
import { startTestServer, type TestServer } from "../support/wholeServer";
import { until } from "../support/until";
import { startReceiver, type Receiver } from "../webhooks/receiver";

const METRICS_TOKEN = "the-token-of-the-collector";

let server: TestServer;
let receiver: Receiver;

beforeAll(async () => {
  server = await startTestServer({ metricsToken: METRICS_TOKEN, arePrivateAddressesAllowed: true });
  receiver = await startReceiver();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
});
afterAll(async () => {
  await receiver.close();
  await server.stop();
});

const collect = (token: string) =>
  fetch(`${server.address}/metrics`, { headers: token === "" ? {} : { authorization: `Bearer ${token}` } });
const text = async () => (await collect(METRICS_TOKEN)).text();

/** The value of one line; 0 if there is none yet. */
async function value(line: string): Promise<number> {
  const found = (await text()).split("\n").find((each) => each.startsWith(`${line} `));
  return found === undefined ? 0 : Number(found.slice(line.length + 1));
}
/** How much a line grows by what is done. */
async function growth(line: string, work: () => Promise<unknown>): Promise<number> {
  const before = await value(line);
  await work();
  return (await value(line)) - before;
}
const makeKey = (name: string) =>
  server.send(
    `mutation { createKey(input: { app: "shop", name: "${name}", type: STRING, defaultValue: "" }) { errors { code } } }`,
  );

describe("who may read metrics", () => {
  it("is whoever has their token, and administrators of all apps", async () => {
    const { secret: viewer } = await makeToken(server, { name: "viewer", kind: "PERSON", role: "VIEWER" });
    const { secret: admin } = await makeToken(server, {
      app: "shop",
      name: "admin",
      kind: "PERSON",
      role: "ADMIN",
    });
    const statuses = async (...tokens: string[]) =>
      Promise.all(tokens.map(async (token) => (await collect(token)).status));
    expect(await statuses(METRICS_TOKEN, server.token)).toEqual([200, 200]);
    expect(await statuses("", "wrong", `${METRICS_TOKEN}x`)).toEqual([401, 401, 401]);
    expect(await statuses(viewer, admin)).toEqual([403, 403]);
    expect((await collect(METRICS_TOKEN)).headers.get("content-type")).toContain("text/plain");
  });
});

describe("metrics", () => {
  it("are those that the documentation lists, and no others of ours", async () => {
    const documented = readFileSync(join(__dirname, "../../docs/operating.md"), "utf8").matchAll(
      /`(pe_[a-z_]+)`/g,
    );
    const served = (await text()).matchAll(/^# TYPE (pe_[a-z_]+) /gm);
    const names = (found: IterableIterator<RegExpExecArray>) =>
      [...new Set([...found].map(([, name]) => name))].sort();
    expect(names(served)).toEqual(names(documented));
    expect(await text()).toContain("nodejs_eventloop_lag_p99_seconds");
  });

  it("count requests by route, method and status", async () => {
    const line = 'pe_http_requests_total{route="/health/live",method="GET",status="200"}';
    expect(await growth(line, () => fetch(`${server.address}/health/live`))).toBe(1);
    const nowhere = 'pe_http_requests_total{route="none",method="GET",status="404"}';
    expect(await growth(nowhere, () => fetch(`${server.address}/${"x".repeat(50)}`))).toBe(1);
  });

  it("count operations by root field and outcome, whatever callers call them", async () => {
    const operation = (type: string, field: string, outcome: string) =>
      `pe_graphql_operations_total{type="${type}",field="${field}",outcome="${outcome}"}`;
    const app = () => server.post({ query: 'query Mine { renamed: app(slug: "shop") { name } }' });
    expect(await growth(operation("query", "app", "ok"), app)).toBe(1);
    expect(await growth('pe_graphql_operation_seconds_count{type="query",field="app"}', app)).toBe(1);
    expect(
      await growth(operation("query", "evaluate", "rejected"), () =>
        server.post({ query: '{ evaluate(app: "nowhere", user: { id: "u" }) { revision } }' }),
      ),
    ).toBe(1);
    expect(
      await growth(operation("none", "none", "rejected"), () => server.post({ query: "{ nothing }" })),
    ).toBe(1);
    expect(
      await growth(operation("query", "several", "ok"), () =>
        server.post({ query: '{ viewer { id } app(slug: "shop") { name } ... { apps { totalCount } } }' }),
      ),
    ).toBe(1);
    expect(await text()).not.toMatch(/Mine|renamed|shop/);
  });

  it("count appends and their events", async () => {
    const work = () => makeKey("counted");
    expect(await growth('pe_log_appends_total{outcome="appended"}', work)).toBe(1);
    expect(await growth("pe_log_events_total", () => makeKey("counted_too"))).toBe(1);
    expect(await value("pe_log_batch_appends_count")).toBeGreaterThanOrEqual(2);
    expect(await value("pe_log_append_seconds_count")).toBeGreaterThanOrEqual(2);
  });

  it("say how far read models and rulesets are behind", async () => {
    await server.send('{ evaluate(app: "shop", user: { id: "u" }) { revision } }');
    expect(await text()).toMatch(/^pe_projection_lag_seconds\{projection="\w+"\} [\d.]+$/m);
    expect(await text()).toMatch(/^pe_projection_failed\{projection="\w+"\} 0$/m);
    expect(await value("pe_ruleset_apps")).toBe(1);
    expect(await text()).toMatch(/^pe_ruleset_behind_seconds [\d.e-]+$/m);
  });

  it("count who follows the feed, and how late a change comes", async () => {
    const open = new AbortController();
    const url = `${server.address}/changes?app=shop&startAt=NOW`;
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${server.token}` },
      signal: open.signal,
    });
    const reader = response.body?.getReader();
    let received = "";
    const read = async (what: string) => {
      while (!received.includes(what)) {
        const { done, value: chunk } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) throw new Error(`The stream ended: ${received}`);
        received += Buffer.from(chunk).toString();
      }
    };
    await read("CAUGHT_UP");
    expect([await value("pe_feed_followers"), await value("pe_event_streams")]).toEqual([1, 1]);
    const before = await value("pe_feed_delay_seconds_count");
    await makeKey("followed");
    await read("followed");
    expect((await value("pe_feed_delay_seconds_count")) - before).toBe(1);
    open.abort();
    await until("nobody follows", async () => (await value("pe_feed_followers")) === 0);
    await until("nothing is open", async () => (await value("pe_event_streams")) === 0);
  });

  it("count webhooks and what they were sent, and named consumers with their lag", async () => {
    const made = await server.send(
      `mutation($url: String!) {
        createConsumer(input: { app: "shop", name: "cache", startAt: BEGINNING }) { errors { code } }
        createWebhook(input: { app: "shop", url: $url }) { errors { code message } }
      }`,
      { url: receiver.url },
    );
    expect(made).toEqual({ createConsumer: { errors: [] }, createWebhook: { errors: [] } });
    await makeKey("sent");
    await until("it is sent", async () => (await value('pe_webhook_attempts_total{outcome="taken"}')) > 0);
    expect([await value('pe_webhooks{state="active"}'), await value('pe_consumers{state="all"}')]).toEqual([
      1, 1,
    ]);
    expect(await value("pe_consumer_lag_changes")).toBeGreaterThan(2);
    expect(await value("pe_consumer_lag_seconds")).toBeGreaterThan(0);
    await until("it has caught up", async () => (await value("pe_webhook_lag_changes")) === 0);
  });
});
