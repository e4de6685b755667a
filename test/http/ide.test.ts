import { runInNewContext } from "node:vm";
import { parse } from "graphql";
import { startServer, type GraphqlAnswer, type HttpTestServer } from "../support/server";

let server: HttpTestServer;
beforeAll(async () => void (server = await startServer()));
afterAll(() => server.stop());

const assetsIn = (page: string): string[] =>
  [...page.matchAll(/<(?:script|link)\b[^>]*?(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? "");

describe("the IDE", () => {
  it("is a page that asks nothing of other hosts", async () => {
    const response = await fetch(`${server.address}/`);
    const page = await response.text();
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(page).not.toMatch(/https?:\/\//);
    const assets = assetsIn(page).filter((url) => url !== "data:,");
    expect(assets.length).toBeGreaterThan(6);
    expect(assets.filter((url) => !url.startsWith("/ide/"))).toEqual([]);
  });

  it("has every file that its page names, which may be cached", async () => {
    const page = await (await fetch(`${server.address}/`)).text();
    for (const url of assetsIn(page).filter((asset) => asset.startsWith("/ide/"))) {
      const response = await fetch(server.address + url);
      expect({ url, status: response.status }).toEqual({ url, status: 200 });
      expect(response.headers.get("cache-control")).toContain("max-age");
      expect((await response.text()).length).toBeGreaterThan(100);
    }
  });

  it("has style sheets that ask nothing of other hosts", async () => {
    for (const url of ["/ide/graphiql.css", "/ide/start.css"]) {
      const css = await (await fetch(server.address + url)).text();
      expect(css).not.toMatch(/url\(\s*["']?https?:|@import/);
    }
  });

  it("runs no script that stands in the page itself, which its policy forbids", async () => {
    const page = await (await fetch(`${server.address}/`)).text();
    expect(page).not.toMatch(/<script(?![^>]*src=)/);
    expect(page).not.toMatch(/\son\w+=/);
  });

  it("shows documents that this server accepts", async () => {
    const script = await (await fetch(`${server.address}/ide/examples.js`)).text();
    const examples = runInNewContext(`${script}; EXAMPLES`) as { query: string }[];
    expect(examples.length).toBeGreaterThan(5);
    for (const { query } of examples) {
      const response = await server.post({ query, operationName: "none" });
      // Validation comes first; that no operation is named so is what is left to refuse.
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { path: ["operationName"] } }] });
    }
  });
});

describe("the IDE's way to send", () => {
  type Fetcher = (
    request: object,
    options?: object,
  ) => Promise<AsyncGenerator<GraphqlAnswer> & GraphqlAnswer>;
  const fetcher = async (): Promise<Fetcher> => {
    const script = await (await fetch(`${server.address}/ide/fetcher.js`)).text();
    const browser = {
      fetch: (path: string, init: RequestInit) => fetch(server.address + path, init),
      TextDecoderStream,
      token: server.token,
    };
    return runInNewContext(`${script}; createFetcher(() => token)`, browser) as Fetcher;
  };

  it("gets the answer to a query", async () => {
    const send = await fetcher();
    expect(await send({ query: "{ viewer { id } }" })).toEqual({ data: { viewer: { id: "admin" } } });
    expect((await send({ query: "{ nope }" })).errors).toHaveLength(1);
  });

  it("gets the items of a subscription", async () => {
    await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
    const query = `subscription { changes(app: "shop", startAt: BEGINNING) { event { type } } }`;
    const send = await fetcher();
    const results = await send({ query }, { documentAST: parse(query) });
    const first = await results.next();
    expect(first.value).toMatchObject({ data: { changes: { event: { type: "AppCreated" } } } });
    await results.return(undefined);
  });
});

describe("a server that is told to show no IDE and no schema", () => {
  let closed: HttpTestServer;
  beforeAll(async () => void (closed = await startServer({ hasIde: false, hasIntrospection: false })));
  afterAll(() => closed.stop());

  it("has no page", async () => {
    expect((await fetch(`${closed.address}/`)).status).toBe(404);
    expect((await fetch(`${closed.address}/ide/graphiql.js`)).status).toBe(404);
  });

  it("refuses introspection, and nothing else", async () => {
    const response = await closed.post({ query: "{ __schema { types { name } } }" });
    expect(response.status).toBe(400);
    expect((await closed.post({ query: "{ __typename viewer { id } }" })).status).toBe(200);
  });
});
