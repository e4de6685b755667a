import { exportApp } from "../../src/definitions/exportApp";
import type { Definition } from "../../src/definitions/definition.policy";
import { openShop, SHOP } from "../delivery/shop";
import { startTestServer, type TestServer } from "../support/wholeServer";

describe("an export", () => {
  it("lists what is not archived by name, and each config as its latest version is", async () => {
    const shop = await filledShop();
    const exported = await exportApp(shop.apps, SHOP);
    expect(exported?.definition).toEqual({
      format: "product-experiences/app",
      schemaVersion: 1,
      app: {
        name: "Shop",
        settings: { mutuallyExclusiveExperiments: false, timeZone: "UTC", retentionDays: 400 },
      },
      environments: [
        { name: "production", description: "" },
        { name: "staging", description: "For us" },
      ],
      keys: [keyNamed("a"), { ...keyNamed("b"), tags: ["x", "y"], owner: "Team" }],
      segments: [
        {
          id: shop.segmentId,
          name: "Berliners",
          description: "",
          condition: { city: "Berlin" },
          ...UNLABELLED,
        },
      ],
      goals: [],
      configs: [
        {
          id: shop.configId,
          name: "Colours",
          description: "",
          keys: ["a", "b"],
          rules: [
            {
              id: expect.stringMatching(/^rule_shop_/) as string,
              seed: expect.stringMatching(/^seed_shop_/) as string,
              segmentId: shop.segmentId,
              percentage: 20,
              bucketBy: null,
              bucketByFallback: null,
              values: [
                { key: "a", value: "2" },
                { key: "b", value: "3" },
              ],
            },
          ],
          ...UNLABELLED,
        },
      ],
      flags: [],
    });
  });

  it("is of one moment, whatever happens while it is made", async () => {
    const shop = await filledShop();
    const before = await exportApp(shop.apps, SHOP);
    const exporting = exportApp(shop.apps, SHOP);
    await shop.done({ type: "EditConfig", data: { id: shop.configId, rules: [] } });
    expect(await exporting).toEqual(before);
    const after = await exportApp(shop.apps, SHOP);
    expect(after?.revision).toBe((before?.revision ?? 0) + 1);
    expect(after?.definition.configs[0]?.rules).toEqual([]);
  });

  it("is none of an app that there is not", async () => {
    expect(await exportApp(openShop().apps, "nowhere")).toBeNull();
  });
});

describe("exportApp", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
    await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { message } } }`);
    await server.send(
      `mutation($c: JSON!) { createSegment(input: { app: "shop", name: "Us", condition: $c }) { errors { message } } }`,
      { c: { $userIn: ["u2", "u1"] } },
    );
  });
  afterAll(() => server.stop());

  const exported = async (argument: string): Promise<Definition> => {
    const data = await server.send(`{ exportApp(app: "shop"${argument}) { definition revision } }`);
    return server.read<Definition>(data, "exportApp.definition");
  };

  it("names lists of user ids, and shows the ids only if asked", async () => {
    expect((await exported("")).segments[0]?.condition).toEqual({
      $userIn: { list: expect.stringMatching(/^[0-9a-f]{64}$/) as string, count: 2 },
    });
    expect((await exported(", includesUserIds: true")).segments[0]?.condition).toEqual({
      $userIn: ["u1", "u2"],
    });
  });

  it("says so of an app that there is not", async () => {
    const { body } = await server.post({ query: `{ exportApp(app: "nowhere") { revision } }` });
    expect(body.errors?.[0]).toMatchObject({ extensions: { code: "NOT_FOUND", path: ["app"] } });
  });
});

const UNLABELLED = { tags: [], owner: null, removeBy: null };
const keyNamed = (name: string) => ({
  name,
  type: "STRING",
  description: "",
  defaultValue: "1",
  valueSchema: null,
  isVisibleToClients: true,
  ...UNLABELLED,
});

async function filledShop() {
  const shop = openShop();
  await shop.done({ type: "CreateApp", data: { slug: SHOP, name: "Shop" } });
  await shop.done({ type: "CreateEnvironment", data: { name: "staging", description: "For us" } });
  for (const name of ["b", "a", "gone"]) {
    await shop.done({ type: "CreateKey", data: { name, type: "STRING", defaultValue: "1" } });
  }
  await shop.done({ type: "ArchiveKey", data: { name: "gone" } });
  await shop.done({ type: "SetLabels", data: { kind: "Key", id: "b", tags: ["y", "x"], owner: "Team" } });
  const condition = { city: "Berlin" };
  const segmentId = await shop.done(
    { type: "CreateSegment", data: { name: "Berliners", condition } },
    "segment",
  );
  const valuesOf = (b: string, a: string) => [
    { key: "b", value: b },
    { key: "a", value: a },
  ];
  const configId = await shop.done({
    type: "CreateConfig",
    data: {
      name: "Colours",
      keys: ["b", "a"],
      rules: [{ segmentId, percentage: 10, values: valuesOf("1", "1") }],
    },
  });
  const rules = [{ segmentId, percentage: 20, values: valuesOf("3", "2") }];
  await shop.done({ type: "EditConfig", data: { id: configId, rules } });
  return { ...shop, segmentId, configId };
}
