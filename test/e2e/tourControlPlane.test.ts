import { startTestServer, type TestServer } from "../support/wholeServer";

// The second part of the tour, document by document, as a user of the first part goes on.
const E = `errors { __typename code message path ... on InUseError { usedBy { __typename id name } } }`;

const NEW_YORK = { device: "iPhone", city: "New York" };

let server: TestServer;
const made: Record<string, string> = {};
beforeAll(async () => {
  server = await startTestServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { app { id } ${E} } }`);
  const ofFirstPart = await server.send(
    `mutation($ny: JSON!, $miami: JSON!) {
      key: createKey(input: { app: "shop", name: "new_checkout", type: BOOLEAN, defaultValue: false }) { key { id } ${E} }
      ny: createSegment(input: { app: "shop", name: "iPhone users in New York", condition: $ny }) { segment { id } ${E} }
      miami: createSegment(input: { app: "shop", name: "iPhone users in Miami", condition: $miami }) { segment { id } ${E} } }`,
    { ny: NEW_YORK, miami: { device: "iPhone", city: "Miami" } },
  );
  made["ny"] = server.read(ofFirstPart, "ny.segment.id");
  made["miami"] = server.read(ofFirstPart, "miami.segment.id");
});
afterAll(() => server.stop());

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const send = (document: string, variables?: Record<string, unknown>) => server.send(document, variables);

describe("the control plane", () => {
  it("creates a goal", async () => {
    const data = await send(
      `mutation($positive: JSON!) { createGoal(input: { app: "shop", name: "Bought", events: [{ name: "Charged", where: $positive }], valueProperty: "amount" }) { goal { id } ${E} } }`,
      { positive: { amount: { $gt: 0 } } },
    );
    expect(data).toEqual({ createGoal: { goal: { id: expect.any(String) }, errors: [] } });
  });

  it("creates a flag, publishes it, and switches it off", async () => {
    const created = await send(
      `mutation($ny: ID!, $miami: ID!) { createFlag(input: { app: "shop", key: "new_checkout", name: "New checkout", rules: [{ segmentId: $ny, percentage: 20 }, { segmentId: $miami, percentage: 30 }] }) { flag { id } ${E} } }`,
      made,
    );
    expect(created).toEqual({ createFlag: { flag: { id: expect.any(String) }, errors: [] } });
    made["flag"] = server.read(created, "createFlag.flag.id");
    const published = await send(
      `mutation($flag: ID!) { publishFlag(input: { flagId: $flag, version: 1 }) { flag { activeVersion { number } } ${E} } }`,
      made,
    );
    expect(published).toEqual({ publishFlag: { flag: { activeVersion: { number: 1 } }, errors: [] } });
    const disabled = await send(
      `mutation($flag: ID!) { disableFlag(input: { flagId: $flag, environment: "production", note: "crashes" }) { flag { isEnabled(environment: "production") } ${E} } }`,
      made,
    );
    expect(disabled).toEqual({ disableFlag: { flag: { isEnabled: false }, errors: [] } });
    const evaluated = await send(
      `query($ny: JSON!) { evaluate(app: "shop", user: { id: "u1", properties: $ny }) { values { key value reason source { __typename } } } }`,
      { ny: NEW_YORK },
    );
    expect(evaluated).toEqual({
      evaluate: {
        values: [{ key: "new_checkout", value: false, reason: "DISABLED", source: { __typename: "Flag" } }],
      },
    });
  });

  it("previews a version for the test users alone", async () => {
    const created = await send(
      `mutation { key: createKey(input: { app: "shop", name: "colour", type: STRING, defaultValue: "red" }) { ${E} }
        createConfig(input: { app: "shop", name: "Colours", keys: ["colour"], rules: [{ values: [{ key: "colour", value: "blue" }] }] }) { config { id } ${E} } }`,
    );
    const config = server.read(created, "createConfig.config.id");
    const team = await send(
      `mutation { setTestUsers(input: { app: "shop", userIds: ["me"] }) { app { testUsers { nodes { id } } } ${E} } }`,
    );
    expect(team).toEqual({ setTestUsers: { app: { testUsers: { nodes: [{ id: "me" }] } }, errors: [] } });
    const previewed = await send(
      `mutation($config: ID!, $endsAt: DateTime!) { previewConfig(input: { configId: $config, version: 1, endsAt: $endsAt }) { preview { version environment { name } isRunning } ${E} } }`,
      { config, endsAt: new Date(server.clock.now().getTime() + 3_600_000).toISOString() },
    );
    expect(previewed).toEqual({
      previewConfig: {
        preview: { version: 1, environment: { name: "production" }, isRunning: true },
        errors: [],
      },
    });
    const evaluated = await send(
      `query { me: evaluate(app: "shop", keys: ["colour"], user: { id: "me" }) { values { value reason } }
        u1: evaluate(app: "shop", keys: ["colour"], user: { id: "u1" }) { values { value reason } } }`,
    );
    expect(evaluated).toEqual({
      me: { values: [{ value: "blue", reason: "PREVIEW" }] },
      u1: { values: [{ value: "red", reason: "DEFAULT" }] },
    });
  });

  it("promotes a flag from one environment to another", async () => {
    await send(
      `mutation($flag: ID!) {
        a: createEnvironment(input: { app: "shop", name: "staging" }) { ${E} }
        b: editFlag(input: { flagId: $flag, rules: [{ percentage: 100 }] }) { ${E} }
        c: publishFlag(input: { flagId: $flag, version: 2, environment: "staging" }) { ${E} } }`,
      made,
    );
    const promoted = await send(
      `mutation($flag: ID!) { promote(input: { app: "shop", from: "staging", to: "production", flagIds: [$flag] }) { promoted { release { __typename name } previousVersion version } ${E} } }`,
      made,
    );
    expect(promoted).toEqual({
      promote: {
        promoted: [{ release: { __typename: "Flag", name: "New checkout" }, previousVersion: 1, version: 2 }],
        errors: [],
      },
    });
  });

  it("publishes a config in one environment, and promotes it with a flag to another", async () => {
    const config = await send(
      `mutation($ny: ID!) {
        createKey(input: { app: "shop", name: "dark_mode", type: INTEGER, defaultValue: 3 }) { ${E} }
        createConfig(input: { app: "shop", name: "dark mode", keys: ["dark_mode"], rules: [{ segmentId: $ny, values: [{ key: "dark_mode", value: 4 }] }] }) { config { id } ${E} } }`,
      made,
    );
    made["config"] = server.read(config, "createConfig.config.id");
    await send(
      `mutation($config: ID!, $flag: ID!) {
        a: editConfig(input: { configId: $config, rules: [{ values: [{ key: "dark_mode", value: 4 }] }] }) { ${E} }
        b: publishConfig(input: { configId: $config, version: 2, environment: "staging" }) { ${E} }
        c: publishFlag(input: { flagId: $flag, version: 1, environment: "staging" }) { ${E} } }`,
      made,
    );
    const promoted = await send(
      `mutation($config: ID!, $flag: ID!) { promote(input: { app: "shop", from: "staging", to: "production", configIds: [$config], flagIds: [$flag] }) { promoted { release { name } previousVersion version } ${E} } }`,
      made,
    );
    expect(promoted).toEqual({
      promote: {
        promoted: [
          { release: { name: "dark mode" }, previousVersion: null, version: 2 },
          { release: { name: "New checkout" }, previousVersion: 2, version: 1 },
        ],
        errors: [],
      },
    });
  });

  it("schedules a version with an end, and cancels that", async () => {
    const scheduled = await send(
      `mutation($config: ID!, $startsAt: DateTime!, $endsAt: DateTime!) { scheduleConfig(input: { configId: $config, version: 1, startsAt: $startsAt, endsAt: $endsAt }) { scheduledPublication { id status } ${E} } }`,
      { ...made, startsAt: inDays(1), endsAt: inDays(2) },
    );
    expect(scheduled).toEqual({
      scheduleConfig: {
        scheduledPublication: { id: expect.any(String), status: "PENDING" },
        errors: [],
      },
    });
    const id = server.read(scheduled, "scheduleConfig.scheduledPublication.id");
    const cancelled = await send(
      `mutation($id: ID!) { cancelScheduledPublication(input: { id: $id }) { scheduledPublication { status } ${E} } }`,
      { id },
    );
    expect(cancelled).toEqual({
      cancelScheduledPublication: { scheduledPublication: { status: "CANCELLED" }, errors: [] },
    });
  });

  it("lets a page in, by a token whose secret shows this once", async () => {
    const created = await send(
      `mutation { createToken(input: { app: "shop", name: "web", kind: CLIENT, environment: "production" }) { token { id name } secret ${E} } }`,
    );
    expect(created).toEqual({
      createToken: {
        token: { id: expect.any(String), name: "web" },
        secret: expect.stringMatching(/^pe_client_/),
        errors: [],
      },
    });
  });

  it("turns a setting of the app on", async () => {
    const updated = await send(
      `mutation { updateAppSettings(input: { app: "shop", mutuallyExclusiveExperiments: true }) { app { settings { mutuallyExclusiveExperiments } } ${E} } }`,
    );
    expect(updated).toEqual({
      updateAppSettings: { app: { settings: { mutuallyExclusiveExperiments: true } }, errors: [] },
    });
  });
});
