import "reflect-metadata";
import { brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { request } from "node:http";
import { fillApp } from "../access/filledApp";
import { makeToken } from "../access/tokens";
import { COMPRESSED_BYTES_MIN } from "../../src/http/compression";
import { USERS_AT_ONCE_MAX } from "../../src/http/evaluateBody";
import { BATCH_BODY_BYTES_MAX, BODY_BYTES_MAX } from "../../src/http/limits";
import { until } from "../support/until";
import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
let client = "";
let service = "";
beforeAll(async () => {
  server = await startTestServer();
  await fillApp(server, "shop");
  client = await secretOf({ app: "shop", name: "page", kind: "CLIENT", environment: "production" });
  service = await secretOf({ app: "shop", name: "service", kind: "SERVER" });
});
afterAll(() => server.stop());

const secretOf = async (input: Record<string, string>) => (await makeToken(server, input)).secret;
const berliner = { id: "u", properties: { city: "Berlin" } };

const sendTo = (path: string, secret: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server.address}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${secret}`, ...headers },
    body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
const post = (secret: string, body: unknown, headers: Record<string, string> = {}) =>
  sendTo("/v1/evaluate", secret, body, headers);
const batch = (secret: string, body: unknown, headers: Record<string, string> = {}) =>
  sendTo("/v1/evaluate/batch", secret, body, headers);

type Told = { revision: number; values: { key: string; value: unknown; reason: string }[] };
const told = async (response: Response) => (await response.json()) as Told;
const valuesOf = ({ values }: Told) => Object.fromEntries(values.map(({ key, value }) => [key, value]));
const refusalOf = async (response: Response) => {
  const { errors } = (await response.json()) as {
    errors: { message: string; extensions: { code: string; path?: string[] } }[];
  };
  return { status: response.status, ...errors[0]?.extensions };
};

describe("POST /v1/evaluate", () => {
  it("answers for all keys with where each value comes from", async () => {
    const response = await post(service, { user: berliner });
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(await response.json()).toEqual({
      revision: expect.any(Number),
      hasStoredUser: false,
      values: expect.arrayContaining([
        {
          key: "colour",
          value: "blue",
          reason: "TARGETING_MATCH",
          errorCode: null,
          source: { kind: "Config", id: expect.stringMatching(/^config_shop_/) },
          version: 2,
          rule: {
            id: expect.stringMatching(/^rule_shop_/),
            segmentId: expect.stringMatching(/^segment_shop_/),
          },
        },
      ]),
    });
  });

  it("answers what the query answers, to each asker", async () => {
    const query = `query($user: UserInput!) { evaluate(app: "shop", user: $user) { object } }`;
    for (const secret of [client, service, server.token]) {
      const { body } = await server.post(
        { query, variables: { user: berliner } },
        { authorization: `Bearer ${secret}` },
      );
      const { evaluate } = body.data as { evaluate: { object: object } };
      expect(valuesOf(await told(await post(secret, { app: "shop", user: berliner })))).toEqual(
        evaluate.object,
      );
    }
  });

  it("answers for the asked keys in their order, and says which there are not", async () => {
    const { values } = await told(await post(service, { user: berliner, keys: ["on", "none", "colour"] }));
    expect(values).toMatchObject([
      { key: "on", value: true },
      { key: "none", value: null, reason: "ERROR", errorCode: "KEY_NOT_FOUND" },
      { key: "colour", value: "blue" },
    ]);
  });

  it("tells a client nothing of keys that are not for clients, whether they are asked for or not", async () => {
    const all = await (await post(client, { user: berliner })).text();
    expect(all).not.toContain("inner");
    expect(all).toContain(`"source":null,"version":null,"rule":null`);
    const ask = async (key: string) =>
      (await (await post(client, { user: berliner, keys: [key] })).text()).replaceAll(key, "it");
    expect(await ask("inner")).toBe(await ask("nothing"));
  });

  it("answers where the token is for, and in production if that can be anywhere", async () => {
    const inStaging = await secretOf({ app: "shop", name: "s", kind: "CLIENT", environment: "staging" });
    expect(valuesOf(await told(await post(inStaging, { user: berliner })))).toMatchObject({ colour: "red" });
    const staging = await post(service, { environment: "staging", user: berliner });
    expect(valuesOf(await told(staging))).toMatchObject({ colour: "red" });
    expect(valuesOf(await told(await post(service, { user: berliner })))).toMatchObject({ colour: "blue" });
    expect(await refusalOf(await post(server.token, { user: berliner }))).toEqual({
      status: 400,
      code: "BAD_USER_INPUT",
      path: ["app"],
    });
  });

  it("does not tell a client if there is another environment or another app", async () => {
    const ask = async (place: object, name: string) => {
      const response = await post(client, { user: berliner, ...place });
      return `${response.status} ${(await response.text()).replaceAll(name, "it")}`;
    };
    expect(await ask({ environment: "staging" }, "staging")).toBe(
      await ask({ environment: "berlin" }, "berlin"),
    );
    expect(await ask({ environment: "staging" }, "staging")).toMatch(/^404 .*NOT_FOUND/);
    await server.send(`mutation { createApp(input: { slug: "other", name: "Other" }) { app { id } } }`);
    expect(await ask({ app: "other" }, "other")).toBe(await ask({ app: "nowhere" }, "nowhere"));
  });

  it("counts what it gave, also to many at once", async () => {
    const environment = "elsewhere";
    const there = await secretOf({ app: "shop", name: "there", kind: "CLIENT", environment });
    for (const id of ["a", "b"]) await post(there, { user: { id }, keys: ["colour", "inner"] });
    await batch(service, { environment, users: [{ id: "c" }, { id: "d" }], keys: ["colour"] });
    await until("all are counted", async () => (await deliveriesOf("colour", environment)) >= 4);
    expect([await deliveriesOf("colour", environment), await deliveriesOf("inner", environment)]).toEqual([
      4, 0,
    ]);
  });
});

describe("what was answered before", () => {
  const askAgain = (tag: string, body: object, secret = service) =>
    post(secret, body, { "if-none-match": tag });
  const tagOf = (response: Response) => response.headers.get("etag") ?? "";

  it("is not sent again", async () => {
    const tag = tagOf(await post(service, { user: berliner }));
    const response = await askAgain(tag, { user: berliner });
    expect({ status: response.status, body: await response.text(), tag: tagOf(response) }).toEqual({
      status: 304,
      body: "",
      tag,
    });
    expect((await askAgain(`"other", ${tag.replace("W/", "")}`, { user: berliner })).status).toBe(304);
    expect((await askAgain("*", { user: berliner })).status).toBe(200);
  });

  it("is sent as soon as the user is another, and where the values are others", async () => {
    const tag = tagOf(await post(service, { user: berliner }));
    expect((await askAgain(tag, { user: { id: "u", properties: { city: "Bonn" } } })).status).toBe(200);
    expect((await askAgain(tag, { user: berliner, environment: "staging" })).status).toBe(200);
    expect((await askAgain(tag, { user: berliner }, client)).status).toBe(200);
  });

  it("is sent as soon as a publication changes it, and not when something else is changed", async () => {
    const keys = ["colour"];
    const tag = tagOf(await post(client, { user: { id: "u" }, keys }));
    const edit = (name: string, defaultValue: string) =>
      server.send(
        `mutation($name: String!, $defaultValue: JSON) { editKey(input: { app: "shop", name: $name, defaultValue: $defaultValue }) { errors { message } } }`,
        { name, defaultValue },
      );
    await edit("inner", "black");
    expect((await askAgain(tag, { user: { id: "u" }, keys }, client)).status).toBe(304);
    await edit("colour", "grey");
    expect(valuesOf(await told(await askAgain(tag, { user: { id: "u" }, keys }, client)))).toEqual({
      colour: "grey",
    });
    await edit("colour", "red");
  });
});

describe("an answer", () => {
  const ask = (acceptEncoding: string, keys: readonly string[]) =>
    new Promise<{ encoding: string | undefined; body: Buffer }>((resolve, reject) => {
      const sent = request(`${server.address}/v1/evaluate`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${service}`,
          "accept-encoding": acceptEncoding,
        },
      });
      sent.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({ encoding: response.headers["content-encoding"], body: Buffer.concat(chunks) }),
        );
      });
      sent.on("error", reject);
      sent.end(JSON.stringify({ user: berliner, keys }));
    });
  const many = Array<string>(20).fill("colour");

  it("is compressed as the asker likes it, if that saves a packet", async () => {
    const { body, encoding } = await ask("identity", many);
    expect(encoding).toBeUndefined();
    expect(body.length).toBeGreaterThan(COMPRESSED_BYTES_MIN);
    for (const [accepted, unpack] of [
      ["gzip, deflate, br", brotliDecompressSync],
      ["gzip", gunzipSync],
    ] as const) {
      for (let time = 0; time < 2; time += 1) {
        const packed = await ask(accepted, many);
        expect(packed.body.length).toBeLessThan(COMPRESSED_BYTES_MIN);
        expect(unpack(packed.body).toString()).toBe(body.toString());
      }
    }
  });

  it.each([
    ["it is short", "gzip, br", ["colour"]],
    ["nobody asked for it", "", many],
    ["the asker does not want it", "gzip;q=0, br; q=0.0", many],
  ])("is not compressed when %s", async (_when, accepted, keys) => {
    expect((await ask(accepted, keys)).encoding).toBeUndefined();
  });
});

