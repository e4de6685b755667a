import fc from "fast-check";
import { getIntrospectionQuery } from "graphql";
import { startServer, type HttpTestServer } from "../support/server";
import { startTcpProxy, type TcpProxy } from "../support/tcpProxy";

let server: HttpTestServer;
let proxy: TcpProxy;
let keyId: string;
beforeAll(async () => {
  server = await startServer({}, async (url) => {
    proxy = await startTcpProxy(url);
    return proxy.url;
  });
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Läden 🛒" }) { errors { code } } }`);
  const input = `{ app: "shop", name: "k", type: ARRAY, defaultValue: [{ a: null, b: "\\"\\n" }, 1.5, true] }`;
  const created = await server.send(`mutation { createKey(input: ${input}) { key { id } } }`);
  keyId = (created.data?.["createKey"] as { key: { id: string } }).key.id;
  // From now on, what is asked for with this header leaves without Apollo's pipeline where it has no errors.
  await server.post({ query: "{ viewer { id } }" }, { accept: REMEMBERED });
});
afterAll(async () => {
  await server.stop();
  await proxy.close();
});

const REMEMBERED = "application/json";
let sent = 0;

/** Asks for the same with headers that were seen before, and with headers that are new, for which Apollo answers. */
async function bothAnswers(body: unknown): Promise<readonly [Answer, Answer]> {
  const byUs = await answerTo(body, REMEMBERED);
  const byApollo = await answerTo(body, `${REMEMBERED}, text/x-${++sent};q=0.1`);
  return [byUs, byApollo];
}

type Answer = Readonly<{ status: number; headers: object; bytes: string }>;

