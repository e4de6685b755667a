import { until } from "../support/until";
import { startTestServer, type TestServer } from "../support/wholeServer";

const E =
  "errors { __typename code message path ... on VersionConflictError { expectedVersion actualVersion } ... on InUseError { usedBy { __typename id name } } }";

let server: TestServer;
let apps = 0;
let app: string;
let segmentId: string;

type Payload = Record<string, unknown> & { errors: { code: string; path: string[] }[] };

/** Sends a mutation with its one input. */
async function mutate(name: string, input: object, shows = ""): Promise<Payload> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const document = `mutation($input: ${type}!) { r: ${name}(input: $input) { ${shows} ${E} } }`;
  return ((await server.send(document, { input })) as { r: Payload }).r;
}

async function ok(name: string, input: object, shows = ""): Promise<Payload> {
  const payload = await mutate(name, input, shows);
  expect(payload.errors).toEqual([]);
  return payload;
}

const makeFlag = async (input: object = {}): Promise<string> => {
  const rules = [{ segmentId, percentage: 100 }];
  const flag = { app, key: "new_checkout", name: "New checkout", rules, note: "first", ...input };
  return server.read(await ok("createFlag", flag, "flag { id }"), "flag.id");
};

const showFlag = async <Shown>(flagId: string, shows: string): Promise<Shown> =>
  (
    (await server.send(`query($flagId: ID!) { flag(id: $flagId) { ${shows} } }`, { flagId })) as {
      flag: Shown;
    }
  ).flag;

const BERLINER = { id: "u", properties: { city: "Berlin" } };
const evaluate = async (more: object = {}): Promise<{ values: object[]; revision: number }> => {
  const data = await server.send(
    `query($app: String!, $user: UserInput!, $environment: String! = "production", $asOf: DateTime, $atRevision: Int) {
      evaluate(app: $app, user: $user, environment: $environment, keys: ["new_checkout"], asOf: $asOf, atRevision: $atRevision) {
        revision values { value reason version source { __typename ... on Node { id } } rule { segment { name } } } } }`,
    { app, user: BERLINER, ...more },
  );
  return server.read(data, "evaluate");
};

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

beforeEach(async () => {
  app = `shop-${(apps += 1)}`;
  await ok("createApp", { slug: app, name: "Shop" });
  await ok("createEnvironment", { app, name: "staging" });
  for (const name of ["new_checkout", "beta"]) {
    await ok("createKey", { app, name, type: "BOOLEAN", defaultValue: false });
  }
  const segment = { app, name: "Berliners", condition: { city: "Berlin" } };
  segmentId = server.read(await ok("createSegment", segment, "segment { id }"), "segment.id");
});

