import { makeToken, readAs } from "../access/tokens";
import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;

type HistoryPageData = Readonly<{
  totalCount: number;
  pageInfo: Readonly<{ hasNextPage: boolean; endCursor: string }>;
  nodes: readonly Readonly<{ type: string; time: string; after: Readonly<Record<string, unknown>> }>[];
}>;

beforeAll(async () => {
  server = await startTestServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
});
afterAll(() => server.stop());

/** Everything after this happens at that instant or later. */
function anHourLater(): string {
  const instant = new Date(server.clock.now().getTime() + 3_600_000).toISOString();
  server.clock.set(instant);
  return instant;
}

describe("the history of one thing", () => {
  it("shows a segment's real before and after, the newest first, and nothing of others", async () => {
    const create = `mutation($name: String!) { createSegment(input: { app: "shop", name: $name, condition: { city: "New York" } }) { segment { id } errors { code } } }`;
    const id = server.read(await server.send(create, { name: "NY" }), "createSegment.segment.id");
    await server.send(create, { name: "another" });
    await server.send(
      `mutation($id: ID!) { editSegment(input: { segmentId: $id, condition: { city: "Miami" } }) { errors { code } } }`,
      { id },
    );
    await server.send(
      `mutation($id: ID!) { archiveSegment(input: { segmentId: $id }) { errors { code } } }`,
      { id },
    );
    const data = await server.send(
      `query($id: ID!) { segment(id: $id) { history(first: 2) { totalCount pageInfo { hasNextPage endCursor } nodes { type actor { id } before after } } } }`,
      { id },
    );
    expect(data).toMatchObject({
      segment: {
        history: {
          totalCount: 3,
          pageInfo: { hasNextPage: true },
          nodes: [
            {
              type: "SegmentArchived",
              actor: { id: "admin" },
              before: { isArchived: false },
              after: { isArchived: true },
            },
            {
              type: "SegmentEdited",
              before: { condition: { city: "New York" } },
              after: { condition: { city: "Miami" } },
            },
          ],
        },
      },
    });
    const rest = await server.send(
      `query($id: ID!, $after: String) { segment(id: $id) { history(first: 2, after: $after) { nodes { type before } } } }`,
      { id, after: server.read(data, "segment.history.pageInfo.endCursor") },
    );
    expect(rest).toEqual({ segment: { history: { nodes: [{ type: "SegmentCreated", before: null }] } } });
  });

  it("shows a key's and a config's", async () => {
    await server.send(
      `mutation { createKey(input: { app: "shop", name: "k", type: STRING, defaultValue: "a" }) { errors { code } } }`,
    );
    await server.send(
      `mutation { editKey(input: { app: "shop", name: "k", defaultValue: "b", note: "a was wrong" }) { errors { code } } }`,
    );
    const made = await server.send(
      `mutation { createConfig(input: { app: "shop", name: "c", keys: ["k"], rules: [] }) { config { id } errors { code } } }`,
    );
    const data = await server.send(
      `query($id: ID!) { key(app: "shop", name: "k") { note updatedBy { id } history { nodes { type note changes { path before after } before after } } } config(id: $id) { history { nodes { type } } } }`,
      { id: server.read(made, "createConfig.config.id") },
    );
    expect(data).toMatchObject({
      key: {
        note: "a was wrong",
        updatedBy: { id: "admin" },
        history: {
          nodes: [
            {
              type: "KeyEdited",
              note: "a was wrong",
              changes: [{ path: "defaultValue", before: "a", after: "b" }],
              before: { name: "k", defaultValue: "a" },
              after: { name: "k", defaultValue: "b" },
            },
            { type: "KeyCreated", note: "", before: null, after: { name: "k", defaultValue: "a" } },
          ],
        },
      },
      config: { history: { nodes: [{ type: "ConfigCreated" }] } },
    });
  });

  it("says what is different, with paths into a condition and words for people", async () => {
    const make = `mutation($name: String!, $condition: JSON!) { createSegment(input: { app: "shop", name: $name, condition: $condition }) { segment { id } errors { code } } }`;
    const adults = server.read(
      await server.send(make, { name: "Adults", condition: { age: { $gte: 18 } } }),
      "createSegment.segment.id",
    );
    const id = server.read(
      await server.send(make, { name: "Buyers", condition: { plan: "pro" } }),
      "createSegment.segment.id",
    );
    await server.send(
      `mutation($id: ID!, $condition: JSON!) { editSegment(input: { segmentId: $id, name: "Payers", condition: $condition }) { errors { code } } }`,
      { id, condition: { plan: "team", $segment: adults } },
    );
    const data = await server.send(
      `query($id: ID!) { segment(id: $id) { conditionInWords history(first: 1) { nodes { changes { path before after beforeInWords afterInWords } } } } }`,
      { id },
    );
    const inWords = { beforeInWords: null, afterInWords: null };
    expect(data).toEqual({
      segment: {
        conditionInWords: `plan is "team" and in segment "Adults"`,
        history: {
          nodes: [
            {
              changes: [
                { path: "name", before: "Buyers", after: "Payers", ...inWords },
                {
                  path: "condition/plan",
                  before: "pro",
                  after: "team",
                  beforeInWords: `plan is "pro"`,
                  afterInWords: `plan is "team"`,
                },
                {
                  path: "condition/$segment",
                  before: null,
                  after: adults,
                  beforeInWords: null,
                  afterInWords: `in segment "Adults"`,
                },
              ],
            },
          ],
        },
      },
    });
  });

  it("says what users get from a publication, and nothing twice", async () => {
    await server.send(
      `mutation { createKey(input: { app: "shop", name: "colour", type: STRING, defaultValue: "red" }) { errors { code } } }`,
    );
    const made = await server.send(
      `mutation { createConfig(input: { app: "shop", name: "colours", keys: ["colour"], rules: [{ values: [{ key: "colour", value: "blue" }] }] }) { config { id latestVersion { rules { id } } } errors { code } } }`,
    );
    const id = server.read(made, "createConfig.config.id");
    const rule = server.read(made, "createConfig.config.latestVersion.rules.0.id");
    await server.send(
      `mutation($id: ID!) { publishConfig(input: { configId: $id, version: 1 }) { errors { code } } }`,
      { id },
    );
    await server.send(
      `mutation($id: ID!, $rule: ID!) { editConfig(input: { configId: $id, rules: [{ id: $rule, percentage: 20, values: [{ key: "colour", value: "green" }] }] }) { errors { code } } }`,
      { id, rule },
    );
    const data = await server.send(
      `query($id: ID!) { config(id: $id) { history { nodes { type changes { path before after } } } } }`,
      { id },
    );
    expect(data).toMatchObject({
      config: {
        history: {
          nodes: [
            {
              type: "ConfigEdited",
              changes: [
                { path: "latestVersion/number", before: 1, after: 2 },
                { path: `latestVersion/rules/${rule}/percentage`, before: 100, after: 20 },
                { path: `latestVersion/rules/${rule}/values/colour`, before: "blue", after: "green" },
              ],
            },
            {
              type: "ConfigPublished",
              changes: [
                { path: "environments/production", before: null, after: { version: 1, keys: ["colour"] } },
              ],
            },
            { type: "ConfigCreated" },
          ],
        },
      },
    });
  });
});

