import { Client } from "pg";
import { startTestServer, type TestServer } from "../support/wholeServer";

const DAY_1 = "2026-01-01T00:00:00.000Z";
/** After everything that happens from `DAY_1` on: the clock goes on by itself. */
const DAY_2 = "2026-01-02T00:00:00.000Z";
const DAY_10 = "2026-01-10T00:00:00.000Z";
const before = (instant: string): string => new Date(Date.parse(instant) - 1).toISOString();

let server: TestServer;

async function done(field: string, input: object, selection = ""): Promise<unknown> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  const data = await server.send(
    `mutation($input: ${type}!) { r: ${field}(input: $input) { ${selection} errors { message } } }`,
    { input },
  );
  expect([field, server.read(data, "r.errors")]).toEqual([field, []]);
  return data;
}

const APP = { app: "shop" };
async function made(noun: string, input: object): Promise<string> {
  const field = `create${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
  return server.read(await done(field, { ...APP, ...input }, `${noun} { id }`), `r.${noun}.id`);
}

/** A flag with a key of the same name. */
async function makeFlag(name: string, rules: readonly object[]): Promise<string> {
  await made("key", { name, type: "BOOLEAN", defaultValue: false });
  return made("flag", { name, key: name, rules });
}

async function names(list: string, filter: string): Promise<readonly string[]> {
  const data = await server.send(
    `{ app(slug: "shop") { ${list}(filter: { ${filter} }, first: 100) { totalCount nodes { name } } } }`,
  );
  const nodes = server.read<{ name: string }[]>(data, `app.${list}.nodes`);
  expect(server.read(data, `app.${list}.totalCount`)).toBe(nodes.length);
  return nodes.map(({ name }) => name);
}

let berlin: string;
beforeAll(async () => {
  server = await startTestServer();
  server.clock.set(DAY_1);
  await done("createApp", { slug: "shop", name: "Shop" });
  await done("createEnvironment", { ...APP, name: "staging" });
  berlin = await made("segment", { name: "Berlin", condition: { city: "Berlin" } });
});
afterAll(() => server.stop());

describe("what nothing uses", () => {
  beforeAll(async () => {
    for (const name of ["free", "given", "old", "tested"]) {
      await made("key", { name, type: "STRING", defaultValue: "" });
    }
    const inner = await made("segment", { name: "Inner", condition: { plan: "free" } });
    const outer = await made("segment", { name: "Outer", condition: { $segment: inner } });
    await made("goal", { name: "Bought", events: [{ name: "Charged" }] });
    const rules = [{ segmentId: berlin, values: [{ key: "given", value: "x" }] }];
    await made("config", { name: "Giving", keys: ["given"], rules });
    const goals = [await made("goal", { name: "Measured", events: [{ name: "Charged" }] })];
    const variations = [
      { name: "control", weight: 50 },
      { name: "other", weight: 50, values: [{ key: "tested", value: "x" }] },
    ];
    await made("experiment", { name: "Testing", segmentId: inner, variations, goals });
    const configId = await made("config", { name: "Gone", keys: ["old"], rules: [] });
    await done("archiveConfig", { configId });
    expect(outer).not.toBe(inner);
  });

  it("is listed, of keys: those in no config, flag or experiment that is not archived", async () => {
    expect(await names("keys", "isUsed: false")).toEqual(["free", "old"]);
    expect(await names("keys", "isUsed: true")).toEqual(["given", "tested"]);
    expect(await names("keys", `isUsed: false, text: "fr"`)).toEqual(["free"]);
    expect(await names("keys", "isUsed: null")).toEqual(["free", "given", "old", "tested"]);
  });

  it("is listed by the types of keys, too", async () => {
    expect(await names("keys", "types: [STRING]")).toEqual(["free", "given", "old", "tested"]);
    expect(await names("keys", "types: [STRING, MAP], isUsed: true")).toEqual(["given", "tested"]);
    expect(await names("keys", "types: [MAP]")).toEqual([]);
    expect(await names("keys", "types: []")).toEqual([]);
  });

  it("is listed, of segments: those in no rule and no other segment", async () => {
    expect(await names("segments", "isUsed: false")).toEqual(["Outer"]);
    expect(await names("segments", "isUsed: true")).toEqual(["Berlin", "Inner"]);
  });

  it("is listed, of goals: those that no experiment measures", async () => {
    expect(await names("goals", "isUsed: false")).toEqual(["Bought"]);
    expect(await names("goals", "isUsed: true")).toEqual(["Measured"]);
  });
});

describe("configs and flags", () => {
  it("are listed that were never published, or whose latest version was not", async () => {
    const never = await made("config", { name: "Never", keys: ["free"], rules: [] });
    const twice = await makeFlag("twice", [{}]);
    await done("publishFlag", { flagId: twice, version: 1 });
    expect(await names("configs", "statuses: [NEVER_PUBLISHED]")).toEqual(["Giving", "Never"]);
    expect(await names("flags", "statuses: [NEVER_PUBLISHED]")).toEqual([]);
    expect(await names("flags", "statuses: [LATEST_UNPUBLISHED]")).toEqual([]);
    expect(await names("flags", `statuses: [NEVER_PUBLISHED], environment: "staging"`)).toEqual(["twice"]);

    await done("editFlag", { flagId: twice, rules: [{ percentage: 50 }] });
    expect(await names("flags", "statuses: [LATEST_UNPUBLISHED]")).toEqual(["twice"]);
    // What was unpublished was published once.
    await done("unpublishFlag", { flagId: twice });
    expect(await names("flags", "statuses: [NEVER_PUBLISHED]")).toEqual([]);
    await done("archiveConfig", { configId: never });
    await done("archiveFlag", { flagId: twice });
  });
});

describe("flags", () => {
  const FLAGS: Readonly<Record<string, readonly object[]>> = {
    everyone: [{}],
    nobody: [{ value: false }, { percentage: 50 }],
    without_rules: [],
    same: [{ segmentId: "berlin", percentage: 10 }, {}],
    contrary: [{ segmentId: "berlin", value: false }, {}],
    almost: [{ percentage: 99.99 }],
    some: [{ segmentId: "berlin" }],
    switched_off: [{ percentage: 50 }],
    draft: [{}],
  };
  const SETTLED = ["everyone", "nobody", "same", "without_rules"];
  const ids = new Map<string, string>();

  beforeAll(async () => {
    server.clock.set(DAY_1);
    for (const [name, rules] of Object.entries(FLAGS)) {
      const given = rules.map((rule) => ("segmentId" in rule ? { ...rule, segmentId: berlin } : rule));
      const flagId = await makeFlag(name, given);
      ids.set(name, flagId);
      if (name !== "draft") await done("publishFlag", { flagId, version: 1 });
    }
    server.clock.set(DAY_10);
    await done("disableFlag", { flagId: ids.get("switched_off") });
  });

  it("are listed that give everybody the same for so long, by their rules", async () => {
    expect(await names("flags", `settledSince: "${DAY_2}"`)).toEqual(SETTLED);
    expect(await names("flags", `settledSince: "${before(DAY_10)}"`)).toEqual(SETTLED);
    expect(await names("flags", `settledSince: "${before(DAY_1)}"`)).toEqual([]);
    expect(await names("flags", `settledSince: "${DAY_2}", environment: "staging"`)).toEqual([]);
  });

  it("are listed that are disabled for so long, whatever they give", async () => {
    const data = await server.send(`query($id: ID!) { flag(id: $id) { disabledIn { disabledAt } } }`, {
      id: ids.get("switched_off"),
    });
    const disabledAt = server.read(data, "flag.disabledIn.0.disabledAt");
    expect(await names("flags", `settledSince: "${before(disabledAt)}"`)).toEqual(SETTLED);
    expect(await names("flags", `settledSince: "${disabledAt}"`)).toEqual(
      [...SETTLED, "switched_off"].sort(),
    );
    await done("disableFlag", { flagId: ids.get("everyone") });
    // Disabled for a moment only, it is not what it has been for long.
    expect(await names("flags", `settledSince: "${DAY_2}"`)).toEqual(["nobody", "same", "without_rules"]);
    await done("enableFlag", { flagId: ids.get("everyone") });
    expect(await names("flags", `settledSince: "${DAY_2}"`)).toEqual(SETTLED);
  });

  it("are listed by their kill switch", async () => {
    expect(await names("flags", "isEnabled: false")).toEqual(["switched_off"]);
    expect(await names("flags", "isEnabled: true")).toEqual(
      Object.keys(FLAGS)
        .filter((name) => name !== "switched_off")
        .sort(),
    );
    expect(await names("flags", `isEnabled: false, environment: "staging"`)).toEqual([]);
    expect(await names("flags", `isEnabled: false, statuses: [UNPUBLISHED]`)).toEqual([]);
  });

  it("cost as many statements as one, with everything else that can go", async () => {
    const everything = (first: number) => `{ app(slug: "shop") {
      keys(first: ${first}, filter: { isUsed: false }) { totalCount nodes { name usedBy { name } } }
      segments(first: ${first}, filter: { isUsed: false }) { totalCount nodes { name usedBy { name } } }
      flags(first: ${first}, filter: { settledSince: "${DAY_10}" }) { totalCount nodes { name isEnabled } }
      configs(first: ${first}, filter: { statuses: [LATEST_UNPUBLISHED] }) { totalCount nodes { name } }
    } }`;
    const [one, all] = [await statementsOf(everything(1)), await statementsOf(everything(100))];
    expect(one).toBeGreaterThanOrEqual(8);
    expect(all).toBe(one);
  });
});

/** Who asks is looked up again now and then, and so is what is due, whatever else is asked. */
const BESIDE = /models\.(tokens|scheduled_publications|previews)\b/;

async function statementsOf(document: string): Promise<number> {
  const statements = jest.spyOn(Client.prototype, "query");
  try {
    await server.send(document);
    const texts = statements.mock.calls.map(([statement]) => (statement as unknown as { text: string }).text);
    return texts.filter((text) => text.includes("from models.") && !BESIDE.test(text)).length;
  } finally {
    statements.mockRestore();
  }
}
