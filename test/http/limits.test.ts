// cspell:ignore Bviewer
import {
  ALIASES_MAX,
  COST_MAX,
  DEPTH_MAX,
  FIELDS_MAX,
  NESTING_MAX,
  ROOT_FIELDS_MAX,
} from "../../src/graphql/limits";
import { JSON_DEPTH_MAX } from "../../src/graphql/jsonFault";
import { BODY_BYTES_MAX, EDITOR_BODY_BYTES_MAX } from "../../src/http/limits";
import { startServer, type GraphqlAnswer, type HttpTestServer } from "../support/server";

let server: HttpTestServer;
beforeAll(async () => void (server = await startServer()));
afterAll(() => server.stop());

/** Posts, and expects one refusal with this status, code and words. */
async function expectRefused(
  body: unknown,
  status: number,
  code: string,
  words: RegExp | string,
  headers: Record<string, string> = {},
): Promise<void> {
  const response = await server.post(body, headers);
  const { errors, data } = (await response.json()) as GraphqlAnswer;
  expect({ status: response.status, code: errors?.[0]?.extensions?.["code"] }).toEqual({ status, code });
  expect(errors?.[0]?.message).toMatch(words);
  expect(data ?? null).toBeNull();
}

const repeated = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(" ");

describe("a document", () => {
  const deep = (levels: number): string =>
    `{ ${"apps { nodes { ".repeat(levels)} id ${"} }".repeat(levels)} }`;

  it("of depth 50 is refused", () =>
    expectRefused({ query: deep(25) }, 400, "LIMIT_EXCEEDED", `at most ${DEPTH_MAX}`));

  it("may be as deep as the limit, and not one level deeper", async () => {
    const origin = (levels: number): string => (levels === 0 ? "id" : `clonedFrom { ${origin(levels - 1)} }`);
    const query = (levels: number) => ({
      query: `{ app(slug: "x") { segments(first: 1) { nodes { ${origin(levels)} } } } }`,
    });
    expect((await server.post(query(DEPTH_MAX - 4))).status).toBe(200);
    await expectRefused(query(DEPTH_MAX - 3), 400, "LIMIT_EXCEEDED", `${DEPTH_MAX + 1} levels deep`);
  });

  it("of 1,000 aliases is refused", () =>
    expectRefused(
      { query: `{ viewer { ${repeated(1_000, (index) => `a${index}: id`)} } }` },
      400,
      "LIMIT_EXCEEDED",
      `at most ${ALIASES_MAX}`,
    ));

  it("may have as many aliases as the limit", async () => {
    const query = (count: number) => ({
      query: `{ viewer { ${repeated(count, (index) => `a${index}: id`)} } }`,
    });
    expect((await server.post(query(ALIASES_MAX))).status).toBe(200);
    await expectRefused(query(ALIASES_MAX + 1), 400, "LIMIT_EXCEEDED", "aliases");
  });

  it("may ask for as many things as the limit, fragments counted", async () => {
    const query = (count: number) => ({
      query: `{ ...All } fragment All on Query { ${repeated(count, (index) => `a${index}: viewer { id }`)} }`,
    });
    expect((await server.post(query(ROOT_FIELDS_MAX))).status).toBe(200);
    await expectRefused(query(ROOT_FIELDS_MAX + 1), 400, "LIMIT_EXCEEDED", "at once");
  });

  it("whose fragments multiply is refused without being expanded", async () => {
    const fragments = repeated(
      40,
      (n) => `fragment F${n} on App { a: keys { nodes { id } } ...F${n + 1} ...F${n + 1} }`,
    );
    const query = `{ app(slug: "x") { ...F0 } } ${fragments} fragment F40 on App { id }`;
    await expectRefused({ query }, 400, "LIMIT_EXCEEDED", "at most");
  });

  it("whose fragments spread each other is refused", () =>
    expectRefused(
      { query: `{ app(slug: "x") { ...A } } fragment A on App { ...B } fragment B on App { ...A }` },
      400,
      "GRAPHQL_VALIDATION_FAILED",
      "itself",
    ));

  it("that names a field 10,000 times is refused before fields are compared", () =>
    expectRefused(
      { query: `{ viewer { ${"id ".repeat(10_000)} } }` },
      400,
      "LIMIT_EXCEEDED",
      `at most ${FIELDS_MAX}`,
    ));

  it("that nests lists deeper than a parser can go is refused", async () => {
    const nested = (depth: number) => ({
      query: `{ nodes(ids: ${"[".repeat(depth)}${"]".repeat(depth)}) { id } }`,
    });
    await expectRefused(nested(100_000), 400, "LIMIT_EXCEEDED", `${NESTING_MAX} brackets`);
    await expectRefused(nested(NESTING_MAX), 400, "LIMIT_EXCEEDED", `${NESTING_MAX} brackets`);
  });

  it("of too many tokens is refused", () =>
    expectRefused({ query: `{ viewer { ${"id ".repeat(20_001)} } }` }, 400, "LIMIT_EXCEEDED", "tokens"));

  it("that could answer too much is refused, whether sizes are written or given as variables", async () => {
    const query = (first: string) =>
      `query($first: Int) { apps(first: 100) { nodes { keys(first: ${first}) { nodes { id name } } } } }`;
    await expectRefused({ query: query("100") }, 400, "LIMIT_EXCEEDED", `at most ${COST_MAX}`);
    const variables = { first: 100 };
    await expectRefused({ query: query("$first"), variables }, 400, "LIMIT_EXCEEDED", "smaller pages");
    expect((await server.post({ query: query("$first"), variables: { first: 10 } })).status).toBe(200);
    expect((await server.post({ query: query("$first") })).status).toBe(200);
  });

  it("that reads the schema many times over is refused", () =>
    expectRefused(
      { query: `{ ${repeated(20, (index) => `a${index}: __schema { types { name } }`)} viewer { id } }` },
      400,
      "LIMIT_EXCEEDED",
      "may answer",
    ));
});

