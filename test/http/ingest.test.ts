import "reflect-metadata";
import { gzipSync } from "node:zlib";
import { makeToken } from "../access/tokens";
import { BATCH_MAX } from "../../src/audience/identify.policy";
import { BODY_BYTES_MAX, UNPACKED_BODY_BYTES_MAX } from "../../src/http/limits";
import { telling } from "../audience/telling";
import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
let service = "";
let client = "";
let apps = 0;
let app = "";

beforeAll(async () => void (server = await startTestServer()));
beforeEach(async () => {
  app = `shop-${apps++}`;
  await server.send(`mutation { createApp(input: { slug: "${app}", name: "Shop" }) { errors { code } } }`);
  service = (await makeToken(server, { app, name: "service", kind: "SERVER" })).secret;
  client = (await makeToken(server, { app, name: "page", kind: "CLIENT", environment: "production" })).secret;
});
afterAll(() => server.stop());

type Answer = {
  accepted?: number | null;
  duplicates?: number | null;
  errors: {
    code?: string;
    message: string;
    path?: string[];
    extensions?: { code: string; path?: string[] };
  }[];
};
async function send(
  path: string,
  body: unknown,
  { secret = service, headers = {} }: { secret?: string; headers?: Record<string, string> } = {},
): Promise<Answer & { status: number }> {
  const response = await fetch(`${server.address}/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${secret}`, ...headers },
    body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as Answer) };
}
const LINES = { "content-type": "application/x-ndjson" };
const PACKED = { "content-encoding": "gzip" };
const event = (id: string, more: object = {}) => ({ id, userId: "u1", name: "Charged", ...more });
const stored = async (id = "u1") => (await telling(app, server).shown(id))?.events.totalCount ?? 0;
const refusal = ({ status, errors: [error] }: Answer & { status: number }) => [
  status,
  error?.code ?? error?.extensions?.code,
  (error?.path ?? error?.extensions?.path ?? []).join("."),
];

describe("POST /v1/track", () => {
  it("takes what the mutation takes, and answers what it answers", async () => {
    const events = [event("e1", { properties: { amount: 3 } }), event("e2")];
    expect(await send("track", { app, events })).toEqual({
      status: 200,
      accepted: 2,
      duplicates: 0,
      errors: [],
    });
    expect(await send("track", { events, environment: "production" })).toEqual({
      ...{ status: 200, accepted: 0, duplicates: 2, errors: [] },
    });
    expect(await stored()).toBe(2);
  });

  it("takes a list, and lines of JSON, packed or not", async () => {
    expect(await send("track", [event("e1")])).toMatchObject({ status: 200, accepted: 1 });
    const lines = `${JSON.stringify(event("e2"))}\n\n${JSON.stringify(event("e3"))}\r\n`;
    expect(await send(`track?app=${app}`, lines, { headers: LINES })).toMatchObject({ accepted: 2 });
    const packed = gzipSync(`${JSON.stringify(event("e3"))}\n${JSON.stringify(event("e4"))}`);
    expect(await send("track", packed, { headers: { ...LINES, ...PACKED } })).toMatchObject({
      ...{ status: 200, accepted: 1, duplicates: 1 },
    });
    expect(await send("track", gzipSync(JSON.stringify([event("e5")])), { headers: PACKED })).toMatchObject({
      ...{ status: 200, accepted: 1 },
    });
    expect(await stored()).toBe(5);
  });

  it("refuses a batch for one bad event, or takes the good ones with `partial`", async () => {
    const events = [event("e1"), event("e2", { name: "" })];
    expect(refusal(await send("track", { events }))).toEqual([422, "INVALID", "events.1.name"]);
    expect(await stored()).toBe(0);
    const partly = await send("track?partial=true", events);
    expect([partly.accepted, refusal(partly)]).toEqual([1, [200, "INVALID", "events.1.name"]]);
  });

  it("refuses one more line than a batch has, and a line that is none, and takes nothing then", async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, at) => JSON.stringify(event(`e${at}`))).join("\n");
    expect(refusal(await send("track", many(BATCH_MAX + 1), { headers: LINES }))).toEqual([
      422,
      "INVALID",
      "events",
    ]);
    const broken = await send("track", `${many(2)}\n{"id":`, { headers: LINES });
    expect([refusal(broken), broken.errors[0]?.message]).toEqual([
      [400, "BAD_REQUEST", ""],
      expect.stringMatching(/^Line 3 is no JSON/),
    ]);
    expect(await stored()).toBe(0);
    expect(await send("track", many(BATCH_MAX), { headers: LINES })).toMatchObject({ accepted: BATCH_MAX });
  });

  it("refuses what is not of the form, and says where", async () => {
    expect(refusal(await send("track", [{ ...event("e1"), userId: 1.5 }]))).toEqual([
      400,
      "BAD_USER_INPUT",
      "input.events.0.userId",
    ]);
    expect(refusal(await send("track", [{ ...event("e1"), nam: "x" }]))).toEqual([
      400,
      "BAD_USER_INPUT",
      "input.events.0",
    ]);
    expect(refusal(await send("track?partial=maybe", []))).toEqual([400, "BAD_USER_INPUT", "input.partial"]);
    expect(refusal(await send("track?aap=x", []))).toEqual([400, "BAD_USER_INPUT", "aap"]);
    expect(refusal(await send("track?app=x&app=y", []))).toEqual([400, "BAD_USER_INPUT", "app"]);
    expect(refusal(await send("track", `"text"`))).toEqual([400, "BAD_USER_INPUT", "events"]);
    expect(refusal(await send("track", `{`))).toEqual([400, "BAD_REQUEST", ""]);
    expect(refusal(await send("track", []))).toEqual([422, "INVALID", "events"]);
    expect(refusal(await send("track?environment=nowhere", [event("e1")]))).toEqual([
      404,
      "NOT_FOUND",
      "environment",
    ]);
  });

  it("refuses bodies that are too large, packed or unpacked, and packed in other ways or not at all", async () => {
    const large = (bytes: number) => `{"events":"${"x".repeat(bytes)}"}`;
    expect(refusal(await send("track", large(BODY_BYTES_MAX)))).toEqual([413, "LIMIT_EXCEEDED", ""]);
    const bomb = gzipSync(large(UNPACKED_BODY_BYTES_MAX));
    expect(bomb.length).toBeLessThan(BODY_BYTES_MAX / 50);
    expect(refusal(await send("track", bomb, { headers: PACKED }))).toEqual([413, "LIMIT_EXCEEDED", ""]);
    expect(refusal(await send("track", "[]", { headers: PACKED }))).toEqual([400, "BAD_REQUEST", ""]);
    expect(refusal(await send("track", bomb.subarray(0, 100), { headers: PACKED }))).toEqual([
      400,
      "BAD_REQUEST",
      "",
    ]);
    expect(refusal(await send("track", "[]", { headers: { "content-encoding": "br" } }))).toEqual([
      415,
      "BAD_REQUEST",
      "",
    ]);
    // And goes on serving.
    expect(await send("track", [event("e1")])).toMatchObject({ accepted: 1 });
  });
});

