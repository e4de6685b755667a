import { makeToken, readAs } from "../access/tokens";
import { until } from "../support/until";
import { startTestServer, type TestServer } from "../support/wholeServer";

const HOUR_MS = 3_600_000;

let server: TestServer;
let configId: string;
let flagId: string;

/** A config whose version 1 is published, with version 2 to come, and a flag in the same way. */
beforeAll(async () => {
  server = await startTestServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
  await server.send(
    `mutation { createKey(input: { app: "shop", name: "colour", type: STRING, defaultValue: "red" }) { errors { code } } }`,
  );
  await server.send(
    `mutation { createKey(input: { app: "shop", name: "checkout", type: BOOLEAN, defaultValue: false }) { errors { code } } }`,
  );
  await server.send(
    `mutation { createEnvironment(input: { app: "shop", name: "staging" }) { errors { code } } }`,
  );
  const config = await server.send(
    `mutation { createConfig(input: { app: "shop", name: "Colours", keys: ["colour"], rules: [{ values: [{ key: "colour", value: "blue" }] }] }) { config { id } errors { code } } }`,
  );
  configId = server.read(config, "createConfig.config.id");
  const flag = await server.send(
    `mutation { createFlag(input: { app: "shop", name: "Checkout", key: "checkout", rules: [] }) { flag { id } errors { code } } }`,
  );
  flagId = server.read(flag, "createFlag.flag.id");
  await done("publishConfig", { configId, version: 1 });
  await done("publishFlag", { flagId, version: 1 });
  await done("editConfig", { configId, rules: [{ values: [{ key: "colour", value: "green" }] }] });
  await done("editFlag", { flagId, rules: [{ value: true }] });
});
afterAll(() => server.stop());

type Payload = Readonly<{
  preview?: Readonly<{ id: string }> | null;
  errors: readonly Readonly<{ code: string; path: readonly string[]; message: string }>[];
}>;

async function ask(field: string, input: object): Promise<Payload> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  const selection = /preview/i.test(field) ? "preview { id }" : "";
  const data = await server.send(
    `mutation($input: ${type}!) { r: ${field}(input: $input) { ${selection} errors { code path message } } }`,
    { input },
  );
  return (data as { r: Payload }).r;
}

async function done(field: string, input: object): Promise<Payload> {
  const payload = await ask(field, input);
  expect([field, payload.errors]).toEqual([field, []]);
  return payload;
}

const inHours = (hours: number): string =>
  new Date(server.clock.now().getTime() + hours * HOUR_MS).toISOString();

/** The names of configs and of flags that test users see versions of. */
async function previewed(environment = "production"): Promise<readonly string[][]> {
  const filter = `filter: { statuses: [PREVIEWED], environment: "${environment}" }`;
  const data = await server.send(
    `{ app(slug: "shop") { configs(${filter}) { nodes { name } } flags(${filter}) { nodes { name } } } }`,
  );
  return ["app.configs.nodes", "app.flags.nodes"].map((path) =>
    server.read<{ name: string }[]>(data, path).map(({ name }) => name),
  );
}

type Value = Readonly<{ value: unknown; reason: string; version: number | null }>;

async function valueOf(user: string, key = "colour", rest = ""): Promise<Value> {
  const data = await server.send(
    `query($user: ID!, $key: String!) { evaluate(app: "shop", user: { id: $user }, keys: [$key]${rest}) { values { value reason version } } }`,
    { user, key },
  );
  return server.read<Value[]>(data, "evaluate.values")[0] ?? fail();
}

const BLUE = { value: "blue", reason: "TARGETING_MATCH", version: 1 };
const GREEN = { value: "green", reason: "PREVIEW", version: 2 };