describe("the history of an app", () => {
  it("shows everything, or what a filter lets through, and that of settings and environments by themselves", async () => {
    await server.send(`mutation { createApp(input: { slug: "other", name: "Other" }) { errors { code } } }`);
    await server.send(
      `mutation { createEnvironment(input: { app: "other", name: "staging", description: "first" }) { errors { code } } }`,
    );
    await server.send(
      `mutation { editEnvironment(input: { app: "other", name: "staging", description: "second" }) { errors { code } } }`,
    );
    await server.send(
      `mutation { updateAppSettings(input: { app: "other", mutuallyExclusiveExperiments: true }) { errors { code } } }`,
    );
    const data = await server.send(
      `{ app(slug: "other") {
          history(first: 2) { totalCount pageInfo { hasNextPage } nodes { type entityKind } }
          filtered: history(filter: { kinds: ["Environment"], actors: ["admin"], since: "2020-01-01T00:00:00Z" }) { totalCount nodes { type } }
          nobody: history(filter: { actors: ["nobody"] }) { totalCount nodes { type } }
          settings { history { totalCount nodes { type changes { path before after } } } }
          environments { name history(first: 1) { totalCount nodes { type changes { path before after } } } }
      } }`,
    );
    expect(data).toEqual({
      app: {
        history: {
          totalCount: 5,
          pageInfo: { hasNextPage: true },
          nodes: [
            { type: "AppSettingsUpdated", entityKind: "App" },
            { type: "EnvironmentEdited", entityKind: "Environment" },
          ],
        },
        filtered: {
          totalCount: 3,
          nodes: [
            { type: "EnvironmentEdited" },
            { type: "EnvironmentCreated" },
            { type: "EnvironmentCreated" },
          ],
        },
        nobody: { totalCount: 0, nodes: [] },
        settings: {
          history: {
            totalCount: 1,
            nodes: [
              {
                type: "AppSettingsUpdated",
                changes: [{ path: "settings/mutuallyExclusiveExperiments", before: false, after: true }],
              },
            ],
          },
        },
        environments: [
          {
            name: "production",
            history: {
              totalCount: 1,
              nodes: [
                {
                  type: "EnvironmentCreated",
                  changes: [
                    { path: "name", before: null, after: "production" },
                    { path: "description", before: null, after: "" },
                    { path: "isArchived", before: null, after: false },
                  ],
                },
              ],
            },
          },
          {
            name: "staging",
            history: {
              totalCount: 2,
              nodes: [
                {
                  type: "EnvironmentEdited",
                  changes: [{ path: "description", before: "first", after: "second" }],
                },
              ],
            },
          },
        ],
      },
    });
  });

  it("is read page by page from any instant to any other, by type and thing", async () => {
    await server.send(`mutation { createApp(input: { slug: "timed", name: "Timed" }) { errors { code } } }`);
    const create = `mutation($name: String!) { createKey(input: { app: "timed", name: $name, type: STRING, defaultValue: "a" }) { key { id } errors { code } } }`;
    const edit = `mutation($name: String!, $to: JSON!) { editKey(input: { app: "timed", name: $name, defaultValue: $to }) { errors { code } } }`;
    const id = server.read(await server.send(create, { name: "k" }), "createKey.key.id");
    await server.send(create, { name: "other" });
    const since = anHourLater();
    for (const to of ["b", "c", "d"]) await server.send(edit, { name: "k", to });
    const until = anHourLater();
    await server.send(edit, { name: "other", to: "z" });
    const query = `query($filter: HistoryFilterInput, $after: String) { app(slug: "timed") { history(first: 2, after: $after, filter: $filter) {
      totalCount pageInfo { hasNextPage endCursor } nodes { type time after } } } }`;
    const page = async (filter: object, after?: string) => {
      const data = await server.send(query, { filter, after });
      return server.read<HistoryPageData>(data, "app.history");
    };
    const edits = { types: ["KeyEdited"], entities: [id] };
    const first = await page(edits);
    const second = await page(edits, first.pageInfo.endCursor);
    expect([...first.nodes, ...second.nodes].map(({ after }) => after["defaultValue"])).toEqual([
      "d",
      "c",
      "b",
    ]);
    expect([first.totalCount, second.totalCount]).toEqual([3, 3]);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);

    expect((await page({ since, until })).nodes.map(({ after }) => after["defaultValue"])).toEqual([
      "d",
      "c",
    ]);
    expect((await page({ since, until })).totalCount).toBe(3);
    expect((await page({ kinds: ["Key"], until: since })).totalCount).toBe(2);
    expect((await page({ since: until })).nodes.map(({ after }) => after["name"])).toEqual(["other"]);
    expect(await page({ since: "2200-01-01T00:00:00Z" })).toMatchObject({ totalCount: 0, nodes: [] });
    expect(await page({ since: until, until: since })).toMatchObject({ totalCount: 0, nodes: [] });
    expect(await page({ entities: ["key_timed_none", "nonsense"] })).toMatchObject({ totalCount: 0 });
  });

  it("shows what happened to tokens to administrators alone", async () => {
    const viewer = await makeToken(server, { app: "shop", name: "viewer", kind: "PERSON", role: "VIEWER" });
    const admin = await makeToken(server, { app: "shop", name: "boss", kind: "PERSON", role: "ADMIN" });
    const query = `query($kinds: [String!]) { app(slug: "shop") { history(first: 100, filter: { kinds: $kinds }) { totalCount nodes { type } } } }`;
    const ofTokens = async (secret: string, kinds: readonly string[] | null) => {
      const { app } = await readAs<{ app: { history: HistoryPageData } }>(server, secret, query, { kinds });
      return app.history.nodes.filter(({ type }) => type.startsWith("Token")).length;
    };
    expect(await ofTokens(admin.secret, null)).toBeGreaterThanOrEqual(2);
    expect(await ofTokens(admin.secret, ["Token"])).toBeGreaterThanOrEqual(2);
    expect(await ofTokens(viewer.secret, null)).toBe(0);
    expect(await ofTokens(viewer.secret, ["Token"])).toBe(0);
    const { app } = await readAs<{ app: { history: HistoryPageData } }>(server, viewer.secret, query, {
      kinds: ["Token"],
    });
    expect(app.history.totalCount).toBe(0);
  });

  it.each([
    ["a filter of 101 kinds", `filter: { kinds: [${Array.from({ length: 101 }, () => `"Key"`).join()}] }`],
    [
      "a filter of 101 actors",
      `filter: { actors: [${Array.from({ length: 101 }, (_, n) => `"a${n}"`).join()}] }`,
    ],
    ["a kind that there is not", `filter: { kinds: ["Key", "Goals"] }`],
    ["a type that there is not", `filter: { types: ["KeyMade"] }`],
    ["an instant that is none", `filter: { since: "yesterday" }`],
    ["a page of none", "first: 0"],
    ["a page of 101", "first: 101"],
    ["a cursor of another list", `after: "WyJhIl0"`],
  ])("refuses %s", async (_, argument) => {
    const { body } = await server.post({
      query: `{ app(slug: "shop") { history(${argument}) { totalCount } } }`,
    });
    expect(body.errors?.map(({ extensions }) => extensions?.["code"])).toEqual(["BAD_USER_INPUT"]);
  });

  it("takes a filter of 100 kinds", async () => {
    const kinds = Array.from({ length: 100 }, () => "Goal");
    const query = `query($kinds: [String!]) { app(slug: "shop") { history(filter: { kinds: $kinds }) { totalCount } } }`;
    expect(await server.send(query, { kinds })).toEqual({ app: { history: { totalCount: 0 } } });
  });
});
