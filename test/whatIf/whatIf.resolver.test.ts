import "reflect-metadata";
import { startTestServer, type TestServer } from "../support/wholeServer";

type Asked = {
  users: number;
  usersChanged: number;
  isExact: boolean;
  transitions: { key: string; from: number; to: number; users: number }[];
  sample: { user: { id: string }; before: { value: number }; after: { value: number; reason: string } }[];
};

let server: TestServer;
let configId: string;
const ids = Array.from({ length: 40 }, (_, index) => `u${index}`);
beforeAll(async () => {
  server = await startTestServer();
  const id = async (field: string, type: string, input: object, path: string) => {
    const data = await server.send(
      `mutation($input: ${type}!) { ${field}(input: $input) { ${path} { id } errors { message } } }`,
      { input },
    );
    return server.read(data, `${field}.${path}.id`);
  };
  await id("createApp", "CreateAppInput", { slug: "shop", name: "Shop" }, "app");
  const key = { app: "shop", name: "dark_mode", type: "INTEGER", defaultValue: 3 };
  await id("createKey", "CreateKeyInput", key, "key");
  const condition = { device: "iPhone" };
  const segment = { app: "shop", name: "iPhones", condition };
  const segmentId = await id("createSegment", "CreateSegmentInput", segment, "segment");
  const rules = (percentage: number) => [{ segmentId, percentage, values: [{ key: "dark_mode", value: 4 }] }];
  const config = { app: "shop", name: "Dark", keys: ["dark_mode"], rules: rules(20) };
  configId = await id("createConfig", "CreateConfigInput", config, "config");
  await id("publishConfig", "PublishConfigInput", { configId, version: 1 }, "config");
  const latest = await server.send(`query($id: ID!) { config(id: $id) { latestVersion { rules { id } } } }`, {
    id: configId,
  });
  const [rule] = server.read<{ id: string }[]>(latest, "config.latestVersion.rules");
  const edited = rules(70).map((each) => ({ ...each, id: rule?.id }));
  await id("editConfig", "EditConfigInput", { configId, rules: edited }, "config");
  const users = ids.map((userId, index) => ({
    id: userId,
    properties: { device: index % 2 === 0 ? "iPhone" : "Android" },
  }));
  await server.send(`mutation($input: IdentifyInput!) { identify(input: $input) { errors { message } } }`, {
    input: { app: "shop", users },
  });
});
afterAll(() => server.stop());

async function whatIf(changes: object[], environment = "production"): Promise<Asked | object | undefined> {
  const { body } = await server.post({
    query: `query($changes: [WhatIfChangeInput!]!, $environment: String!) { whatIf(app: "shop", environment: $environment, changes: $changes) {
      users usersChanged isExact transitions { key from to users }
      sample { user { id } before { value } after { value reason steps { outcome because } } } } }`,
    variables: { changes, environment },
  });
  return body.errors?.[0]?.extensions ?? server.read<Asked>(body.data, "whatIf");
}
async function valueOf(userId: string): Promise<number> {
  const data = await server.send(`{ evaluate(app: "shop", user: { id: "${userId}" }) { object } }`);
  return server.read<{ dark_mode: number }>(data, "evaluate.object").dark_mode;
}

describe("what if a version was published", () => {
  it("is refused for what cannot be", async () => {
    const refused = (path: string[]) => expect.objectContaining({ code: "BAD_USER_INPUT", path }) as unknown;
    expect(await whatIf([])).toEqual(refused(["changes"]));
    expect(await whatIf([{ configId, version: 3 }])).toEqual(refused(["changes", "0", "version"]));
    expect(await whatIf([{ configId, version: 0 }])).toEqual(refused(["changes", "0", "version"]));
    expect(await whatIf([{ configId: "config_shop_x", version: 1 }])).toEqual(
      refused(["changes", "0", "configId"]),
    );
    expect(await whatIf([{ version: 1 }])).toEqual(refused(["changes", "0"]));
    const twice = { configId, version: 1 };
    expect(await whatIf([twice, twice])).toEqual(refused(["changes", "1"]));
    expect(await whatIf([twice], "nowhere")).toMatchObject({ code: "NOT_FOUND", path: ["environment"] });
  });

  it("tells before the publication what is seen after it", async () => {
    expect(await whatIf([{ configId, version: 1 }])).toMatchObject({ users: 40, usersChanged: 0 });
    const asked = (await whatIf([{ configId, version: 2 }])) as Asked;
    const before = await Promise.all(ids.map(valueOf));
    await server.send(
      `mutation($input: PublishConfigInput!) { publishConfig(input: $input) { errors { message } } }`,
      { input: { configId, version: 2 } },
    );
    const after = await Promise.all(ids.map(valueOf));
    const changed = ids.filter((_, index) => before[index] !== after[index]);
    expect(changed.length).toBeGreaterThan(0);
    expect(asked).toMatchObject({
      ...{ users: 40, usersChanged: changed.length, isExact: true },
      transitions: [{ key: "dark_mode", from: 3, to: 4, users: changed.length }],
    });
    for (const { user, before: now, after: then } of asked.sample) {
      expect(changed).toContain(user.id);
      expect([now.value, then.value, then.reason]).toEqual([3, 4, "SPLIT"]);
    }
  });
});