describe("a preview", () => {
  let previewId: string;

  it("is refused while nobody is a test user, and what is refused changes nothing", async () => {
    const { errors } = await ask("previewConfig", { configId, version: 2, endsAt: inHours(1) });
    expect(errors).toMatchObject([{ code: "WRONG_STATE", message: expect.stringContaining("setTestUsers") }]);
    expect(await valueOf("me")).toEqual(BLUE);
  });

  it("gives the version to test users alone, there alone, and nothing if it was only validated", async () => {
    await done("setTestUsers", { app: "shop", userIds: ["me", "you", "me"], note: "the team" });
    const input = { configId, version: 2, endsAt: inHours(1), note: "a look" };
    expect(await done("previewConfig", { ...input, validateOnly: true })).toMatchObject({ preview: null });
    expect(await valueOf("me")).toEqual(BLUE);

    previewId = (await done("previewConfig", input)).preview?.id ?? fail();
    expect(await valueOf("me")).toEqual(GREEN);
    expect(await valueOf("you")).toEqual(GREEN);
    expect(await valueOf("others")).toEqual(BLUE);
    expect((await valueOf("me", "colour", `, environment: "staging"`)).reason).toBe("DEFAULT");
    // Asked for again it goes on as it is.
    expect((await done("previewConfig", input)).preview?.id).toBe(previewId);
  });

  it("shows in lists, as a node, in what uses a key, and in the history", async () => {
    const data = await server.send(
      `query($configId: ID!, $id: ID!) {
        app(slug: "shop") { testUsers { totalCount nodes { id } } previews { totalCount nodes { id isRunning } } history(first: 2) { nodes { type note changes { path before after } } } }
        config(id: $configId) { previews { totalCount nodes { version environment { name } note startedBy { id } endedAt endedBy { id } endCause isRunning release { __typename name } } } }
        node(id: $id) { __typename id }
        key(app: "shop", name: "colour") { usedBy { name } }
      }`,
      { configId, id: previewId },
    );
    expect(data).toMatchObject({
      app: {
        testUsers: { totalCount: 2, nodes: [{ id: "me" }, { id: "you" }] },
        previews: { totalCount: 1, nodes: [{ id: previewId, isRunning: true }] },
        history: {
          nodes: [
            {
              type: "ConfigPreviewStarted",
              note: "a look",
              changes: [
                {
                  path: `previews/${previewId}`,
                  before: null,
                  after: { version: 2, environment: "production" },
                },
              ],
            },
            {
              type: "TestUsersSet",
              note: "the team",
              changes: [{ path: "testUsers", before: null, after: { count: 2 } }],
            },
          ],
        },
      },
      config: {
        previews: {
          totalCount: 1,
          nodes: [
            {
              version: 2,
              environment: { name: "production" },
              note: "a look",
              startedBy: { id: "admin" },
              endedAt: null,
              endedBy: null,
              endCause: null,
              isRunning: true,
              release: { __typename: "Config", name: "Colours" },
            },
          ],
        },
      },
      node: { __typename: "Preview", id: previewId },
      key: { usedBy: [{ name: "Colours" }] },
    });
  });

  it("is told by an explanation to test users, and to nobody else", async () => {
    const stepsFor = async (user: string) => {
      const data = await server.send(
        `query($user: ID!) { explain(app: "shop", key: "colour", user: { id: $user }) { value reason steps { outcome version because source { __typename } } } }`,
        { user },
      );
      return server.read<{ steps: { outcome: string; because: string }[] }>(data, "explain");
    };
    expect(await stepsFor("me")).toMatchObject({
      value: "green",
      reason: "PREVIEW",
      steps: [
        {
          outcome: "PREVIEW",
          version: 2,
          because: expect.stringContaining("version 2 is previewed until"),
          source: { __typename: "Config" },
        },
        { outcome: "MATCHED", version: 2, because: "everyone matches" },
      ],
    });
    expect(JSON.stringify(await stepsFor("others"))).not.toMatch(/preview/i);
  });

  it("is a status that lists can be filtered by, in its environment", async () => {
    expect(await previewed()).toEqual([["Colours"], []]);
    expect(await previewed("staging")).toEqual([[], []]);
  });

  it("is over at its end for everybody who asks, whenever that is recorded", async () => {
    const during = inHours(0);
    server.clock.set(inHours(1));
    expect(await valueOf("me")).toEqual(BLUE);
    expect(await previewed()).toEqual([[], []]);
    await until("the scheduler has recorded it", async () => {
      const data = await server.send(
        `query($id: ID!) { node(id: $id) { ... on Preview { endCause endedBy { id } isRunning } } app(slug: "shop") { previews { totalCount } } }`,
        { id: previewId },
      );
      const ended = { endCause: "TIME_UP", endedBy: { id: "scheduler" }, isRunning: false };
      const over = { node: ended, app: { previews: { totalCount: 0 } } };
      return JSON.stringify(data) === JSON.stringify(over);
    });
    // As of then it is not.
    expect(await valueOf("me", "colour", `, asOf: "${during}"`)).toEqual(GREEN);
    expect(await valueOf("others", "colour", `, asOf: "${during}"`)).toEqual(BLUE);
  });

  it("ends by hand at once, and with a list of test users from which somebody went", async () => {
    const { preview } = await done("previewConfig", { configId, version: 2, endsAt: inHours(168) });
    expect(await valueOf("you")).toEqual(GREEN);
    await done("setTestUsers", { app: "shop", userIds: ["me"] });
    expect([await valueOf("me"), await valueOf("you")]).toEqual([GREEN, BLUE]);
    await done("endPreview", { id: preview?.id ?? "", note: "seen" });
    expect(await valueOf("me")).toEqual(BLUE);
    expect(await ask("endPreview", { id: preview?.id ?? "" })).toMatchObject({
      errors: [{ code: "NOT_FOUND" }],
    });
  });

  it("of a flag outranks the kill switch, for test users", async () => {
    await done("disableFlag", { flagId, note: "crashes" });
    await done("previewFlag", { flagId, version: 2, endsAt: inHours(1) });
    expect(await valueOf("me", "checkout")).toEqual({ value: true, reason: "PREVIEW", version: 2 });
    expect(await valueOf("others", "checkout")).toEqual({ value: false, reason: "DISABLED", version: 1 });
    await done("publishFlag", { flagId, version: 2 });
    // Now everybody has the version, and so the switch.
    expect(await valueOf("me", "checkout")).toEqual({ value: false, reason: "DISABLED", version: 2 });
    const data = await server.send(`query($id: ID!) { flag(id: $id) { previews { nodes { endCause } } } }`, {
      id: flagId,
    });
    expect(data).toEqual({ flag: { previews: { nodes: [{ endCause: "PUBLISHED" }] } } });
  });

  it("tells a client the value, and nothing of where it comes from", async () => {
    await done("previewConfig", { configId, version: 2, endsAt: inHours(1) });
    const client = await makeToken(server, {
      app: "shop",
      name: "web",
      kind: "CLIENT",
      environment: "production",
    });
    const query = `query($user: ID!) { evaluate(app: "shop", user: { id: $user }, keys: ["colour"]) { values { value reason version rule { id } } } }`;
    const told = await readAs(server, client.secret, query, { user: "me" });
    expect(told).toEqual({
      evaluate: { values: [{ value: "green", reason: "PREVIEW", version: null, rule: null }] },
    });
  });

  it.each([
    ["an end beyond 7 days", { endsAt: 169 }, "endsAt"],
    ["an end in the past", { endsAt: -1 }, "endsAt"],
    ["a version that there is not", { version: 9 }, "version"],
    ["a version that is active there", { version: 1 }, "version"],
    ["an environment that there is not", { environment: "moon" }, "environment"],
    ["a config that there is not", { configId: "config_shop_none" }, "configId"],
  ])(
    "is refused with %s, by the path to it",
    async (_, given: Readonly<{ endsAt?: number; [other: string]: unknown }>, path) => {
      const endsAt = inHours(given.endsAt ?? 1);
      const { errors } = await ask("previewConfig", { configId, version: 2, ...given, endsAt });
      expect(errors.map((error) => error.path)).toEqual([[path]]);
    },
  );
});

