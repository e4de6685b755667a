import { startTestServer, type TestServer } from "../support/wholeServer";

const E =
  "errors { __typename code message path ... on VersionConflictError { expectedVersion actualVersion } ... on InUseError { usedBy { __typename id name } } }";

let server: TestServer;
let apps = 0;
let app: string;
let segmentId: string;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const send = (document: string, variables: Record<string, unknown> = {}) => server.send(document, variables);

beforeEach(async () => {
  app = `shop-${(apps += 1)}`;
  await send(`mutation($app: String!) { createApp(input: { slug: $app, name: "Shop" }) { ${E} } }`, { app });
  await send(
    `mutation($app: String!) {
      a: createKey(input: { app: $app, name: "dark_mode", type: INTEGER, defaultValue: 3 }) { ${E} }
      b: createKey(input: { app: $app, name: "title", type: STRING, defaultValue: "Hi" }) { ${E} }
    }`,
    { app },
  );
  const made = await send(
    `mutation($app: String!, $condition: JSON!) { createSegment(input: { app: $app, name: "NY", condition: $condition }) { segment { id } ${E} } }`,
    { app, condition: { city: "New York" } },
  );
  segmentId = server.read(made, "createSegment.segment.id");
});

const create = `mutation($input: CreateConfigInput!) { createConfig(input: $input) { config { id } ${E} } }`;
const edit = `mutation($input: EditConfigInput!) { editConfig(input: $input) { config { id latestVersion { number } } ${E} } }`;
const publish = `mutation($input: PublishConfigInput!) { publishConfig(input: $input) { config { activeVersion { number } } ${E} } }`;
const schedule = `mutation($input: ScheduleConfigInput!) { scheduleConfig(input: $input) { scheduledPublication { id status version startsAt endsAt environment { name } release { __typename name } } ${E} } }`;

const rules = () => [
  { segmentId, percentage: 30, values: [{ key: "dark_mode", value: 4 }] },
  { values: [{ key: "title", value: "Hello" }] },
];

async function makeConfig(input: object = {}): Promise<string> {
  const data = await send(create, {
    input: { app, name: "dark mode", keys: ["dark_mode", "title"], rules: rules(), note: "first", ...input },
  });
  return server.read(data, "createConfig.config.id");
}