describe("a body", () => {
  const body = (bytes: number) => `{"query":"{ viewer { id } }","padding":"`.padEnd(bytes - 2, "x") + `"}`;
  let viewer: Record<string, string>;
  beforeAll(async () => {
    const { data } = await server.send(
      `mutation { createToken(input: { name: "viewer", kind: PERSON, role: VIEWER }) { secret } }`,
    );
    viewer = { authorization: `Bearer ${(data?.["createToken"] as { secret: string }).secret}` };
  });

  it("may be as large as the limit, and not one byte larger", async () => {
    expect((await server.post(body(BODY_BYTES_MAX), viewer)).status).toBe(200);
    await expectRefused(body(BODY_BYTES_MAX + 1), 413, "LIMIT_EXCEEDED", `${BODY_BYTES_MAX}`, viewer);
  });

  it("may be as large as a definition, if it comes from somebody who may edit", async () => {
    expect((await server.post(body(EDITOR_BODY_BYTES_MAX))).status).toBe(200);
    await expectRefused(body(EDITOR_BODY_BYTES_MAX + 1), 413, "LIMIT_EXCEEDED", `${EDITOR_BODY_BYTES_MAX}`);
  });

  it("may not be larger because it does not say how large it is", async () => {
    const sent = async (bytes: number) => {
      const text = body(bytes);
      const [half, rest] = [text.slice(0, bytes / 2), text.slice(bytes / 2)];
      const parts = new Blob([half, rest]).stream();
      const headers = { "content-type": "application/json", ...viewer };
      const init = { method: "POST", headers, body: parts, duplex: "half" } as RequestInit;
      return (await fetch(`${server.address}/graphql`, init)).status;
    };
    expect(await sent(BODY_BYTES_MAX)).toBe(200);
    expect(await sent(BODY_BYTES_MAX + 1)).toBe(413);
  });

  it("that is no JSON is refused", () => expectRefused("{", 400, "BAD_REQUEST", "JSON"));

  it("that holds a batch is refused", () =>
    expectRefused([{ query: "{ viewer { id } }" }], 400, "BAD_USER_INPUT", "query"));

  it.each([null, 7, "text", {}, { query: 7 }, { query: "" }])("without a document is refused: %j", (body) =>
    expectRefused(JSON.stringify(body), 400, "BAD_USER_INPUT", "query"),
  );

  it("whose variables are no object is refused", () =>
    expectRefused({ query: "{ viewer { id } }", variables: [1] }, 400, "BAD_USER_INPUT", "variables"));

  it("that does not say which of two operations is meant is refused", () =>
    expectRefused(
      { query: "query A { viewer { id } } query B { viewer { id } }" },
      400,
      "BAD_USER_INPUT",
      "operationName",
    ));
});

