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
});
