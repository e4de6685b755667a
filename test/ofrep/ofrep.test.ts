import { gzipSync } from "node:zlib";
import { openOfrepShop, type OfrepShop } from "./shop";
import { BODY_BYTES_MAX } from "../../src/http/limits";

let shop: OfrepShop;
beforeAll(async () => void (shop = await openOfrepShop()));
afterAll(() => shop.server.stop());

const berliner = { targetingKey: "u1", city: "Berlin" };
type Flag = { key: string; value?: unknown; reason?: string; errorCode?: string; metadata?: object };

/** Status and body. */
async function ask(secret: string, path: string, body: unknown, headers?: Record<string, string>) {
  const response = await shop.send(secret, path, body, headers);
  return { status: response.status, body: (await response.json()) as Flag & { flags: Flag[] } };
}
const all = async (secret: string, context: object, headers?: Record<string, string>) =>
  (await ask(secret, "", { context }, headers)).body.flags;
const reasons = (flags: readonly Flag[]) =>
  Object.fromEntries(flags.map(({ key, reason, errorCode }) => [key, reason ?? errorCode]));

describe("one flag", () => {
  it("is answered with its value, why, and where from", async () => {
    expect(await ask(shop.service, "/colour", { context: berliner })).toEqual({
      status: 200,
      body: {
        key: "colour",
        value: "blue",
        reason: "TARGETING_MATCH",
        metadata: {
          sourceKind: "Config",
          sourceId: expect.stringMatching(/^config_shop_/) as string,
          version: 2,
          ruleId: expect.stringMatching(/^rule_shop_/) as string,
          segmentId: expect.stringMatching(/^segment_shop_/) as string,
        },
      },
    });
  });

  it("is answered as JSON, in the media type that clients insist on", async () => {
    const { headers } = await shop.send(shop.service, "/colour", { context: berliner });
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
  });

  it("tells a client nothing of where it comes from", async () => {
    expect((await ask(shop.client, "/colour", { context: berliner })).body).toEqual({
      key: "colour",
      value: "blue",
      reason: "TARGETING_MATCH",
    });
  });

  it("is not found if there is none, or none for clients", async () => {
    const none = await ask(shop.client, "/none", { context: berliner });
    expect(none).toEqual({
      status: 404,
      body: { key: "none", errorCode: "FLAG_NOT_FOUND", errorDetails: 'There is no key "none".' },
    });
    const inner = await ask(shop.client, "/inner", { context: berliner });
    expect(JSON.stringify(inner).replaceAll("inner", "none")).toBe(JSON.stringify(none));
    expect((await ask(shop.service, "/inner", { context: berliner })).status).toBe(200);
  });

  it.each(["a%2Fb", "%E2%9C%93", "x".repeat(2_000), "__proto__", "%20"])(
    "is not found by an odd name, which is told as it was asked: %s",
    async (name) => {
      const { status, body } = await ask(shop.service, `/${name}`, { context: berliner });
      expect([status, body.key, body.errorCode]).toEqual([404, decodeURIComponent(name), "FLAG_NOT_FOUND"]);
    },
  );
});

describe("reasons", () => {
  it("are those of OpenFeature: no rules is STATIC, no rule that matched is DEFAULT", async () => {
    const here = reasons(await all(shop.service, berliner));
    expect(here).toMatchObject({
      colour: "TARGETING_MATCH",
      inner: "STATIC",
      list: "STATIC",
      off: "DISABLED",
      plain: "STATIC",
    });
    expect(reasons(await all(shop.service, { ...berliner, city: "Bonn" }))).toMatchObject({
      colour: "DEFAULT",
      on: "DEFAULT",
      plain: "STATIC",
    });
    const ofMany = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        ask(shop.service, "/half", { context: { targetingKey: `${index}` } }),
      ),
    );
    expect(new Set(ofMany.map(({ body }) => `${body.reason} ${String(body.value)}`))).toEqual(
      new Set(["SPLIT true", "DEFAULT false"]),
    );
  });

  it("of a disabled flag come with the key's default", async () => {
    expect((await ask(shop.client, "/off", { context: berliner })).body).toMatchObject({
      value: false,
      reason: "DISABLED",
    });
  });
});

