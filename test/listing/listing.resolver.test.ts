import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
let configId: string;
const LISTS = ["keys", "segments", "goals", "configs", "flags", "experiments"] as const;

beforeAll(async () => {
  server = await startTestServer();
  // A key is in a config or in a flag, so flags have an app of their own.
  for (const app of ["shop", "flags"]) {
    await server.send(
      `mutation($app: String!) { createApp(input: { slug: $app, name: "Shop" }) { errors { code } } }`,
      { app },
    );
  }
  for (const name of ["alpha", "beta", "gamma"]) {
    const made = await server.send(
      `mutation($name: String!, $condition: JSON!) {
         k: createKey(input: { app: "shop", name: $name, type: INTEGER, defaultValue: 3 }) { made: key { id } }
         s: createSegment(input: { app: "shop", name: $name, condition: $condition }) { made: segment { id } }
         g: createGoal(input: { app: "shop", name: $name, events: [{ name: "Charged" }] }) { made: goal { id } }
         c: createConfig(input: { app: "shop", name: $name, keys: [$name], rules: [] }) { made: config { id } }
         b: createKey(input: { app: "flags", name: $name, type: BOOLEAN, defaultValue: false }) { errors { code } }
         f: createFlag(input: { app: "flags", name: $name, key: $name, rules: [] }) { made: flag { id } }
       }`,
      { name, condition: { city: "Berlin" } },
    );
    const tested = await server.send(
      `mutation($name: String!, $goals: [ID!]!) {
         e: createExperiment(input: { app: "shop", name: $name, goals: $goals, variations: [
           { name: "control", weight: 50 }, { name: "four", weight: 50, values: [{ key: $name, value: 4 }] }] }) { made: experiment { id } }
       }`,
      { name, goals: [server.read(made, "g.made.id")] },
    );
    const ids = ["k", "s", "g", "c", "f"].map((alias) => server.read(made, `${alias}.made.id`));
    ids.push(server.read(tested, "e.made.id"));
    if (name === "alpha") configId = ids[3] ?? "";
    if (name !== "beta") continue;
    for (const id of ids) {
      const input = { id, tags: ["x", "y"], owner: "Team", removeBy: "2026-06-01T00:00:00Z" };
      await server.send(
        `mutation($input: SetLabelsInput!) { setLabels(input: $input) { errors { code } } }`,
        { input },
      );
    }
  }
});
afterAll(() => server.stop());

type List = {
  totalCount: number;
  nodes: { name: string }[];
  pageInfo: { endCursor: string; hasNextPage: boolean };
};
const document = (list: string, args: string) =>
  `{ app(slug: "${list === "flags" ? "flags" : "shop"}") { ${list}(${args}) { totalCount nodes { name } pageInfo { endCursor hasNextPage } } } }`;
const list = async (name: string, args: string): Promise<List> =>
  server.read(await server.send(document(name, args)), `app.${name}`);
const names = async (name: string, args: string) => (await list(name, args)).nodes.map((node) => node.name);
const refusal = async (name: string, args: string) => {
  const { body } = await server.post({ query: document(name, args) });
  return body.errors?.[0]?.extensions;
};

describe.each(LISTS)("the list of %s", (name) => {
  it("is filtered by text, tags, owner, author and removal date, and its count is too", async () => {
    for (const filter of [
      `text: "ETA"`,
      `tags: ["x"]`,
      `tags: ["y", "x"]`,
      `owners: ["Team", "Nobody"]`,
      `removeBy: "2026-06-01T00:00:00Z"`,
    ]) {
      const { totalCount, nodes } = await list(name, `filter: { ${filter} }`);
      expect([filter, totalCount, nodes]).toEqual([filter, 1, [{ name: "beta" }]]);
    }
    expect(await names(name, `filter: { tags: ["x", "z"] }`)).toEqual([]);
    expect(await names(name, `filter: { authors: ["nobody"] }`)).toEqual([]);
    expect(await names(name, `filter: { removeBy: "2026-05-31T23:59:59Z" }`)).toEqual([]);
  });

  it("is ordered by name, creation or change, from either end", async () => {
    expect(await names(name, "orderBy: { direction: DESC }")).toEqual(["gamma", "beta", "alpha"]);
    expect(await names(name, "orderBy: { by: CREATED }")).toEqual(["alpha", "beta", "gamma"]);
    expect(await names(name, "orderBy: { by: CHANGED, direction: DESC }, first: 1")).toEqual(["gamma"]);
  });

  it("goes on by its cursor in the same order, and refuses one of another order", async () => {
    const first = await list(name, "first: 1, orderBy: { by: CREATED, direction: DESC }");
    const after = `after: "${first.pageInfo.endCursor}"`;
    expect(await names(name, `first: 1, orderBy: { by: CREATED, direction: DESC }, ${after}`)).toEqual([
      "beta",
    ]);
    for (const order of ["by: CREATED", "by: CHANGED, direction: DESC", "by: NAME"]) {
      expect(await refusal(name, `orderBy: { ${order} }, ${after}`)).toMatchObject({
        code: "BAD_USER_INPUT",
        path: ["after"],
      });
    }
  });

  it("bounds what it is filtered by", async () => {
    const many = (count: number) => JSON.stringify(Array.from({ length: count }, (_, index) => `t${index}`));
    expect(await names(name, `filter: { text: "${"x".repeat(200)}", tags: ${many(50)} }`)).toEqual([]);
    const text = { code: "BAD_USER_INPUT", path: ["filter", "text"] };
    expect(await refusal(name, `filter: { text: "${"x".repeat(201)}" }`)).toMatchObject(text);
    expect(await refusal(name, `filter: { text: "${"x".repeat(10_000)}" }`)).toMatchObject(text);
    expect(await refusal(name, `filter: { text: "a\\u0000" }`)).toMatchObject({ code: "BAD_USER_INPUT" });
    for (const member of ["tags", "owners", "authors"]) {
      const refused = { code: "BAD_USER_INPUT", path: ["filter", member] };
      expect(await refusal(name, `filter: { ${member}: ${many(51)} }`)).toMatchObject(refused);
      expect(await refusal(name, `filter: { ${member}: ["${"x".repeat(201)}"] }`)).toMatchObject(refused);
    }
  });
});

describe("the list of configs", () => {
  it("is filtered by how they stand in an environment", async () => {
    const startsAt = new Date(server.clock.now().getTime() + 3_600_000).toISOString();
    await server.send(
      `mutation($id: ID!, $at: DateTime!) {
         createEnvironment(input: { app: "shop", name: "staging" }) { errors { code } }
         publishConfig(input: { configId: $id, version: 1 }) { errors { code } }
         scheduleConfig(input: { configId: $id, version: 1, startsAt: $at, environment: "staging" }) { errors { code } }
       }`,
      { id: configId, at: startsAt },
    );
    const by = (status: string) => names("configs", `filter: { ${status} }`);
    expect(await by("statuses: [PUBLISHED]")).toEqual(["alpha"]);
    expect(await by("statuses: [UNPUBLISHED]")).toEqual(["beta", "gamma"]);
    expect(await by("statuses: [PUBLISHED, UNPUBLISHED]")).toEqual(["alpha", "beta", "gamma"]);
    expect(await by("statuses: [SCHEDULED]")).toEqual([]);
    expect(await by(`statuses: [SCHEDULED], environment: "staging"`)).toEqual(["alpha"]);
    expect(await by(`statuses: [SUSPENDED], environment: "staging"`)).toEqual([]);
    expect(await by(`statuses: [PUBLISHED], environment: "staging"`)).toEqual([]);
    expect(await by("statuses: []")).toEqual([]);
  });
});