describe("a flag in the API", () => {
  it("shows itself with its key, rules, versions and publications", async () => {
    const id = await makeFlag({ rules: [{ segmentId, percentage: 12.5 }, { value: false }] });
    await ok("editFlag", {
      flagId: id,
      expectedVersion: 1,
      rules: [{ percentage: 99.99 }],
      note: "nearly all",
    });
    await ok("publishFlag", { flagId: id, version: 2 });
    await ok("publishFlag", { flagId: id, version: 1, environment: "staging" });
    const shown = await showFlag(
      id,
      `__typename id name key { name type } isArchived isEnabled activeVersion { number } staging: activeVersion(environment: "staging") { number }
       versions(first: 5) { totalCount nodes { number note author { id } key { name } activeIn { name } rules { segment { name } percentage value } } }
       publications(first: 5) { totalCount nodes { version environment { name } } }`,
    );
    expect(shown).toEqual({
      __typename: "Flag",
      id,
      name: "New checkout",
      key: { name: "new_checkout", type: "BOOLEAN" },
      isArchived: false,
      isEnabled: true,
      activeVersion: { number: 2 },
      staging: { number: 1 },
      versions: {
        totalCount: 2,
        nodes: [
          {
            number: 2,
            note: "nearly all",
            author: { id: "admin" },
            key: { name: "new_checkout" },
            activeIn: [{ name: "production" }],
            rules: [{ segment: null, percentage: 99.99, value: true }],
          },
          {
            number: 1,
            note: "first",
            author: { id: "admin" },
            key: { name: "new_checkout" },
            activeIn: [{ name: "staging" }],
            rules: [
              { segment: { name: "Berliners" }, percentage: 12.5, value: true },
              { segment: null, percentage: 100, value: false },
            ],
          },
        ],
      },
      publications: {
        totalCount: 2,
        nodes: [
          { version: 1, environment: { name: "staging" } },
          { version: 2, environment: { name: "production" } },
        ],
      },
    });
  });

  it("says what is different between two versions", async () => {
    const id = await makeFlag();
    const before = await showFlag<{ latestVersion: { rules: { id: string }[] } }>(
      id,
      "latestVersion { rules { id } }",
    );
    const ruleId = before.latestVersion.rules[0]?.id;
    await ok("editFlag", {
      flagId: id,
      key: "beta",
      rules: [{ id: ruleId, segmentId, percentage: 50, value: false }],
    });
    expect(await showFlag(id, "diff(from: 1, to: 2) { changes { path before after } }")).toEqual({
      diff: {
        changes: [
          { path: "key", before: "new_checkout", after: "beta" },
          { path: `rules/${ruleId}/percentage`, before: 100, after: 50 },
          { path: `rules/${ruleId}/value`, before: true, after: false },
        ],
      },
    });
  });

  it("is null where there is none, also under the id of a config", async () => {
    await ok("createKey", { app, name: "title", type: "STRING", defaultValue: "" });
    const config = await ok("createConfig", { app, name: "c", keys: ["title"], rules: [] }, "config { id }");
    const data = await server.send(
      `query($config: ID!) { none: flag(id: "flag_x_y") { id } other: flag(id: $config) { id } }`,
      { config: server.read(config, "config.id") },
    );
    expect(data).toEqual({ none: null, other: null });
  });

  it("stands in its app's list by name, and among archived ones on request", async () => {
    const id = await makeFlag({ name: "b" });
    await makeFlag({ name: "a", key: "beta" });
    await ok("archiveFlag", { flagId: id });
    const list = async (args: string) => {
      const data = await server.send(
        `query($app: String!) { app(slug: $app) { flags(${args}) { totalCount nodes { name isArchived } } } }`,
        { app },
      );
      return server.read<object>(data, "app.flags");
    };
    expect(await list("first: 5")).toEqual({ totalCount: 1, nodes: [{ name: "a", isArchived: false }] });
    expect(await list("first: 1, archived: INCLUDE")).toEqual({
      totalCount: 2,
      nodes: [{ name: "a", isArchived: false }],
    });
    expect(await list("first: 5, archived: ONLY")).toEqual({
      totalCount: 1,
      nodes: [{ name: "b", isArchived: true }],
    });
  });

  it("is what its key and segment are used by, and a node as everything is", async () => {
    const id = await makeFlag();
    const data = await server.send(
      `query($app: String!, $segmentId: ID!, $id: ID!) {
        key(app: $app, name: "new_checkout") { usedBy { __typename name } }
        segment(id: $segmentId) { usedBy { __typename name } }
        node(id: $id) { __typename ... on Flag { name } } }`,
      { app, segmentId, id },
    );
    const usedBy = [{ __typename: "Flag", name: "New checkout" }];
    expect(data).toEqual({
      key: { usedBy },
      segment: { usedBy },
      node: { __typename: "Flag", name: "New checkout" },
    });
    expect(await mutate("archiveKey", { app, name: "new_checkout" })).toMatchObject({
      errors: [
        { code: "IN_USE", path: ["name"], usedBy: [{ __typename: "Flag", id, name: "New checkout" }] },
      ],
    });
  });
});

describe("a key between configs and flags", () => {
  it("is refused to the second, with the name of the first, and free once that is archived", async () => {
    const id = await makeFlag();
    const config = { app, name: "checkout", keys: ["new_checkout"], rules: [] };
    expect(await mutate("createConfig", config)).toMatchObject({
      errors: [{ code: "IN_USE", usedBy: [{ __typename: "Flag", id, name: "New checkout" }] }],
    });
    await ok("archiveFlag", { flagId: id });
    await ok("createConfig", config);
    expect(await mutate("restoreFlag", { flagId: id })).toMatchObject({
      errors: [{ code: "IN_USE", path: ["flagId"], usedBy: [{ __typename: "Config", name: "checkout" }] }],
    });
  });
});