describe("what a page of another origin could send", () => {
  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])(
    "is refused: %s",
    async (type) => {
      const response = await server.post(`{"query":"{ viewer { id } }"}`, { "content-type": type });
      expect(response.status).toBe(415);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_REQUEST" } }] });
    },
  );

  it("is refused by GET", async () => {
    const address = `${server.address}/graphql?query=%7Bviewer%7Bid%7D%7D`;
    const response = await fetch(address, { headers: { authorization: `Bearer ${server.token}` } });
    expect(response.status).toBe(404);
  });

  it("gets no permission to read answers", async () => {
    const response = await server.post(
      { query: "{ viewer { id } }" },
      { origin: "https://elsewhere.example" },
    );
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("a value", () => {
  const query = `mutation($input: CreateAppInput!) { createApp(input: $input) { errors { code path } } }`;
  const send = (slug: string) =>
    `{"query":${JSON.stringify(query)},"variables":{"input":{"slug":${slug},"name":"n"}}}`;

  it.each([
    ["the character U+0000", `"a\\u0000b"`, "U+0000"],
    ["half of a surrogate pair", `"a\\ud83d"`, "surrogate"],
    ["a number that is not finite", "1e999", "too large"],
  ])("that is %s is refused with its path", async (_what, slug, words) => {
    const response = await server.post(send(slug));
    const { errors } = (await response.json()) as GraphqlAnswer;
    expect(response.status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", path: ["input", "slug"] } }]);
    expect(errors?.[0]?.message).toContain(words);
  });

  it("that stands in the document is refused as well", async () => {
    const written = (slug: string) =>
      `mutation { createApp(input: { slug: "${slug}", name: "n" }) { errors { code } } }`;
    await expectRefused({ query: written("\\u0000") }, 400, "BAD_USER_INPUT", "U+0000");
    await expectRefused({ query: written("\\ud83d") }, 400, "GRAPHQL_PARSE_FAILED", "Unicode");
  });

  it("written as 1e999 in the document is refused", () =>
    expectRefused(
      { query: "query($x: Float = 1e999) { viewer { id } }" },
      400,
      "BAD_USER_INPUT",
      "too large",
    ));

  it("may nest as deep as the limit, and not deeper", async () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
    const body = (depth: number) => ({ query: "{ viewer { id } }", variables: { unused: nested(depth) } });
    expect((await server.post(body(JSON_DEPTH_MAX - 1))).status).toBe(200);
    await expectRefused(body(JSON_DEPTH_MAX), 400, "BAD_USER_INPUT", `${JSON_DEPTH_MAX} deep`);
    const abyss = `{"query":"{ viewer { id } }","variables":{"x":${"[".repeat(200_000)}${"]".repeat(200_000)}}}`;
    await expectRefused(abyss, 400, "BAD_USER_INPUT", `${JSON_DEPTH_MAX} deep`);
  });

  it("of the wrong type is refused with its path", async () => {
    const response = await server.post({ query, variables: { input: { slug: ["x"], name: 7 } } });
    const { errors } = (await response.json()) as GraphqlAnswer;
    expect(errors?.map(({ extensions }) => [extensions?.["code"], extensions?.["path"]])).toEqual([
      ["BAD_USER_INPUT", ["input", "slug"]],
      ["BAD_USER_INPUT", ["input", "name"]],
    ]);
  });

  it("named __proto__ or constructor neither pollutes nor crashes", async () => {
    const body = `{"query":"{ viewer { id } }","variables":{"x":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},"__proto__":{"polluted":1}}}`;
    expect((await server.post(body)).status).toBe(200);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    const input = `{"query":${JSON.stringify(query)},"variables":{"input":{"slug":"pp","name":"n","__proto__":{"slug":"x"}}}}`;
    await expectRefused(input, 400, "BAD_USER_INPUT", "__proto__");
  });

  it.each(["+275761-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2026-01-05", "2026-02-30T00:00:00Z", "now"])(
    "that is no instant is refused: %s",
    async (time) => {
      const asked = `query($at: DateTime) { changes(app: "x", since: $at) { endCursor } }`;
      await expectRefused({ query: asked, variables: { at: time } }, 400, "BAD_USER_INPUT", "1970 to 9999");
    },
  );
});

it("a page is from 1 to 100 long, and starts at a cursor of ours", async () => {
  const apps = (page: string) => server.send(`{ apps(${page}) { totalCount } }`);
  expect((await apps("first: 100")).errors).toBeUndefined();
  for (const page of ["first: 0", "first: 101", "first: -1"]) {
    expect((await apps(page)).errors).toMatchObject([
      { extensions: { code: "BAD_USER_INPUT", path: ["first"] } },
    ]);
  }
  for (const after of ["forged", "W10", "e30", ""]) {
    const { errors } = await apps(`after: "${after}"`);
    expect(errors?.every(({ extensions }) => extensions?.["code"] === "BAD_USER_INPUT") ?? true).toBe(true);
  }
  expect(server.faults.size).toBe(0);
});
