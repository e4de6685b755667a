import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
let ids: { ny: string; config: string; flag: string };

beforeAll(async () => {
  server = await startTestServer();
  await ok("createApp", { slug: "shop", name: "Shop" });
  await ok("createEnvironment", { app: "shop", name: "staging" });
  await ok("createKey", { app: "shop", name: "dark_mode", type: "INTEGER", defaultValue: 3 });
  await ok("createKey", { app: "shop", name: "other", type: "STRING", defaultValue: "" });
  await ok("createKey", { app: "shop", name: "old", type: "STRING", defaultValue: "" });
  await ok("archiveKey", { app: "shop", name: "old" });
  const ny = await ok(
    "createSegment",
    { app: "shop", name: "NY", condition: { city: "New York" } },
    "segment { id }",
  );
  const segmentId = server.read(ny, "segment.id");
  const rules = [{ segmentId, values: [{ key: "dark_mode", value: 4 }] }];
  const config = await ok(
    "createConfig",
    { app: "shop", name: "dark", keys: ["dark_mode"], rules },
    "config { id }",
  );
  for (const name of ["on", "taken"]) {
    await ok("createKey", { app: "shop", name, type: "BOOLEAN", defaultValue: false });
  }
  const made = await ok("createFlag", { app: "shop", name: "taken", key: "taken", rules: [] }, "flag { id }");
  ids = {
    ny: segmentId,
    config: server.read(config, "config.id"),
    flag: server.read(made, "flag.id"),
  };
});
afterAll(() => server.stop());

type Payload = { errors: { code: string; message: string; path: string[] }[] };

/** Sends a mutation with its one input. */
async function mutate(name: string, input: object, fields = ""): Promise<Payload> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const document = `mutation($input: ${type}!) { r: ${name}(input: $input) { ${fields} errors { code message path ... on InUseError { usedBy { name } } ... on VersionConflictError { expectedVersion actualVersion } } } }`;
  return ((await server.send(document, { input })) as { r: Payload }).r;
}

async function ok(name: string, input: object, fields = ""): Promise<Payload> {
  const payload = await mutate(name, input, fields);
  expect(payload.errors).toEqual([]);
  return payload;
}

const lastRevision = async (): Promise<number> => {
  const data = await server.send(`{ evaluate(app: "shop", user: { id: "u" }) { revision } }`);
  return server.read<number>(data, "evaluate.revision");
};

type Case = [what: string, mutation: string, input: () => object, code: string, path: string[]];

const key = (more: object) => () => ({
  app: "shop",
  name: "fresh",
  type: "STRING",
  defaultValue: "",
  ...more,
});
const valued = (type: string, defaultValue: unknown) => key({ type, defaultValue });
const segment = (condition: unknown) => () => ({ app: "shop", name: "fresh", condition });
const config = (more: object) => () => ({
  app: "shop",
  name: "fresh",
  keys: ["other"],
  rules: [{ values: [{ key: "other", value: "x" }] }],
  ...more,
});
const flag = (more: object) => () => ({ app: "shop", name: "fresh", key: "on", rules: [{}], ...more });
const ofFlag = (more: object) => () => ({ flagId: ids.flag, ...more });
const schedule = (more: object) => () => ({ configId: ids.config, version: 1, ...more });
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const nested = (depth: number): object => (depth === 0 ? { a: 1 } : { $and: [nested(depth - 1)] });