describe("what users get of a flag", () => {
  it("is what its rules say where it is published, and the default elsewhere", async () => {
    const id = await makeFlag();
    const atFirst = { value: false, reason: "DEFAULT", version: null, source: null, rule: null };
    expect((await evaluate()).values).toEqual([atFirst]);
    await ok("publishFlag", { flagId: id, version: 1 });
    const taken = {
      value: true,
      reason: "TARGETING_MATCH",
      version: 1,
      source: { __typename: "Flag", id },
      rule: { segment: { name: "Berliners" } },
    };
    expect((await evaluate()).values).toEqual([taken]);
    expect((await evaluate({ environment: "staging" })).values).toEqual([atFirst]);
    expect((await evaluate({ user: { id: "u", properties: { city: "Oslo" } } })).values).toEqual([atFirst]);
  });

  it("is the default with reason DISABLED from the very answer of disableFlag, until it is enabled", async () => {
    const id = await makeFlag();
    await ok("publishFlag", { flagId: id, version: 1 });
    const published = await evaluate();
    const stopped = await ok(
      "disableFlag",
      { flagId: id, note: "crashes" },
      `flag { isEnabled(environment: "production") staging: isEnabled(environment: "staging") activeVersion { number } disabledIn { environment { name } note disabledBy { id } } }`,
    );
    expect(stopped["flag"]).toEqual({
      isEnabled: false,
      staging: true,
      activeVersion: { number: 1 },
      disabledIn: [{ environment: { name: "production" }, note: "crashes", disabledBy: { id: "admin" } }],
    });
    const disabled = await evaluate();
    expect(disabled.values).toEqual([
      { value: false, reason: "DISABLED", version: 1, source: { __typename: "Flag", id }, rule: null },
    ]);

    await ok("editFlag", { flagId: id, rules: [{}] });
    await ok("publishFlag", { flagId: id, version: 2 });
    expect((await evaluate()).values).toMatchObject([{ value: false, reason: "DISABLED", version: 2 }]);
    const started = await ok(
      "enableFlag",
      { flagId: id, note: "mended" },
      "flag { isEnabled disabledIn { note } }",
    );
    expect(started["flag"]).toEqual({ isEnabled: true, disabledIn: [] });
    expect((await evaluate()).values).toMatchObject([{ value: true, reason: "TARGETING_MATCH", version: 2 }]);

    expect(await evaluate({ atRevision: published.revision })).toEqual(published);
    expect(await evaluate({ atRevision: disabled.revision })).toEqual(disabled);
  });

  it("is DISABLED for the key of the version that is published, whatever later ones say", async () => {
    const id = await makeFlag();
    await ok("publishFlag", { flagId: id, version: 1 });
    await ok("editFlag", { flagId: id, key: "beta" });
    await ok("disableFlag", { flagId: id });
    const data = await server.send(
      `query($app: String!) { evaluate(app: $app, user: { id: "u" }) { values { key reason } } }`,
      { app },
    );
    expect(server.read(data, "evaluate.values")).toEqual([
      { key: "beta", reason: "DEFAULT" },
      { key: "new_checkout", reason: "DISABLED" },
    ]);
  });

  it("is DISABLED also where nothing is published, and no longer once the flag is archived", async () => {
    const id = await makeFlag();
    await ok("disableFlag", { flagId: id });
    expect((await evaluate()).values).toMatchObject([{ value: false, reason: "DISABLED", version: null }]);
    await ok("archiveFlag", { flagId: id });
    expect((await evaluate()).values).toMatchObject([{ value: false, reason: "DEFAULT" }]);
    await ok("restoreFlag", { flagId: id });
    expect((await evaluate()).values).toMatchObject([{ value: false, reason: "DISABLED" }]);
  });

  it("is explained, by rules or by the kill switch with its note", async () => {
    const id = await makeFlag({ rules: [{ segmentId, percentage: 0 }, { segmentId }] });
    await ok("publishFlag", { flagId: id, version: 1 });
    const explain = async () => {
      const data = await server.send(
        `query($app: String!, $user: UserInput!) { explain(app: $app, key: "new_checkout", user: $user) {
          value reason steps { outcome version because source { __typename ... on Node { id } } } } }`,
        { app, user: BERLINER },
      );
      return server.read<object>(data, "explain");
    };
    const source = { __typename: "Flag", id };
    expect(await explain()).toMatchObject({
      value: true,
      reason: "TARGETING_MATCH",
      steps: [
        { outcome: "OUTSIDE_PERCENTAGE", version: 1, source },
        { outcome: "MATCHED", version: 1, source },
      ],
    });
    await ok("disableFlag", { flagId: id, note: "crashes" });
    expect(await explain()).toEqual({
      value: false,
      reason: "DISABLED",
      steps: [{ outcome: "DISABLED", version: 1, because: "the flag is disabled: crashes", source }],
    });
  });
});

