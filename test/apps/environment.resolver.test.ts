import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
});
afterAll(() => server.stop());

type Payload = {
  errors: { code: string; path: string[]; usedBy?: { __typename: string; name: string }[] }[];
};
const ERRORS = `errors { __typename code path ... on InUseError { usedBy { __typename name } } }`;

const change = async (mutation: string, input: string, shows = ""): Promise<Payload> => {
  const data = await server.send(`mutation { ${mutation}(input: { ${input} }) { ${shows} ${ERRORS} } }`);
  return server.read<Payload>(data, mutation);
};
const done = async (mutation: string, input: string, shows = ""): Promise<Payload> => {
  const payload = await change(mutation, input, shows);
  expect(payload.errors).toEqual([]);
  return payload;
};
const evaluate = async (environment: string, asOf = "") => {
  const { body } = await server.post({
    query: `{ evaluate(app: "shop", environment: "${environment}" ${asOf}, user: { id: "u" }) { object } }`,
  });
  return body;
};

describe("environments", () => {
  it("are created, described and listed in their order", async () => {
    const shows = "environment { id name description isArchived createdBy { id } }";
    const created = await done("createEnvironment", `app: "shop", name: "staging", note: "to try"`, shows);
    expect(created).toMatchObject({
      environment: {
        id: "environment_shop_staging",
        name: "staging",
        description: "",
        isArchived: false,
        createdBy: { id: "admin" },
      },
    });
    await done("editEnvironment", `app: "shop", name: "staging", description: "For us."`);
    const data = await server.send(`{ app(slug: "shop") { environments { name description } } }`);
    expect(data).toEqual({
      app: {
        environments: [
          { name: "production", description: "" },
          { name: "staging", description: "For us." },
        ],
      },
    });
  });

  it("keep what is published in each of them apart", async () => {
    await done("createKey", `app: "shop", name: "colour", type: STRING, defaultValue: "red"`);
    const config = await done(
      "createConfig",
      `app: "shop", name: "Colours", keys: ["colour"], rules: [{ values: [{ key: "colour", value: "blue" }] }]`,
      "config { id }",
    );
    const id = server.read(config, "config.id");
    await done("publishConfig", `configId: "${id}", version: 1, environment: "staging"`);
    expect(await evaluate("staging")).toEqual({ data: { evaluate: { object: { colour: "blue" } } } });
    expect(await evaluate("production")).toEqual({ data: { evaluate: { object: { colour: "red" } } } });

    const refused = await change("archiveEnvironment", `app: "shop", name: "staging"`);
    expect(refused.errors).toMatchObject([
      { code: "IN_USE", path: ["name"], usedBy: [{ __typename: "Config", name: "Colours" }] },
    ]);
    const app = await change("archiveApp", `app: "shop"`);
    expect(app.errors).toMatchObject([{ code: "IN_USE", path: ["app"], usedBy: [{ name: "Colours" }] }]);
    await done("unpublishConfig", `configId: "${id}", environment: "staging"`);
  });

  it("answer nobody once they are archived, but still as of before, and are hidden unless asked for", async () => {
    const before = await server.timeOfLastChange("shop");
    await done("archiveEnvironment", `app: "shop", name: "staging", validateOnly: true`);
    expect((await evaluate("staging")).errors).toBeUndefined();
    server.clock.set(new Date(Date.parse(before) + 60_000).toISOString());
    await done("archiveEnvironment", `app: "shop", name: "staging"`, "environment { isArchived }");
    expect((await evaluate("staging")).errors).toMatchObject([
      {
        message: expect.stringContaining("archived"),
        extensions: { code: "NOT_FOUND", path: ["environment"] },
      },
    ]);
    expect(await evaluate("staging", `asOf: "${before}"`)).toEqual({
      data: { evaluate: { object: { colour: "red" } } },
    });
    const data = await server.send(
      `{ app(slug: "shop") { environments { name } all: environments(archived: INCLUDE) { name isArchived } } }`,
    );
    expect(data).toEqual({
      app: {
        environments: [{ name: "production" }],
        all: [
          { name: "production", isArchived: false },
          { name: "staging", isArchived: true },
        ],
      },
    });
    await done("restoreEnvironment", `app: "shop", name: "staging"`);
    expect((await evaluate("staging")).errors).toBeUndefined();
  });
});

describe("an app", () => {
  it("is renamed, and has settings", async () => {
    await done("editApp", `app: "shop", name: "The shop"`);
    const shows = "app { name settings { mutuallyExclusiveExperiments timeZone } }";
    const payload = await done("updateAppSettings", `app: "shop", mutuallyExclusiveExperiments: true`, shows);
    expect(payload).toMatchObject({
      app: { name: "The shop", settings: { mutuallyExclusiveExperiments: true, timeZone: "UTC" } },
    });
    expect(await done("updateAppSettings", `app: "shop", timeZone: "Europe/Berlin"`, shows)).toMatchObject({
      app: { settings: { mutuallyExclusiveExperiments: true, timeZone: "Europe/Berlin" } },
    });
    const refused = await change("updateAppSettings", `app: "shop", timeZone: "Mars/Base"`);
    expect(refused.errors).toMatchObject([{ code: "INVALID", path: ["timeZone"] }]);
  });

  it("answers nobody and takes no change once it is archived, until it is restored", async () => {
    await done("archiveApp", `app: "shop", note: "closed"`, "app { isArchived }");
    expect((await evaluate("production")).errors).toMatchObject([
      { message: expect.stringContaining("archived"), extensions: { code: "NOT_FOUND", path: ["app"] } },
    ]);
    const refused = await change("createKey", `app: "shop", name: "b", type: STRING, defaultValue: ""`);
    expect(refused.errors).toMatchObject([{ code: "ARCHIVED", path: ["app"] }]);
    const lists = await server.send(
      `{ apps { nodes { slug } } all: apps(archived: INCLUDE) { totalCount } }`,
    );
    expect(lists).toEqual({ apps: { nodes: [] }, all: { totalCount: 1 } });
    await done("restoreApp", `app: "shop"`);
    expect((await evaluate("production")).errors).toBeUndefined();
  });

  it("shows all of that in its feed, before and after", async () => {
    const data = await server.send(
      `{ changes(app: "shop", startAt: BEGINNING, first: 100) { items { event { type entityKind before after } } } }`,
    );
    const items = server.read<{ event: { type: string; before: object; after: object } }[]>(
      data,
      "changes.items",
    );
    const of = (type: string) => items.map(({ event }) => event).find((event) => event.type === type);
    expect(of("AppEdited")).toMatchObject({
      entityKind: "App",
      before: { name: "Shop" },
      after: { name: "The shop" },
    });
    expect(of("EnvironmentArchived")).toMatchObject({
      entityKind: "Environment",
      before: { name: "staging", isArchived: false },
      after: { name: "staging", isArchived: true },
    });
    expect(of("AppArchived")).toMatchObject({ before: { isArchived: false }, after: { isArchived: true } });
  });
});