const CASES: Case[] = [
  ["an unknown app", "createKey", key({ app: "nowhere" }), "NOT_FOUND", ["app"]],
  [
    "an unknown key",
    "editKey",
    () => ({ app: "shop", name: "nope", defaultValue: "" }),
    "NOT_FOUND",
    ["name"],
  ],
  [
    "an unknown segment",
    "editSegment",
    () => ({ segmentId: "segment_shop_nope", name: "x" }),
    "NOT_FOUND",
    ["segmentId"],
  ],
  ["an id of nothing", "archiveSegment", () => ({ segmentId: "nonsense" }), "NOT_FOUND", []],
  ["an unknown version", "publishConfig", schedule({ version: 9 }), "NOT_FOUND", ["version"]],
  ["version 0", "publishConfig", schedule({ version: 0 }), "NOT_FOUND", ["version"]],
  [
    "an unknown environment",
    "publishConfig",
    schedule({ environment: "moon" }),
    "NOT_FOUND",
    ["environment"],
  ],
  ["a name with a space", "createKey", key({ name: "dark mode" }), "INVALID", ["name"]],
  ["an empty name", "createKey", key({ name: "" }), "INVALID", ["name"]],
  ["a name of 121 characters", "createKey", key({ name: "a".repeat(121) }), "INVALID", ["name"]],
  ["__proto__ as a name", "createKey", key({ name: "__proto__" }), "INVALID", ["name"]],
  ["constructor as a name", "createKey", key({ name: "constructor" }), "INVALID", ["name"]],
  ["a key that is taken", "createKey", key({ name: "other" }), "TAKEN", ["name"]],
  ["a key that an archived one has", "createKey", key({ name: "old" }), "TAKEN", ["name"]],
  ["a value of the wrong type", "createKey", valued("INTEGER", "4"), "INVALID", ["defaultValue"]],
  ["2^53", "createKey", valued("INTEGER", 2 ** 53), "INVALID", ["defaultValue"]],
  ["a FLOAT that overflows", "createKey", valued("FLOAT", 1e39), "INVALID", ["defaultValue"]],
  ["a MAP that is a list", "createKey", valued("MAP", []), "INVALID", ["defaultValue"]],
  [
    "a value against its schema",
    "createKey",
    key({ defaultValue: "abc", valueSchema: { maxLength: 2 } }),
    "INVALID",
    ["defaultValue"],
  ],
  [
    "a schema that is none",
    "createKey",
    key({ valueSchema: { type: "nonsense" } }),
    "INVALID",
    ["valueSchema"],
  ],
  [
    "a schema whose pattern RE2 refuses",
    "createKey",
    key({ valueSchema: { pattern: "(a)\\1" } }),
    "INVALID",
    ["valueSchema"],
  ],
  [
    "an unknown operator",
    "createSegment",
    segment({ age: { $gtt: 1 } }),
    "INVALID",
    ["condition", "age", "$gtt"],
  ],
  ["a condition of depth 9", "createSegment", segment(nested(9)), "INVALID", ["condition"]],
  [
    "201 conditions",
    "createSegment",
    segment({ $or: Array.from({ length: 201 }, (_, n) => ({ a: n })) }),
    "INVALID",
    ["condition"],
  ],
  ["a condition of 64 KiB", "createSegment", segment({ a: "x".repeat(65_536) }), "INVALID", ["condition"]],
  [
    "a $regex that RE2 refuses",
    "createSegment",
    segment({ a: { $regex: "(?=x)" } }),
    "INVALID",
    ["condition", "a", "$regex"],
  ],
  ["$in without a list", "createSegment", segment({ a: { $in: "x" } }), "INVALID", ["condition", "a", "$in"]],
  [
    "10,001 user ids",
    "createSegment",
    segment({ $userIn: Array.from({ length: 10_001 }, (_, n) => `u${n}`) }),
    "INVALID",
    ["condition", "$userIn"],
  ],
  [
    "a user list that was never stored",
    "createSegment",
    segment({ $userIn: { list: "0".repeat(64), count: 1 } }),
    "INVALID",
    ["condition", "$userIn"],
  ],
  [
    "a segment that is not there",
    "createSegment",
    segment({ $segment: "segment_shop_nope" }),
    "NOT_FOUND",
    ["condition"],
  ],
  ["a config without keys", "createConfig", config({ keys: [], rules: [] }), "INVALID", ["keys"]],
  [
    "a config of an archived key",
    "createConfig",
    config({ keys: ["old"], rules: [] }),
    "ARCHIVED",
    ["keys", "0"],
  ],
  [
    "a config of a key that another has",
    "createConfig",
    config({ keys: ["dark_mode"], rules: [] }),
    "IN_USE",
    ["keys", "0"],
  ],
  [
    "a percentage of 100.5",
    "createConfig",
    config({ rules: [{ percentage: 100.5, values: [{ key: "other", value: "x" }] }] }),
    "INVALID",
    ["rules", "0", "percentage"],
  ],
  [
    "a percentage of three decimals",
    "createConfig",
    config({ rules: [{ percentage: 0.125, values: [{ key: "other", value: "x" }] }] }),
    "INVALID",
    ["rules", "0", "percentage"],
  ],
  [
    "a value of a key that is not the config's",
    "createConfig",
    config({ rules: [{ values: [{ key: "old", value: "x" }] }] }),
    "INVALID",
    ["rules", "0", "values", "0", "key"],
  ],
  ["a flag on a key that isn't BOOLEAN", "createFlag", flag({ key: "other" }), "INVALID", ["key"]],
  ["a flag on a key that there is not", "createFlag", flag({ key: "nope" }), "NOT_FOUND", ["key"]],
  ["a flag on an archived key", "createFlag", flag({ key: "old" }), "ARCHIVED", ["key"]],
  ["a flag on a key that a flag has", "createFlag", flag({ key: "taken" }), "IN_USE", ["key"]],
  ["a flag on a key that a config has", "createFlag", flag({ key: "dark_mode" }), "IN_USE", ["key"]],
  [
    "a config of a key that a flag has",
    "createConfig",
    config({ keys: ["taken"], rules: [] }),
    "IN_USE",
    ["keys", "0"],
  ],
  ["a flag's name that is taken", "createFlag", flag({ name: "taken" }), "TAKEN", ["name"]],
  [
    "a flag's percentage of -1",
    "createFlag",
    flag({ rules: [{ percentage: -1 }] }),
    "INVALID",
    ["rules", "0", "percentage"],
  ],
  [
    "a flag's percentage of 100.01",
    "createFlag",
    flag({ rules: [{}, { percentage: 100.01 }] }),
    "INVALID",
    ["rules", "1", "percentage"],
  ],
  [
    "a flag's percentage of three decimals",
    "createFlag",
    flag({ rules: [{ percentage: 33.333 }] }),
    "INVALID",
    ["rules", "0", "percentage"],
  ],
  ["a flag of 101 rules", "createFlag", flag({ rules: Array(101).fill({}) }), "LIMIT_REACHED", ["rules"]],
  [
    "a flag's rule for a segment that there is not",
    "createFlag",
    flag({ rules: [{ segmentId: "segment_shop_nope" }] }),
    "NOT_FOUND",
    ["rules", "0", "segmentId"],
  ],
  ["the id of a config for a flag", "disableFlag", () => ({ flagId: ids.config }), "NOT_FOUND", ["flagId"]],
  [
    "a flag disabled in no environment",
    "disableFlag",
    ofFlag({ environment: "moon" }),
    "NOT_FOUND",
    ["environment"],
  ],
  ["a flag's version that there is not", "publishFlag", ofFlag({ version: 2 }), "NOT_FOUND", ["version"]],
  ["a note of 2,001 characters", "disableFlag", ofFlag({ note: "x".repeat(2_001) }), "INVALID", ["note"]],
  ["a note with a control character", "enableFlag", ofFlag({ note: "a\u0007b" }), "INVALID", ["note"]],
  [
    "a flag promoted that is active nowhere",
    "promote",
    () => ({ app: "shop", from: "staging", to: "production", flagIds: [ids.flag] }),
    "WRONG_STATE",
    ["flagIds", "0"],
  ],
  [
    "a schedule in the past",
    "scheduleConfig",
    schedule({ startsAt: "2020-01-01T00:00:00Z" }),
    "INVALID",
    ["startsAt"],
  ],
  [
    "an end before the start",
    "scheduleConfig",
    schedule({ startsAt: inAnHour(), endsAt: new Date().toISOString() }),
    "INVALID",
    ["endsAt"],
  ],
  [
    "expectedVersion that moved",
    "editConfig",
    () => ({ configId: ids.config, expectedVersion: 7, note: "x" }),
    "VERSION_CONFLICT",
    ["expectedVersion"],
  ],
];