describe("the list of test users", () => {
  const ids = (count: number) => Array.from({ length: count }, (_, n) => `user ${n}`);

  it("holds 10,000, page by page, and none if it is emptied", async () => {
    await done("setTestUsers", { app: "shop", userIds: ids(10_000) });
    const query = `query($after: String) { app(slug: "shop") { testUsers(first: 100, after: $after) { totalCount pageInfo { endCursor } nodes { id } } } }`;
    const first = await server.send(query);
    expect(server.read(first, "app.testUsers.totalCount")).toBe(10_000);
    const after = server.read(first, "app.testUsers.pageInfo.endCursor");
    const second = await server.send(query, { after });
    const page = (data: unknown) =>
      server.read<{ id: string }[]>(data, "app.testUsers.nodes").map(({ id }) => id);
    expect([...page(first), ...page(second)]).toEqual([...ids(10_000)].sort().slice(0, 200));
    await done("setTestUsers", { app: "shop", userIds: [] });
    expect(server.read(await server.send(query), "app.testUsers.totalCount")).toBe(0);
    expect(await valueOf("me")).toEqual(BLUE);
  });

  it.each([
    ["10,001 of them", ids(10_001), ["userIds"], "LIMIT_REACHED"],
    ["an empty id", ["a", ""], ["userIds", "1"], "INVALID"],
    ["an id of 257 characters", ["x".repeat(257)], ["userIds", "0"], "INVALID"],
  ])("is refused with %s", async (_, userIds, path, code) => {
    expect(await ask("setTestUsers", { app: "shop", userIds })).toMatchObject({ errors: [{ code, path }] });
  });

  it("takes an id of 256 characters", async () => {
    await done("setTestUsers", { app: "shop", userIds: ["x".repeat(256)] });
  });

  it("stores no list for what is refused, and stands in no event", async () => {
    const before = await listsStored();
    const { errors } = await ask("setTestUsers", {
      app: "shop",
      userIds: ["secret-id"],
      note: "x".repeat(2_001),
    });
    expect(errors).toMatchObject([{ code: "INVALID", path: ["note"] }]);
    expect(await listsStored()).toBe(before);
    await done("setTestUsers", { app: "shop", userIds: ["secret-id"] });
    expect(await listsStored()).toBe(before + 1);
    const log = await server.running.parts.database.query("select data from log.events");
    expect(JSON.stringify(log)).not.toContain("secret-id");
  });
});

async function listsStored(): Promise<number> {
  const rows = await server.running.parts.database.query("select list from audience.user_lists");
  return rows.length;
}

function fail(): never {
  throw new Error("There is none.");
}