async function answerTo(body: unknown, accept: string): Promise<Answer> {
  const response = await server.post(body, { accept });
  const headers = Object.fromEntries(
    [...response.headers].filter(([name]) => name !== "date" && name !== "x-request-id"),
  );
  const bytes = Buffer.from(await response.arrayBuffer()).toString("latin1");
  // The id of a fault of ours is the only thing in an answer that is new each time.
  return { status: response.status, headers, bytes: bytes.replace(/"id":"[0-9a-f]{8}-[^"]+"/g, "") };
}

async function expectSame(body: unknown, status: number): Promise<void> {
  const [byUs, byApollo] = await bothAnswers(body);
  expect(byUs).toEqual(byApollo);
  expect(byUs.status).toBe(status);
}

const APP = `app(slug: "shop")`;
const EDIT = `mutation($input: EditKeyInput!) { editKey(input: $input) { key { name } errors { code message path } } }`;
const FIRST = `query($first: Int! = 5) { apps(first: $first) { totalCount nodes { slug } } }`;

describe("the same bytes leave whoever makes the answer of", () => {
  it.each<[string, object]>([
    ["fields and aliases", { query: `{ viewer { id role again: id } }` }],
    ["what is not there", { query: `{ app(slug: "none") { id } node(id: "none") { id } }` }],
    ["text beyond ASCII", { query: `{ ${APP} { name id createdAt environments { id name } } }` }],
    ["JSON values", { query: `{ ${APP} { keys(first: 5) { nodes { name defaultValue } } } }` }],
    [
      "fragments on interfaces",
      { query: `query($id: ID!) { node(id: $id) { __typename id ... on Key { name } } }` },
    ],
    ["fragments by name", { query: `{ ${APP} { ...A ...A } } fragment A on App { id n: name }` }],
    [
      "fields that are skipped",
      { query: `query($no: Boolean!) { viewer { id role @skip(if: $no) } }`, variables: { no: true } },
    ],
    ["nothing at all", { query: `{ viewer { id @skip(if: true) } }` }],
    ["a default of a variable", { query: FIRST }],
    ["a variable", { query: FIRST, variables: { first: 1 } }],
    [
      "variables that are null",
      { query: FIRST.replace("!", ""), variables: null, operationName: null, extensions: null },
    ],
    [
      "one of two operations",
      { query: "query A { viewer { id } } query B { viewer { role } }", operationName: "B" },
    ],
    ["the name of a type", { query: "query Named { __typename }" }],
    ["introspection", { query: getIntrospectionQuery() }],
    ["a type by name", { query: `{ __type(name: "Key") { name fields { name type { kind } } } }` }],
    ["a mutation", { query: EDIT, variables: { input: { app: "shop", name: "k", description: "d" } } }],
    ["a mutation that is refused", { query: EDIT, variables: { input: { app: "shop", name: "none" } } }],
    [
      "extensions of no concern",
      { query: "{ viewer { id } }", extensions: { clientLibrary: { name: "x" } } },
    ],
  ])("a result: %s", async (_what, body) => {
    await expectSame(
      { ...body, ...(JSON.stringify(body).includes("$id") && { variables: { id: keyId } }) },
      200,
    );
  });

  it.each<[string, object, number]>([
    ["an error beside data", { query: `{ viewer { id } ${APP} { keys(first: 0) { totalCount } } }` }, 200],
    ["an error instead of data", { query: `{ apps(first: 101) { totalCount } viewer { id } }` }, 200],
    [
      "two errors",
      {
        query: `{ a: ${APP} { keys(first: 0) { totalCount } } b: ${APP} { keys(after: "x") { totalCount } } }`,
      },
      200,
    ],
    ["a variable that is missing", { query: `query($id: ID!) { node(id: $id) { id } }` }, 400],
    [
      "variables of the wrong type",
      { query: EDIT, variables: { input: { app: ["x"], name: 7, more: 1 } } },
      400,
    ],
    ["a document that is none", { query: "{ viewer {" }, 400],
    ["a document that is invalid", { query: "{ viewer { nothing } }" }, 400],
    ["no operation of the name", { query: "{ viewer { id } }", operationName: "Other" }, 400],
    ["a subscription", { query: `subscription { changes(app: "shop") { cursor } }` }, 400],
    [
      "a persisted query",
      { query: "{ viewer { id } }", extensions: { persistedQuery: { version: 1, sha256Hash: "x" } } },
      200,
    ],
    ["extensions that are text", { query: "{ viewer { id } }", extensions: "x" }, 400],
    ["extensions that are a list", { query: "{ viewer { id } }", extensions: [] }, 400],
    ["extensions that are a number", { query: "{ viewer { id } }", extensions: 0 }, 400],
  ])("errors: %s", (_what, body, status) => expectSame(body, status));

  it("documents that nobody thought of", async () => {
    await fc.assert(
      fc.asyncProperty(operations(), async (body) => {
        const [byUs, byApollo] = await bothAnswers(body);
        expect(byUs).toEqual(byApollo);
      }),
      { numRuns: 150 },
    );
  });

  it("a request while the database is away", async () => {
    proxy.setMode("cut");
    await expectSame({ query: `{ viewer { id } }` }, 200);
    await expectSame({ query: `{ viewer { id } apps { totalCount } }` }, 503);
    await expectSame({ query: `{ viewer { id } ${APP} { id } }` }, 503);
    proxy.setMode("pass");
  });

  // The last one, since it breaks the database.
  it("a fault of ours", async () => {
    await server.running.parts.database.query("drop table models.apps cascade");
    await expectSame({ query: `{ viewer { id } ${APP} { id } }` }, 200);
    await expectSame({ query: `{ apps { totalCount } }` }, 200);
    expect(server.faults.size).toBe(4);
  });
});

/** Operations that may fail in all sorts of ways: pages too small or too large, names that nothing has, variables of any type. */
function operations(): fc.Arbitrary<object> {
  const first = fc.constantFrom("1", "0", "100", "101", "$first");
  const leaf = fc.constantFrom(
    "id",
    "name",
    "again: name",
    "__typename",
    "... on App { slug }",
    "...F",
    "id @include(if: $is)",
  );
  const leaves = fc.array(leaf, { minLength: 1, maxLength: 4 }).map((names) => names.join(" "));
  const keys = first.map((page) => `keys(first: ${page}) { totalCount nodes { name defaultValue } }`);
  const inApp = fc.tuple(leaves, fc.option(keys, { nil: "" })).map((parts) => `{ ${parts.join(" ")} }`);
  const app = fc
    .tuple(fc.constantFrom("shop", "none"), inApp)
    .map(([slug, fields]) => `app(slug: "${slug}") ${fields}`);
  const apps = fc
    .tuple(first, leaves)
    .map(([page, fields]) => `apps(first: ${page}) { nodes { ${fields} } }`);
  const node = fc.constantFrom(
    `node(id: "x") { id }`,
    `viewer { id role }`,
    `nodes(ids: ["x", "y"]) { __typename }`,
  );
  const top = fc.array(fc.oneof(app, apps, node), { minLength: 1, maxLength: 3 });
  const variables = fc.record(
    {
      first: fc.constantFrom<unknown>(1, 0, 1.5, "1", null, 2 ** 40, [2]),
      is: fc.constantFrom<unknown>(true, false, null, "x"),
    },
    { requiredKeys: [] },
  );
  return fc.tuple(top, variables).map(([fields, given]) => {
    const asked = fields.map((field, index) => `f${index}: ${field}`).join(" ");
    const head = `query($first: Int! = 3, $is: Boolean = true) { u: apps(first: $first) { totalCount } v: viewer { id @include(if: $is) } ...G`;
    return {
      query: `${head} ${asked} } fragment F on App { slug } fragment G on Query { app(slug: "shop") { ...F } }`,
      variables: given,
    };
  });
}
