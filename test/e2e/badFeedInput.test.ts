import { createCursors } from "../../src/changes/cursor";
import { EVENT_TYPES, ENTITY_KINDS } from "../../src/changes/eventSchemas";
import { createOpenSubscriptions, SUBSCRIPTIONS_MAX } from "../../src/graphql/openSubscriptions";
import { serverSecret } from "../../src/postgres/serverSecret";
import { startTestServer, type TestServer } from "../support/wholeServer";

jest.setTimeout(60_000);

type Fault = { code: unknown; message: string; path: unknown };

/** A server as people run it: webhooks reach the public internet alone. */
let server: TestServer;
let hook: string;
let cursors: Record<(typeof CURSORS)[number], string>;

const CURSORS = ["forged", "altered", "of another app", "of another log", "of the future"] as const;

beforeAll(async () => {
  server = await startTestServer();
  for (const slug of ["shop", "blog"]) await done("createApp", { slug, name: "App" });
  await done("createConsumer", { app: "shop", name: "cache", startAt: "BEGINNING" });
  const url = "https://hooks.invalid/";
  hook = server.read(await done("createWebhook", { app: "shop", url }, "webhook { id }"), "webhook.id");
  const page = await server.send(`{ changes(app: "shop", startAt: BEGINNING) { endCursor } }`);
  const cursor = server.read(page, "changes.endCursor");
  const { database, store } = server.running.parts;
  const [logId, secret] = [await store.logId(), await serverSecret(database, "cursors")];
  cursors = {
    forged: "forged",
    altered: `${cursor.startsWith("A") ? "B" : "A"}${cursor.slice(1)}`,
    "of another app": createCursors(logId, secret).encode({ app: "blog", revision: 1 }),
    "of another log": createCursors("another", secret).encode({ app: "shop", revision: 1 }),
    "of the future": createCursors(logId, secret).encode({ app: "shop", revision: 1_000_000 }),
  };
});
afterAll(() => server.stop());