describe("POST /v1/evaluate/batch", () => {
  const lines = async (response: Response) =>
    (await response.text())
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Told & { user: string });

  it("answers with a line for each user, in their order", async () => {
    const users = Array.from({ length: USERS_AT_ONCE_MAX }, (_, index) => ({
      id: `u${index}`,
      properties: { city: index % 2 === 0 ? "Berlin" : "Bonn" },
    }));
    const response = await batch(service, { users, keys: ["colour"] });
    expect(response.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
    const answers = await lines(response);
    expect(answers.map(({ user }) => user)).toEqual(users.map(({ id }) => id));
    expect(new Set(answers.map((answer) => JSON.stringify(valuesOf(answer))))).toEqual(
      new Set(['{"colour":"blue"}', '{"colour":"red"}']),
    );
    expect(answers[0]).toEqual({
      user: "u0",
      ...(await told(await post(service, { user: users[0], keys: ["colour"] }))),
    });
  });

  it("answers nothing for nobody", async () => {
    expect(await lines(await batch(service, { users: [] }))).toEqual([]);
  });

  it.each([
    ["of one too many", { users: Array(USERS_AT_ONCE_MAX + 1).fill({ id: "u" }) }, 400, ["users"]],
    ["with a user who is none", { users: [{ id: "u" }, { id: "" }] }, 400, ["users", "1", "id"]],
    [
      "with properties that are none",
      { users: [{ id: "u", properties: [] }] },
      400,
      ["users", "0", "properties"],
    ],
    ["without users", {}, 400, ["users"]],
    ["for an app that is not there", { app: "nowhere", users: [{ id: "u" }] }, 404, ["app"]],
  ])("refuses all of a batch %s", async (_what, body, status, path) => {
    expect(await refusalOf(await batch(server.token, { app: "shop", ...body }))).toMatchObject({
      status,
      path,
    });
  });

  it("is not for clients", async () => {
    expect(await refusalOf(await batch(client, { users: [{ id: "u" }] }))).toMatchObject({
      status: 403,
      code: "FORBIDDEN",
    });
  });

  it("takes a body as large as its limit, and not one byte larger", async () => {
    const padded = (bytes: number) => `{"users":[{"id":"u"}]`.padEnd(bytes - 1) + "}";
    expect((await batch(service, padded(BATCH_BODY_BYTES_MAX))).status).toBe(200);
    const larger = await batch(service, padded(BATCH_BODY_BYTES_MAX + 1));
    expect(larger.status).toBe(413);
    expect(await larger.text()).toContain(`${BATCH_BODY_BYTES_MAX} bytes`);
  });
});