describe("POST /v1/identify", () => {
  it("puts properties over those that are known, or in their place", async () => {
    await send("identify", { users: [{ id: "u1", properties: { city: "Hamburg", age: 40 } }] });
    expect(await send("identify", [{ id: "u1", properties: { plan: "pro" } }])).toEqual({
      ...{ status: 200, accepted: 1, errors: [] },
    });
    expect((await telling(app, server).shown("u1"))?.properties).toEqual({
      city: "Hamburg",
      age: 40,
      plan: "pro",
    });
    await send("identify?mode=REPLACE", `{"id":"u1","properties":{"plan":"free"}}`, { headers: LINES });
    expect((await telling(app, server).shown("u1"))?.properties).toEqual({ plan: "free" });
    expect(refusal(await send("identify?mode=SOME", [{ id: "u1", properties: {} }]))).toEqual([
      400,
      "BAD_USER_INPUT",
      "input.mode",
    ]);
  });
});

describe("a token", () => {
  it("of a CLIENT tells of one user at a time, in its environment, without naming it", async () => {
    expect(await send("track", [event("e1"), event("e2")], { secret: client })).toMatchObject({
      accepted: 2,
    });
    const two = await send("track", [event("e3"), event("e4", { userId: "u2" })], { secret: client });
    expect(refusal(two)).toEqual([422, "INVALID", "events"]);
  });

  it("that may not tell of users is refused, and so is none", async () => {
    const { secret } = await makeToken(server, { app, name: "reader", kind: "PERSON", role: "VIEWER" });
    expect(refusal(await send("track", [event("e1")], { secret }))).toEqual([403, "FORBIDDEN", "track"]);
    expect(refusal(await send("track", [event("e1")], { secret: "nobody's" }))).toEqual([
      401,
      "UNAUTHENTICATED",
      "",
    ]);
  });

  it("of all apps names the app", async () => {
    const { secret } = await makeToken(server, { name: `all of ${app}`, kind: "SERVER" });
    expect(refusal(await send("track", [event("e1")], { secret }))).toEqual([400, "BAD_USER_INPUT", "app"]);
    expect(await send(`track?app=${app}`, [event("e1")], { secret })).toMatchObject({ accepted: 1 });
  });
});