describe("each of these is refused with a code, words and a path, and nothing is appended", () => {
  it.each(CASES)("%s", async (_what, mutation, input, code, path) => {
    const before = await lastRevision();
    const { errors } = await mutate(mutation, input());
    expect(errors.map((error) => error.code)).toContain(code);
    const error = errors.find((candidate) => candidate.code === code);
    expect(error?.path.slice(0, path.length)).toEqual(path);
    expect(error?.message.length).toBeGreaterThan(15);
    expect(await lastRevision()).toBe(before);
  });

  it.each([
    ["U+0000 in a string", { description: "a\u0000b" }],
    ["a lone surrogate", { description: "a\ud800b" }],
  ])("%s", async (_what, more) => {
    const before = await lastRevision();
    const { status, body } = await server.post({
      query: `mutation($input: CreateKeyInput!) { createKey(input: $input) { errors { code path } } }`,
      variables: { input: key(more)() },
    });
    const refused = JSON.stringify(body);
    expect(status).toBeLessThan(500);
    expect(refused).toMatch(/BAD_USER_INPUT|INVALID/);
    expect(refused).toContain("description");
    expect(await lastRevision()).toBe(before);
  });

  it.each(["1e999", "-1e999"])("the number %s, which JSON makes infinite", async (number) => {
    const before = await lastRevision();
    const { body } = await server.post(
      `{"query":"mutation($v: JSON!) { createKey(input: { app: \\"shop\\", name: \\"fresh\\", type: DOUBLE, defaultValue: $v }) { errors { code } } }","variables":{"v":${number}}}`,
    );
    expect(JSON.stringify(body)).toMatch(/BAD_USER_INPUT|INVALID/);
    expect(await lastRevision()).toBe(before);
  });

  it("the year 275761", async () => {
    const { body } = await server.post({
      query: `mutation($input: ScheduleConfigInput!) { scheduleConfig(input: $input) { errors { code } } }`,
      variables: { input: { configId: ids.config, version: 1, startsAt: "+275761-01-01T00:00:00Z" } },
    });
    expect(body.errors?.[0]?.extensions?.["code"]).toBe("BAD_USER_INPUT");
  });
});