describe("bad input", () => {
  const properties = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, index]));
  const withProperty = (json: string) => `{"user":{"id":"u","properties":{"p":${json}}}}`;

  it.each<[string, unknown, readonly string[] | undefined]>([
    ["a body that is no JSON", "{", undefined],
    ["no body", "", undefined],
    ["a list", [], []],
    ["no user", {}, ["user"]],
    ["a user without an id", { user: {} }, ["user", "id"]],
    ["an id that is a number", { user: { id: 7 } }, ["user", "id"]],
    ["an id that is too long", { user: { id: "x".repeat(257) } }, ["user", "id"]],
    ["a member that there is not", { user: { id: "u" }, key: "colour" }, ["key"]],
    ["a member of the user that there is not", { user: { id: "u", city: "Bonn" } }, ["user", "city"]],
    ["keys that are no list", { user: { id: "u" }, keys: "colour" }, ["keys"]],
    ["a key that is a number", { user: { id: "u" }, keys: [7] }, ["keys", "0"]],
    ["too many keys", { user: { id: "u" }, keys: Array(501).fill("colour") }, ["keys"]],
    ["an app that is a number", { user: { id: "u" }, app: 7 }, ["app"]],
    ["an environment that is empty", { user: { id: "u" }, environment: "" }, ["environment"]],
    ["10,000 properties", { user: { id: "u", properties: properties(10_000) } }, ["user", "properties"]],
    [
      "a property named __proto__",
      `{"user":{"id":"u","properties":{"__proto__":1}}}`,
      ["user", "properties"],
    ],
    ["a member named __proto__", `{"user":{"id":"u"},"__proto__":1}`, ["__proto__"]],
    ["NaN", withProperty("NaN"), undefined],
    ["a number beyond all", withProperty("1e999"), ["user", "properties", "p"]],
    ["half of a surrogate pair", withProperty(`"\\ud83d"`), ["user", "properties", "p"]],
    [
      "lists in lists without end",
      withProperty(`${"[".repeat(5_000)}${"]".repeat(5_000)}`),
      ["user", "properties", "p", ...Array<string>(15).fill("0")],
    ],
    [
      "a context of nearly 1 MB",
      { user: { id: "u", properties: { p: "x".repeat(1_000_000) } } },
      ["user", "properties"],
    ],
  ])("is refused with the place of it: %s", async (_what, body, path) => {
    const code = path === undefined ? "BAD_REQUEST" : "BAD_USER_INPUT";
    const expected = path === undefined ? { status: 400, code } : { status: 400, code, path };
    expect(await refusalOf(await post(service, body))).toEqual(expected);
  });

  it.each([
    ["a number as a text", `"7"`],
    ["a nested object", `{"a":{"b":[1,[2,[3]]]}}`],
    ["null", "null"],
    ["a date", `"2026-01-01"`],
    ["a date and time", `"2026-01-01T00:00:00Z"`],
    ["a date and time with an offset", `"2026-01-01T00:00:00.000+02:00"`],
    ["a date in milliseconds", "1767225600000"],
    ["a date in words", `"Thu, 01 Jan 2026 00:00:00 GMT"`],
  ])("is not what a property may be: %s", async (_what, json) => {
    expect((await post(service, withProperty(json))).status).toBe(200);
  });

  it("is a body that is too large, of another type, or packed", async () => {
    const large = { user: { id: "u", properties: { p: "x".repeat(BODY_BYTES_MAX) } } };
    expect(await refusalOf(await post(service, large))).toEqual({ status: 413, code: "LIMIT_EXCEEDED" });
    const text = await post(service, "{}", { "content-type": "text/plain" });
    expect(await refusalOf(text)).toEqual({ status: 415, code: "BAD_REQUEST" });
    const bomb = gzipSync(Buffer.alloc(100_000_000));
    const packed = await post(service, bomb, { "content-encoding": "gzip" });
    expect(await refusalOf(packed)).toEqual({ status: 415, code: "BAD_REQUEST" });
  });

  it("is a header of 100 kB, after which all goes on", async () => {
    const response = await post(service, { user: berliner }, { "if-none-match": "x".repeat(100_000) });
    expect(response.status).toBe(431);
    expect((await post(service, { user: berliner })).status).toBe(200);
  });

  it.each([
    ["", 401],
    ["pe_client_none", 401],
  ])("is no token, or none of ours: %j", async (secret, status) => {
    expect((await post(secret, { user: berliner })).status).toBe(status);
  });
});

describe("a page of another origin", () => {
  const origin = "https://shop.example";

  it("may ask, with its token", async () => {
    const response = await fetch(`${server.address}/v1/evaluate`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,if-none-match",
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-allow-headers")).toContain("if-none-match");
  });

  it("may read answers, their tag and refusals", async () => {
    for (const secret of [client, "pe_client_none"]) {
      const { headers } = await post(secret, { user: berliner }, { origin });
      expect(headers.get("access-control-allow-origin")).toBe("*");
      expect(headers.get("access-control-expose-headers")).toContain("etag");
    }
  });
});

/** How often a key was delivered. */
async function deliveriesOf(key: string, environment: string): Promise<number> {
  const rows = await server.running.parts.database.query<{ count: string }>(
    `select coalesce(sum(counts.count), 0) as count from delivery.counts
       join delivery.outcomes on outcomes.id = counts.outcome
      where outcomes.key = $1 and outcomes.environment = $2`,
    [key, environment],
    "test.deliveries",
  );
  return Number(rows[0]?.count);
}