describe("a config in the API", () => {
  it("shows itself with its keys, rules and segments", async () => {
    const id = await makeConfig({ description: "why" });
    const data = await send(
      `query($id: ID!) { config(id: $id) { __typename id name description isArchived createdBy { id } keys { name defaultValue }
        latestVersion { number name note author { id } activeIn { name } keys { name }
          rules { segment { name } percentage bucketBy bucketByFallback values { key value } } } } }`,
      { id },
    );
    expect(data).toEqual({
      config: {
        __typename: "Config",
        id,
        name: "dark mode",
        description: "why",
        isArchived: false,
        createdBy: { id: "admin" },
        keys: [
          { name: "dark_mode", defaultValue: 3 },
          { name: "title", defaultValue: "Hi" },
        ],
        latestVersion: {
          number: 1,
          name: "dark mode",
          note: "first",
          author: { id: "admin" },
          activeIn: [],
          keys: [{ name: "dark_mode" }, { name: "title" }],
          rules: [
            {
              segment: { name: "NY" },
              percentage: 30,
              bucketBy: null,
              bucketByFallback: null,
              values: [{ key: "dark_mode", value: 4 }],
            },
            {
              segment: null,
              percentage: 100,
              bucketBy: null,
              bucketByFallback: null,
              values: [{ key: "title", value: "Hello" }],
            },
          ],
        },
      },
    });
  });

  it("is null where there is none, and no version of a number that there is not", async () => {
    const id = await makeConfig();
    const data = await send(
      `query($id: ID!) { none: config(id: "config_x_y") { id }
        config(id: $id) { zero: version(number: 0) { number } one: version(number: 1) { number } two: version(number: 2) { number }
          activeVersion(environment: "constructor") { number } } }`,
      { id },
    );
    expect(data).toEqual({
      none: null,
      config: { zero: null, one: { number: 1 }, two: null, activeVersion: null },
    });
  });

  it("lists versions and publications page by page, the newest first", async () => {
    const id = await makeConfig();
    for (const title of ["a", "b", "c"]) {
      await send(edit, { input: { configId: id, rules: [{ values: [{ key: "title", value: title }] }] } });
    }
    for (const version of [1, 4, 2]) await send(publish, { input: { configId: id, version } });
    const page = `query($id: ID!, $after: String) { config(id: $id) { versions(first: 3, after: $after) {
      totalCount nodes { number activeIn { name } } pageInfo { endCursor hasNextPage } } } }`;
    const first = await send(page, { id });
    expect(first).toMatchObject({
      config: {
        versions: {
          totalCount: 4,
          nodes: [{ number: 4 }, { number: 3 }, { number: 2, activeIn: [{ name: "production" }] }],
          pageInfo: { hasNextPage: true },
        },
      },
    });
    const rest = await send(page, { id, after: server.read(first, "config.versions.pageInfo.endCursor") });
    expect(rest).toMatchObject({
      config: { versions: { nodes: [{ number: 1 }], pageInfo: { hasNextPage: false } } },
    });
    const data = await send(
      `query($id: ID!) { config(id: $id) { publications(first: 2) { totalCount nodes { version previousVersion cause endedAt environment { name } } } } }`,
      { id },
    );
    expect(data).toEqual({
      config: {
        publications: {
          totalCount: 3,
          nodes: [
            {
              version: 2,
              previousVersion: 4,
              cause: "BY_HAND",
              endedAt: null,
              environment: { name: "production" },
            },
            {
              version: 4,
              previousVersion: 1,
              cause: "BY_HAND",
              endedAt: expect.any(String),
              environment: { name: "production" },
            },
          ],
        },
      },
    });
  });

  it("says what is different between two versions", async () => {
    const id = await makeConfig();
    const rule = { segmentId, percentage: 50, values: [{ key: "dark_mode", value: 4 }] };
    const before = await send(`query($id: ID!) { config(id: $id) { latestVersion { rules { id } } } }`, {
      id,
    });
    const [ny, all] = server.read<{ id: string }[]>(before, "config.latestVersion.rules");
    await send(edit, { input: { configId: id, rules: [{ id: ny?.id, ...rule }] } });
    const data = await send(
      `query($id: ID!) { config(id: $id) { diff(from: 1, to: 2) { from to changes { path before after } } } }`,
      { id },
    );
    expect(data).toMatchObject({
      config: {
        diff: {
          from: 1,
          to: 2,
          changes: [
            { path: `rules/${all?.id}`, before: { priority: 2 }, after: null },
            { path: `rules/${ny?.id}/percentage`, before: 30, after: 50 },
          ],
        },
      },
    });
    const { body } = await server.post({
      query: `query($id: ID!) { config(id: $id) { diff(from: 1, to: 3) { changes { path } } } }`,
      variables: { id },
    });
    expect(body.errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
  });

  it("lists an app's configs by name, and archived ones on request", async () => {
    const ids = [];
    for (const name of ["b", "a", "B"])
      ids.push(await makeConfig({ name, keys: ["title"], rules: [] }).then(archive));
    const live = await makeConfig({ name: "c" });
    const list = async (args: string) => {
      const data = await send(
        `query($app: String!) { app(slug: $app) { configs(${args}) { totalCount nodes { name isArchived } pageInfo { endCursor hasNextPage } } } }`,
        { app },
      );
      return server.read<{ nodes: { name: string }[]; totalCount: number; pageInfo: { endCursor: string } }>(
        data,
        "app.configs",
      );
    };
    expect((await list("first: 10")).nodes).toEqual([{ name: "c", isArchived: false }]);
    expect((await list("first: 10, archived: INCLUDE")).nodes.map(({ name }) => name)).toEqual([
      "B",
      "a",
      "b",
      "c",
    ]);
    const first = await list("first: 2, archived: ONLY");
    expect([first.totalCount, ...first.nodes.map(({ name }) => name)]).toEqual([3, "B", "a"]);
    const rest = await list(`first: 2, archived: ONLY, after: "${first.pageInfo.endCursor}"`);
    expect(rest.nodes.map(({ name }) => name)).toEqual(["b"]);
    expect(live).not.toBe(ids[0]);
  });
});

async function archive(id: string): Promise<string> {
  await send(
    `mutation($id: ID!) { archiveConfig(input: { configId: $id }) { config { isArchived } ${E} } }`,
    { id },
  );
  return id;
}

describe("changing a config", () => {
  it("does it once for one commandId", async () => {
    const input = { app, name: "once", keys: ["title"], rules: [], commandId: "once" };
    const first = await send(create, { input });
    expect(await send(create, { input })).toEqual(first);
    expect(await send(create, { input: { ...input, commandId: "twice" } })).toMatchObject({
      createConfig: {
        config: null,
        errors: [{ code: "TAKEN" }, { code: "IN_USE", usedBy: [{ __typename: "Config", name: "once" }] }],
      },
    });
  });

  it("shows both sides of a conflict", async () => {
    const id = await makeConfig();
    await send(edit, { input: { configId: id, name: "renamed" } });
    expect(await send(edit, { input: { configId: id, expectedVersion: 1, name: "mine" } })).toMatchObject({
      editConfig: {
        config: null,
        errors: [
          {
            __typename: "VersionConflictError",
            code: "VERSION_CONFLICT",
            path: ["expectedVersion"],
            expectedVersion: 1,
            actualVersion: 2,
          },
        ],
      },
    });
  });

  it("only checks where it is told to validate", async () => {
    const id = await makeConfig();
    expect(await send(publish, { input: { configId: id, version: 1, validateOnly: true } })).toEqual({
      publishConfig: { config: { activeVersion: null }, errors: [] },
    });
    expect(await send(publish, { input: { configId: id, version: 2, validateOnly: true } })).toMatchObject({
      publishConfig: { errors: [{ code: "NOT_FOUND", path: ["version"] }] },
    });
  });

  it("shows what each of several changes in one request made", async () => {
    const id = await makeConfig();
    await send(edit, { input: { configId: id, name: "two" } });
    const publications = "config { activeVersion { number } publications(first: 5) { totalCount } }";
    const data = await send(
      `mutation($id: ID!) {
        a: publishConfig(input: { configId: $id, version: 1 }) { ${publications} }
        b: publishConfig(input: { configId: $id, version: 2 }) { ${publications} }
        c: unpublishConfig(input: { configId: $id }) { ${publications} }
      }`,
      { id },
    );
    expect(data).toEqual({
      a: { config: { activeVersion: { number: 1 }, publications: { totalCount: 1 } } },
      b: { config: { activeVersion: { number: 2 }, publications: { totalCount: 2 } } },
      c: { config: { activeVersion: null, publications: { totalCount: 3 } } },
    });
  });

  it("archives and restores, and refuses to while another config has its keys", async () => {
    const id = await archive(await makeConfig());
    const other = await makeConfig({ name: "other", keys: ["title"], rules: [] });
    const restore = `mutation($id: ID!) { restoreConfig(input: { configId: $id }) { config { isArchived keys { name } } ${E} } }`;
    expect(await send(restore, { id })).toMatchObject({
      restoreConfig: { config: null, errors: [{ code: "IN_USE", usedBy: [{ id: other, name: "other" }] }] },
    });
    await archive(other);
    expect(await send(restore, { id })).toMatchObject({
      restoreConfig: { config: { isArchived: false }, errors: [] },
    });
  });

  it("refuses an id that is none", async () => {
    expect(await send(publish, { input: { configId: "config_", version: 1 } })).toMatchObject({
      publishConfig: { config: null, errors: [{ code: "NOT_FOUND" }] },
    });
  });
});

describe("scheduling in the API", () => {
  const at = (minutes: number): string =>
    new Date(server.clock.now().getTime() + minutes * 60_000).toISOString();

  it("shows, moves and cancels what is scheduled", async () => {
    const id = await makeConfig();
    const [startsAt, endsAt] = [at(10), at(20)];
    const made = await send(schedule, { input: { configId: id, version: 1, startsAt, endsAt } });
    expect(made).toEqual({
      scheduleConfig: {
        scheduledPublication: {
          id: expect.stringContaining("schedule_"),
          status: "PENDING",
          version: 1,
          startsAt,
          endsAt,
          environment: { name: "production" },
          release: { __typename: "Config", name: "dark mode" },
        },
        errors: [],
      },
    });
    const scheduleId = server.read(made, "scheduleConfig.scheduledPublication.id");
    const moved = await send(
      `mutation($input: RescheduleScheduledPublicationInput!) { rescheduleScheduledPublication(input: $input) { scheduledPublication { startsAt endsAt } ${E} } }`,
      { input: { id: scheduleId, endsAt: null } },
    );
    expect(moved).toEqual({
      rescheduleScheduledPublication: { scheduledPublication: { startsAt, endsAt: null }, errors: [] },
    });
    const cancel = `mutation($id: ID!) { cancelScheduledPublication(input: { id: $id }) { scheduledPublication { status } ${E} } }`;
    expect(await send(cancel, { id: scheduleId })).toEqual({
      cancelScheduledPublication: { scheduledPublication: { status: "CANCELLED" }, errors: [] },
    });
    expect(await send(cancel, { id: scheduleId })).toMatchObject({
      cancelScheduledPublication: {
        scheduledPublication: null,
        errors: [{ code: "NOT_FOUND", path: ["id"] }],
      },
    });
    const listed = await send(
      `query($id: ID!) { config(id: $id) { scheduledPublications(first: 5) { totalCount nodes { id status reasons createdBy { id } } } } }`,
      { id },
    );
    expect(listed).toEqual({
      config: {
        scheduledPublications: {
          totalCount: 1,
          nodes: [{ id: scheduleId, status: "CANCELLED", reasons: [], createdBy: { id: "admin" } }],
        },
      },
    });
  });

  it("refuses the past, an end before the start, and an overlap", async () => {
    const id = await makeConfig();
    const refused = (startsAt: string, endsAt: string | null, code: string, path: string) =>
      send(schedule, { input: { configId: id, version: 1, startsAt, endsAt } }).then((data) =>
        expect(data).toMatchObject({
          scheduleConfig: { scheduledPublication: null, errors: [{ code, path: [path] }] },
        }),
      );
    await refused(at(-1), null, "INVALID", "startsAt");
    await refused(at(10), at(5), "INVALID", "endsAt");
    await send(schedule, { input: { configId: id, version: 1, startsAt: at(10), endsAt: at(20) } });
    await refused(at(15), null, "OVERLAP", "startsAt");
  });
});