describe("the kill switch in the API", () => {
  it("is harmless to repeat, and does nothing where it is told to validate", async () => {
    const id = await makeFlag();
    await ok("disableFlag", { flagId: id, note: "one", validateOnly: true });
    expect(await showFlag(id, "isEnabled")).toEqual({ isEnabled: true });
    await ok("disableFlag", { flagId: id, note: "one" });
    await ok("disableFlag", { flagId: id, note: "two" });
    expect(await showFlag(id, "isEnabled disabledIn { note }")).toEqual({
      isEnabled: false,
      disabledIn: [{ note: "one" }],
    });
  });

  it("refuses what is not there, by name", async () => {
    const id = await makeFlag();
    expect(await mutate("disableFlag", { flagId: id, environment: "moon" })).toMatchObject({
      errors: [{ code: "NOT_FOUND", path: ["environment"] }],
    });
    expect(await mutate("enableFlag", { flagId: `${id}0` })).toMatchObject({
      errors: [{ code: "NOT_FOUND", path: ["flagId"] }],
    });
  });

  it("says of an environment with an inherited name that it is enabled there", async () => {
    const id = await makeFlag();
    await ok("disableFlag", { flagId: id });
    expect(await showFlag(id, `isEnabled(environment: "constructor")`)).toEqual({ isEnabled: true });
  });
});

describe("the history of a flag", () => {
  it("holds versions, publications and the kill switch, each with before and after", async () => {
    const id = await makeFlag();
    await ok("publishFlag", { flagId: id, version: 1 });
    await ok("disableFlag", { flagId: id, note: "crashes" });
    await ok("enableFlag", { flagId: id, note: "mended" });
    const { history } = await showFlag<{ history: { nodes: Record<string, unknown>[] } }>(
      id,
      "history(first: 10) { nodes { type note before after changes { path before after } } }",
    );
    expect(history.nodes.map(({ type, note }) => [type, note])).toEqual([
      ["FlagEnabled", "mended"],
      ["FlagDisabled", "crashes"],
      ["FlagPublished", ""],
      ["FlagCreated", "first"],
    ]);
    for (const [index, { before }] of history.nodes.slice(0, -1).entries()) {
      expect(before).toEqual(history.nodes[index + 1]?.["after"]);
    }
    expect(history.nodes[1]?.["before"]).toMatchObject({ key: "new_checkout", disabledIn: {} });
    expect(history.nodes[1]?.["after"]).toMatchObject({
      key: "new_checkout",
      environments: { production: { version: 1 } },
      disabledIn: { production: { note: "crashes", disabledBy: "admin" } },
    });
    const stopped = { note: "crashes", disabledBy: "admin", disabledAt: expect.any(String) as string };
    expect(history.nodes.map(({ changes }) => changes).slice(0, 2)).toEqual([
      [{ path: "disabledIn/production", before: stopped, after: null }],
      [{ path: "disabledIn/production", before: null, after: stopped }],
    ]);
  });
});

describe("a scheduled publication of a flag", () => {
  it("shows its flag, comes about when it is due and ends", async () => {
    const id = await makeFlag();
    const at = (minutes: number) => new Date(server.clock.now().getTime() + minutes * 60_000).toISOString();
    const [startsAt, endsAt] = [at(10), at(20)];
    const made = await ok(
      "scheduleFlag",
      { flagId: id, version: 1, startsAt, endsAt, note: "a window" },
      "scheduledPublication { id status version release { __typename name } }",
    );
    expect(made["scheduledPublication"]).toMatchObject({
      status: "PENDING",
      version: 1,
      release: { __typename: "Flag", name: "New checkout" },
    });
    const status = async () => {
      const { scheduledPublications } = await showFlag<{
        scheduledPublications: { nodes: { status: string }[] };
      }>(id, "scheduledPublications(first: 5) { nodes { status } }");
      return scheduledPublications.nodes[0]?.status;
    };
    server.clock.set(startsAt);
    await until("it has started", async () => (await status()) === "RUNNING");
    expect((await evaluate()).values).toMatchObject([{ value: true, version: 1 }]);
    server.clock.set(endsAt);
    await until("it has ended", async () => (await status()) === "DONE");
    expect((await evaluate()).values).toMatchObject([{ value: false, reason: "DEFAULT" }]);
  });
});

describe("comparing and promoting", () => {
  it("covers flags beside configs", async () => {
    const id = await makeFlag();
    await ok("publishFlag", { flagId: id, version: 1, environment: "staging" });
    const compared = await server.send(
      `query($app: String!) { compareEnvironments(app: $app, from: "staging", to: "production", first: 5) {
        nodes { release { __typename name } fromVersion toVersion changes { path } } } }`,
      { app },
    );
    expect(compared).toMatchObject({
      compareEnvironments: {
        nodes: [{ release: { __typename: "Flag", name: "New checkout" }, fromVersion: 1, toVersion: null }],
      },
    });
    const promoted = await ok(
      "promote",
      { app, from: "staging", to: "production", flagIds: [id] },
      "promoted { release { __typename name } previousVersion version }",
    );
    expect(promoted["promoted"]).toEqual([
      { release: { __typename: "Flag", name: "New checkout" }, previousVersion: null, version: 1 },
    ]);
    expect((await evaluate()).values).toMatchObject([{ value: true, version: 1 }]);
  });
});