/** The faults of a mutation, wherever they are told. */
async function mutate(name: string, input: object, fields = "__typename") {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation($input: ${type}!) { r: ${name}(input: $input) { ${fields} errors { code message path } } }`;
  const { body } = await server.post({ query, variables: { input } });
  const payload = (body.data as { r: { errors: Fault[] } } | undefined)?.r;
  return { payload, faults: [...faultsIn(body), ...(payload?.errors ?? [])] };
}

async function done(name: string, input: object, fields?: string): Promise<unknown> {
  const { payload, faults } = await mutate(name, input, fields);
  expect(faults).toEqual([]);
  return payload;
}

const faultsIn = ({ errors = [] }: { errors?: readonly { message: string; extensions?: object }[] }) =>
  errors.map(({ message, extensions = {} }) => ({
    code: undefined,
    path: undefined,
    message,
    ...extensions,
  }));

async function query(text: string, variables: object): Promise<Fault[]> {
  return faultsIn((await server.post({ query: text, variables })).body);
}

/** A stream that is refused; its status stands before the code. */
async function stream(search: string, headers: Record<string, string> = {}) {
  const authorization = `Bearer ${server.token}`;
  const response = await fetch(`${server.address}/changes?${search}`, {
    headers: { authorization, ...headers },
  });
  const body = (await response.json()) as { errors: { message: string; extensions: object }[] };
  return { status: response.status, faults: faultsIn(body) };
}

describe("a cursor that cannot be one of this app's feed", () => {
  const ways: Record<string, (cursor: string) => Promise<Fault[]>> = {
    "a page": (after) =>
      query(`query($after: String) { changes(app: "shop", after: $after) { hasMore } }`, { after }),
    "a snapshot": (after) =>
      query(`query($after: String) { snapshot(app: "shop", after: $after) { next } }`, { after }),
    "/changes": async (after) => {
      const { status, faults } = await stream(`app=shop&after=${after}`);
      expect(status).toBe(410);
      return faults;
    },
    "a Last-Event-ID": async (cursor) => {
      const { status, faults } = await stream("app=shop", { "last-event-id": cursor });
      expect(status).toBe(410);
      return faults;
    },
    "a new consumer": async (after) =>
      (await mutate("createConsumer", { app: "shop", name: "x", after })).faults,
    "a reset": async (after) => (await mutate("resetConsumer", { app: "shop", name: "cache", after })).faults,
    "an acknowledgement": async (cursor) =>
      (await mutate("ackChanges", { app: "shop", consumer: "cache", cursor })).faults,
  };

  it.each(CURSORS.flatMap((what) => Object.keys(ways).map((way) => [what, way] as const)))(
    "(%s) is refused by %s, with what to do",
    async (what, way) => {
      expect(await ways[way]?.(cursors[what])).toMatchObject([
        { code: "CURSOR_UNKNOWN", message: expect.stringContaining("snapshot") as string },
      ]);
    },
  );

  it.each(CURSORS)("(%s) moves no webhook", async (what) => {
    const { faults } = await mutate("replayWebhook", { webhookId: hook, after: cursors[what] });
    const code = what === "of the future" ? "INVALID" : "CURSOR_UNKNOWN";
    expect(faults).toMatchObject([{ code }]);
    const node = `query($id: ID!) { node(id: $id) { ... on Webhook { cursor } } }`;
    const { cursor } = server.read<{ cursor: string }>(await server.send(node, { id: hook }), "node");
    expect(Object.values(cursors)).not.toContain(cursor);
  });
});

describe("a filter by what no event has", () => {
  const page = (filter: object) =>
    query(`query($filter: ChangeFilterInput) { changes(app: "shop", filter: $filter) { hasMore } }`, {
      filter,
    });
  const ways: Record<string, (name: string, value: string) => Promise<Fault[]>> = {
    "a page": (name, value) => page({ [name]: [value] }),
    "/changes": async (name, value) => {
      const { status, faults } = await stream(`app=shop&${name}=${value}`);
      expect(status).toBe(400);
      return faults;
    },
    "a webhook": async (name, value) =>
      (await mutate("createWebhook", { app: "shop", url: "https://hooks.invalid/", [name]: [value] })).faults,
  };
  const known = { types: EVENT_TYPES, kinds: ENTITY_KINDS };

  it.each(
    (["types", "kinds"] as const).flatMap((name) =>
      ["Nonsense", "__proto__", "keyCreated"].flatMap((value) =>
        Object.keys(ways).map((way) => [name, value, way] as const),
      ),
    ),
  )("(%s: %s) is refused by %s, with the list of those that there are", async (name, value, way) => {
    const faults = await ways[way]?.(name, value);
    expect(faults).toMatchObject([{ code: "BAD_USER_INPUT" }]);
    expect(faults?.[0]?.message).toContain(`"${name}" has no "${value}"; there are: `);
    for (const each of known[name]) expect(faults?.[0]?.message).toContain(each);
  });
});

it("a subscription more than a server has is refused, and one that ends makes room", () => {
  const subscriptions = createOpenSubscriptions();
  const leaves = Array.from({ length: SUBSCRIPTIONS_MAX }, () => subscriptions.enter());
  expect(() => subscriptions.enter()).toThrow(
    /has 10000 subscriptions already; try again later, or another server/,
  );
  leaves[0]?.();
  expect(() => subscriptions.enter()).not.toThrow();
  expect(() => subscriptions.enter()).toThrow();
});

describe("a webhook to where none may go", () => {
  const PRIVATE = /is not one of the public internet; WEBHOOK_PRIVATE_ADDRESSES=allow/;
  const PROTOCOL = /must start with https:\/\/ or http:\/\//;
  it.each([
    ["the metadata of a cloud", "http://169.254.169.254/latest/meta-data", PRIVATE],
    ["this machine", "http://127.0.0.1:4000/", PRIVATE],
    ["this machine by version 6", "http://[::1]/", PRIVATE],
    ["this machine, mapped", "http://[::ffff:127.0.0.1]/", PRIVATE],
    ["this machine as a number", "http://2130706433/", PRIVATE],
    ["this machine, shortened", "http://127.1/", PRIVATE],
    ["any address of this machine", "https://0.0.0.0/", PRIVATE],
    ["a private network", "https://10.0.0.7/hooks", PRIVATE],
    ["a unique-local address", "https://[fd12:3456::1]/", PRIVATE],
    ["a file", "file:///etc/passwd", PROTOCOL],
    ["another protocol", "ftp://example.com/", PROTOCOL],
    ["a script", "javascript:alert(1)", PROTOCOL],
    ["data", "data:text/plain,x", PROTOCOL],
    ["a name alone", "example.com/hooks", PROTOCOL],
    ["no host", "https://", PROTOCOL],
    ["a port that is none", "https://example.com:99999/", PROTOCOL],
    ["a user and a password", "https://ann:secret@example.com/", /must hold no user and no password/],
    ["a user", "https://ann@example.com/", /must hold no user and no password/],
    ["a long way", `https://example.com/${"x".repeat(2_000)}`, /at most 2000/],
    ["nowhere", "", /must not be empty/],
  ])("(%s) is neither made nor edited so", async (_, url, message) => {
    const expected = [{ code: "INVALID", path: ["url"], message: expect.stringMatching(message) as string }];
    const made = await mutate("createWebhook", { app: "shop", url });
    expect(made.faults).toMatchObject(expected);
    const edited = await mutate("editWebhook", { webhookId: hook, url });
    expect(edited.faults).toMatchObject(expected);
    expect(JSON.stringify([made, edited])).not.toContain("secret@");
  });

  it("by a name that stands for this machine reaches nothing, and says why", async () => {
    const input = { app: "shop", url: `${server.address.replace("127.0.0.1", "localhost")}/health/live` };
    const made = await done("createWebhook", input, "webhook { id }");
    const webhookId = server.read(made, "webhook.id");
    const tried = await done("sendTestEvent", { webhookId }, "attempt { status error }");
    expect(server.read(tried, "attempt")).toMatchObject({
      status: null,
      error: expect.stringMatching(PRIVATE) as string,
    });
  });
});

describe("an acknowledgement that does not count", () => {
  it.each([
    ["a lease that is none", { lease: "mine" }, "LEASE_LOST"],
    ["an empty lease", { lease: "" }, "LEASE_LOST"],
    ["a lease of nobody", { lease: "0-999999" }, "LEASE_LOST"],
    ["a lease of a partition that there is not", { lease: "63-1" }, "LEASE_LOST"],
    ["a lease with a number too large", { lease: `0-${"9".repeat(40)}` }, "LEASE_LOST"],
    ["a consumer that there is not", { consumer: "nobody" }, "NOT_FOUND"],
    ["an app that there is not", { app: "nowhere" }, "CURSOR_UNKNOWN"],
  ])("is refused: %s", async (_, wrong, code) => {
    const page = await server.send(`{ changes(app: "shop", startAt: BEGINNING) { endCursor } }`);
    const input = {
      app: "shop",
      consumer: "cache",
      cursor: server.read(page, "changes.endCursor"),
      ...wrong,
    };
    expect((await mutate("ackChanges", input)).faults).toMatchObject([{ code }]);
    const shown = await server.send(`{ consumer(app: "shop", name: "cache") { lag } }`);
    expect(server.read<number>(shown, "consumer.lag")).toBeGreaterThan(0);
  });
});