describe("a rule's value that is no boolean", () => {
  it.each(["yes", 1])("is refused before anything is decided: %p", async (value) => {
    const before = await lastRevision();
    const { body } = await server.post({
      query: `mutation($input: CreateFlagInput!) { createFlag(input: $input) { errors { code } } }`,
      variables: { input: flag({ rules: [{ value }] })() },
    });
    expect(body.errors?.[0]?.extensions?.["code"]).toBe("BAD_USER_INPUT");
    expect(await lastRevision()).toBe(before);
  });
});

describe("rules that take several steps to break", () => {
  it("refuses a segment that refers to itself through two others", async () => {
    const make = async (name: string, condition: object) =>
      server.read(
        await ok("createSegment", { app: "shop", name, condition }, "segment { id }"),
        "segment.id",
      );
    const a = await make("a", { x: 1 });
    const b = await make("b", { $segment: a });
    const c = await make("c", { $segment: b });
    const { errors } = await mutate("editSegment", { segmentId: a, condition: { $segment: c } });
    expect(errors).toMatchObject([{ code: "CYCLE" }]);
  });

  it("refuses a schema that a value in use fails, and says where", async () => {
    const { errors } = await mutate("editKey", {
      app: "shop",
      name: "dark_mode",
      valueSchema: { maximum: 3 },
    });
    expect(errors[0]?.message).toContain("dark");
    expect(errors).toMatchObject([{ code: "IN_USE", path: ["valueSchema"] }]);
  });

  it("shows both sides where expectedVersion moved", async () => {
    const { errors } = await mutate("editConfig", { configId: ids.config, expectedVersion: 5, note: "mine" });
    expect(errors).toMatchObject([{ code: "VERSION_CONFLICT", expectedVersion: 5, actualVersion: 1 }]);
  });

  it("lists every reason why an old version cannot be published", async () => {
    await ok("createKey", { app: "shop", name: "left", type: "STRING", defaultValue: "" });
    await ok("createKey", { app: "shop", name: "right", type: "STRING", defaultValue: "" });
    const made = await ok(
      "createConfig",
      { app: "shop", name: "two keys", keys: ["left", "right"], rules: [] },
      "config { id }",
    );
    const configId = server.read(made, "config.id");
    await ok("createKey", { app: "shop", name: "third", type: "STRING", defaultValue: "" });
    await ok("editConfig", { configId, keys: ["third"], rules: [] });
    await ok("archiveKey", { app: "shop", name: "left" });
    await ok("createConfig", { app: "shop", name: "takes right", keys: ["right"], rules: [] });
    const { errors } = await mutate("publishConfig", { configId, version: 1 });
    expect(errors.map(({ code }) => code).sort()).toEqual(["ARCHIVED", "IN_USE"]);
  });

  it("refuses a command id that was used for something else", async () => {
    const named = (name: string) => ({
      app: "shop",
      name,
      type: "STRING",
      defaultValue: "",
      commandId: "once",
    });
    await ok("createKey", named("first"));
    await ok("createKey", named("first"));
    const { errors } = await mutate("createKey", named("second"));
    expect(errors).toMatchObject([{ code: "COMMAND_ID_REUSED", path: ["commandId"] }]);
  });

  it("refuses the 501st key, and takes one more after another was archived", async () => {
    await ok("createApp", { slug: "full", name: "Full" });
    const create = (name: string) =>
      mutate("createKey", { app: "full", name, type: "STRING", defaultValue: "" });
    for (let start = 0; start < 500; start += 50) {
      const batch = await Promise.all(Array.from({ length: 50 }, (_, index) => create(`k${start + index}`)));
      expect(batch.flatMap(({ errors }) => errors)).toEqual([]);
    }
    expect((await create("one_more")).errors).toMatchObject([{ code: "LIMIT_REACHED" }]);
    await ok("archiveKey", { app: "full", name: "k0" });
    expect((await create("one_more")).errors).toEqual([]);
  });
});

describe("cursors of the feed", () => {
  const page = (after: string) =>
    server.post({
      query: `query($after: String!) { changes(app: "shop", after: $after, first: 1) { endCursor } }`,
      variables: { after },
    });

  it("are refused when forged or of another app, with words that say to start over", async () => {
    const data = await server.send(`{ changes(app: "shop", startAt: BEGINNING, first: 1) { endCursor } }`);
    const cursor = server.read(data, "changes.endCursor");
    await ok("createApp", { slug: "elsewhere", name: "Elsewhere" });
    const elsewhere = await server.send(
      `{ changes(app: "elsewhere", startAt: BEGINNING, first: 1) { endCursor } }`,
    );
    const forged = `${cursor.slice(0, -2)}${cursor.endsWith("AA") ? "BB" : "AA"}`;
    for (const bad of [forged, server.read(elsewhere, "changes.endCursor"), "", "x"]) {
      const { body } = await page(bad);
      expect(body.errors?.[0]?.extensions?.["code"]).toBe("CURSOR_UNKNOWN");
      expect(body.errors?.[0]?.message).toMatch(/start over|resync|beginning/i);
    }
  });
});