describe("values that are lists", () => {
  it("are sent as they are, or in an object for clients that know no lists", async () => {
    const ask_ = async (headers: Record<string, string>) =>
      Object.fromEntries((await all(shop.client, berliner, headers)).map(({ key, value }) => [key, value]));
    expect(await ask_({})).toMatchObject({ list: [1, 2], object: { a: 1 }, plain: 7 });
    const wrapped = { list: { value: [1, 2] }, object: { a: 1 }, plain: 7 };
    expect(await ask_({ "x-wrap-values": "true" })).toMatchObject(wrapped);
    expect(await ask_({})).toMatchObject({ list: [1, 2] });
  });
});

describe("without a targeting key", () => {
  it.each([{}, { targetingKey: "" }, { targetingKey: null }])(
    "everything is answered that does not depend on who it is: %j",
    async (context) => {
      const flags = await all(shop.service, { ...context, city: "Berlin" });
      expect(reasons(flags)).toMatchObject({
        colour: "TARGETING_MATCH",
        plain: "STATIC",
        half: "TARGETING_KEY_MISSING",
      });
      const { status, body } = await ask(shop.service, "/half", { context });
      expect([status, body.key, body.errorCode]).toEqual([400, "half", "TARGETING_KEY_MISSING"]);
    },
  );

  it("a request without a context is one without a targeting key", async () => {
    expect((await ask(shop.service, "/colour", {})).body).toMatchObject({ value: "red", reason: "DEFAULT" });
  });
});

describe("all flags", () => {
  it("are those that the asker may see", async () => {
    const keysFor = async (secret: string) => (await all(secret, berliner)).map(({ key }) => key);
    expect(await keysFor(shop.service)).toEqual([
      ...["colour", "half", "inner", "list", "object", "off", "on", "plain"],
    ]);
    expect(await keysFor(shop.client)).toEqual([
      ...["colour", "half", "list", "object", "off", "on", "plain"],
    ]);
  });

  describe("that were answered before", () => {
    const tagFor = async (context: object) =>
      (await shop.send(shop.client, "", { context })).headers.get("etag") ?? "";
    const again = (tag: string, context: object, query = "") =>
      shop.send(shop.client, query, { context }, { "if-none-match": tag });

    it("are not sent again", async () => {
      const tag = await tagFor(berliner);
      const response = await again(tag, berliner);
      expect([response.status, await response.text(), response.headers.get("etag")]).toEqual([304, "", tag]);
    });

    it("are sent if the context is another one, although the targeting key is the same", async () => {
      const tag = await tagFor({ ...berliner, city: "Bonn" });
      const response = await again(tag, berliner);
      const { flags } = (await response.json()) as { flags: Flag[] };
      expect(flags.find(({ key }) => key === "colour")?.value).toBe("blue");
    });

    it("are sent once more if a publication changes them, whatever the address says of a change", async () => {
      const tag = await tagFor(berliner);
      await shop.run("editKey", { app: "shop", name: "plain", defaultValue: 8 });
      expect((await again(tag, berliner, "?flagConfigEtag=%22x%22&flagConfigLastModified=1")).status).toBe(
        200,
      );
      const next = await tagFor(berliner);
      expect((await again(next, berliner, "?flagConfigEtag=%22y%22&flagConfigLastModified=2")).status).toBe(
        304,
      );
    });

    it("are sent whatever else the header says", async () => {
      for (const tag of ["*", "", `"${"x".repeat(8_000)}"`, "W/", "no tag"])
        expect((await again(tag, berliner)).status).toBe(200);
      expect((await again("x".repeat(100_000), berliner)).status).toBe(431);
    });
  });
});

describe("whose flags", () => {
  it("are those of the token, or of the headers of a token that is for more", async () => {
    const valueOf = async (secret: string, headers: Record<string, string>) =>
      (await ask(secret, "/colour", { context: berliner }, headers)).body.value;
    expect(await valueOf(shop.service, {})).toBe("blue");
    expect(await valueOf(shop.service, { "x-environment": "staging" })).toBe("red");
    expect(await valueOf(shop.server.token, { "x-app": "shop" })).toBe("blue");
  });

  it("has to be said by whoever has several apps", async () => {
    const { status, body } = await ask(shop.server.token, "", { context: berliner });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      errorCode: "PARSE_ERROR",
      errorDetails: expect.stringContaining("X-App") as string,
    });
  });

  it("does not tell a client if there is another environment", async () => {
    const other = async (name: string) => {
      const { status, body } = await ask(shop.client, "", { context: berliner }, { "x-environment": name });
      return JSON.stringify({ status, body }).replaceAll(name, "it");
    };
    expect(await other("staging")).toBe(await other("nowhere"));
    expect(await other("staging")).toContain('400,"body":{"errorCode":"GENERAL"');
  });
});

