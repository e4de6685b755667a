import { appStream } from "../../src/apps/app.events";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
let configId: string;
let flagId: string;
let segmentId: string;
let database: Database;

type Payload = Readonly<{
  r: Readonly<{
    errors: unknown[];
    warnings: readonly Readonly<{ code: string; path: readonly string[] }>[];
  }>;
}>;

/** What a mutation says, each as code and path; it has to be done, or to be possible. */
async function warnings(field: string, input: object): Promise<readonly string[]> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  const data = await server.send(
    `mutation($input: ${type}!) { r: ${field}(input: $input) { errors { message } warnings { code message path } } }`,
    { input },
  );
  const { errors, warnings: said } = (data as Payload).r;
  expect([field, errors]).toEqual([field, []]);
  return said.map(({ code, path }) => `${code} ${path.join(".")}`);
}

/** With `validateOnly`, which must leave the app's stream where it is. */
async function validated(field: string, input: object): Promise<readonly string[]> {
  const before = await revision();
  const said = await warnings(field, { ...input, validateOnly: true });
  expect(await revision()).toBe(before);
  return said;
}

const revision = async (): Promise<number> =>
  (await server.running.parts.apps.state(appStream("shop"))).revision;

async function made(field: string, input: string): Promise<string> {
  const noun = field.slice("create".length).toLowerCase();
  const data = await server.send(
    `mutation { r: ${field}(input: { app: "shop", ${input} }) { ${noun} { id } } }`,
  );
  return server.read(data, `r.${noun}.id`);
}

beforeAll(async () => {
  server = await startTestServer();
  database = createDatabase(server.databaseUrl);
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
  await made("createKey", `name: "colour", type: STRING, defaultValue: "red"`);
  await made("createKey", `name: "checkout", type: BOOLEAN, defaultValue: false`);
  segmentId = await made("createSegment", `name: "Free", condition: { plan: "free" }`);
  configId = await made(
    "createConfig",
    `name: "Colours", keys: ["colour"], rules: [{ values: [{ key: "colour", value: "blue" }] }]`,
  );
  flagId = await made("createFlag", `name: "Checkout", key: "checkout", rules: []`);
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

const ODD = [{ values: [{ key: "colour", value: "blue" }] }, { values: [{ key: "colour", value: "pink" }] }];

describe("a mutation", () => {
  it("says what is odd before it is done, as when it is done, and appends nothing before", async () => {
    const edit = { configId, rules: ODD };
    expect(await validated("editConfig", edit)).toEqual(["RULE_UNREACHABLE rules.1"]);
    expect(await warnings("editConfig", edit)).toEqual(["RULE_UNREACHABLE rules.1"]);
    const publication = { configId, version: 2 };
    expect(await validated("publishConfig", publication)).toEqual(["RULE_UNREACHABLE version"]);
    expect(await warnings("publishConfig", publication)).toEqual(["RULE_UNREACHABLE version"]);
    expect(await validated("publishConfig", publication)).toEqual([
      "NOTHING_CHANGES version",
      "RULE_UNREACHABLE version",
    ]);
    expect(await validated("archiveConfig", { configId })).toEqual(["STILL_ACTIVE configId"]);
  });

  it("says nothing more to a repeat of what was done", async () => {
    const edit = { flagId, name: "Till", rules: [{ percentage: 0 }], commandId: "once" };
    expect(await warnings("editFlag", edit)).toEqual(["PERCENTAGE_ZERO rules.0.percentage"]);
    expect(await warnings("editFlag", edit)).toEqual([]);
  });

  it("says it of schedules, and of times that are changed", async () => {
    const startsAt = new Date(server.clock.now().getTime() + 3_600_000).toISOString();
    const schedule = { flagId, version: 1, startsAt };
    expect(await validated("scheduleFlag", schedule)).toEqual(["KEY_UNSET version"]);
    const data = await server.send(
      `mutation($input: ScheduleFlagInput!) { r: scheduleFlag(input: $input) { scheduledPublication { id } } }`,
      { input: schedule },
    );
    const id = server.read<string>(data, "r.scheduledPublication.id");
    expect(await validated("rescheduleScheduledPublication", { id, endsAt: null })).toEqual(["KEY_UNSET "]);
    expect(await validated("cancelScheduledPublication", { id })).toEqual([]);
  });

  it("says it of a promotion, at the place of what is promoted", async () => {
    await server.send(
      `mutation { createEnvironment(input: { app: "shop", name: "staging" }) { errors { code } } }`,
    );
    const promotion = { app: "shop", from: "production", to: "staging", configIds: [configId] };
    expect(await validated("promote", promotion)).toEqual(["RULE_UNREACHABLE configIds.0.version"]);
  });

  it("says it of a segment, and makes none that was only validated", async () => {
    const condition = { $userIn: [] };
    expect(await validated("createSegment", { app: "shop", name: "No one", condition })).toEqual([
      "MATCHES_NOBODY condition",
    ]);
    expect(await validated("editSegment", { segmentId, condition })).toEqual(["MATCHES_NOBODY condition"]);
    expect(await warnings("createSegment", { app: "shop", name: "No one", condition })).toEqual([
      "MATCHES_NOBODY condition",
    ]);
  });

  it("stores no list of user ids that was only validated", async () => {
    const condition = { $userIn: ["ann", "bob"] };
    const lists = () => database.query("select from audience.user_lists");
    const before = await lists();
    expect(await validated("editSegment", { segmentId, condition })).toEqual([]);
    expect(await lists()).toHaveLength(before.length);
    expect(await warnings("editSegment", { segmentId, condition })).toEqual([]);
    expect(await lists()).toHaveLength(before.length + 1);
  });

  it("says it of an import, and not of what it leaves as it is", async () => {
    const data = await server.send(`{ exportApp(app: "shop") { definition } }`);
    const definition = server.read<{ segments: { name: string }[] }>(data, "exportApp.definition");
    expect(await validated("importApp", { app: "shop", definition })).toEqual([]);
    const segments = definition.segments.map((segment) =>
      segment.name === "Free" ? { ...segment, condition: { $userIn: [] } } : segment,
    );
    const at = definition.segments.findIndex(({ name }) => name === "Free");
    expect(await validated("importApp", { app: "shop", definition: { ...definition, segments } })).toEqual([
      `MATCHES_NOBODY definition.segments.${at}.condition`,
    ]);
  });

  it("only looks at what a key is to be, if told to", async () => {
    const before = await revision();
    const data = await server.send(
      `mutation { r: editKey(input: { app: "shop", name: "colour", defaultValue: "teal", validateOnly: true }) { key { defaultValue } errors { code } } }`,
    );
    expect(data).toEqual({ r: { key: { defaultValue: "red" }, errors: [] } });
    expect(await revision()).toBe(before);
  });
});