describe("a token", () => {
  it("may come in X-API-Key", async () => {
    const headers = { "x-api-key": shop.client };
    expect((await ask("", "/colour", { context: berliner }, headers)).body.value).toBe("blue");
  });

  it.each(["", "pe_client_none"])("that is none is refused: %j", async (secret) => {
    for (const path of ["", "/colour"]) {
      const { status, body } = await ask(secret, path, { context: berliner });
      expect([status, body.errorCode]).toEqual([401, "GENERAL"]);
    }
  });
});

describe("bad input", () => {
  const withProperty = (json: string) => `{"context":{"targetingKey":"u","p":${json}}}`;
  const properties = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`p${index}`, index]));

  const rows: [string, unknown, string, Record<string, string>?][] = [
    ["a body that is no JSON", "{", "PARSE_ERROR"],
    ["no body", "", "PARSE_ERROR"],
    ["a list", [], "PARSE_ERROR"],
    ["NaN", withProperty("NaN"), "PARSE_ERROR"],
    ["plain text", "{}", "PARSE_ERROR", { "content-type": "text/plain" }],
    ["a packed body", gzipSync(Buffer.alloc(100_000_000)), "PARSE_ERROR", { "content-encoding": "gzip" }],
    ["a context that is a list", { context: [] }, "INVALID_CONTEXT"],
    ["a targeting key that is a number", { context: { targetingKey: 7 } }, "INVALID_CONTEXT"],
    ["a targeting key that is too long", { context: { targetingKey: "x".repeat(257) } }, "INVALID_CONTEXT"],
    ["10,000 properties", { context: { targetingKey: "u", ...properties } }, "INVALID_CONTEXT"],
    ["a context of nearly 1 MB", withProperty(`"${"x".repeat(1_000_000)}"`), "INVALID_CONTEXT"],
    ["a context of more than 1 MB", withProperty(`"${"x".repeat(BODY_BYTES_MAX)}"`), "INVALID_CONTEXT"],
    ["a number beyond all", withProperty("1e999"), "INVALID_CONTEXT"],
    ["lists without end", withProperty(`${"[".repeat(5_000)}${"]".repeat(5_000)}`), "INVALID_CONTEXT"],
    ["__proto__", `{"context":{"targetingKey":"u","__proto__":{"city":"Berlin"}}}`, "INVALID_CONTEXT"],
  ];
  it.each(rows)("is refused in the codes of the protocol: %s", async (...row) => {
    const [, body, errorCode, headers = {}] = row;
    for (const [path, key] of [
      ["", undefined],
      ["/colour", "colour"],
    ] as const) {
      const answer = await ask(shop.client, path, body, headers);
      expect([answer.status, answer.body.errorCode, answer.body.key]).toEqual([400, errorCode, key]);
    }
  });

  it.each([
    `"7"`,
    `{"a":{"b":[1,[2]]}}`,
    "null",
    `"2026-01-01"`,
    `"2026-01-01T00:00:00+02:00"`,
    "1767225600000",
  ])("is not what a property may be: %s", async (json) => {
    expect((await ask(shop.client, "/colour", withProperty(json))).body.value).toBe("red");
  });
});

describe("who asks for too much", () => {
  it("is told when to come again", async () => {
    const limited = await openOfrepShop(1);
    try {
      await limited.send(limited.client, "", { context: berliner });
      const response = await limited.send(limited.client, "", { context: berliner });
      expect([response.status, response.headers.get("retry-after")]).toEqual([429, "60"]);
    } finally {
      await limited.server.stop();
    }
  });
});

describe("a page of another origin", () => {
  it("may ask for one flag and for all, and read what was answered", async () => {
    for (const path of ["", "/colour"]) {
      const preflight = await fetch(`${shop.server.address}/ofrep/v1/evaluate/flags${path}`, {
        method: "OPTIONS",
        headers: { origin: "https://shop.example", "access-control-request-method": "POST" },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get("access-control-allow-headers")).toMatch(/authorization.*x-api-key/);
      for (const secret of [shop.client, ""]) {
        const { headers } = await shop.send(secret, path, { context: berliner });
        expect(headers.get("access-control-allow-origin")).toBe("*");
      }
    }
  });
});
