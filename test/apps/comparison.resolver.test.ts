import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
const ids: Record<string, string> = {};
beforeAll(async () => {
  server = await startTestServer();
  await done("createApp", `slug: "shop", name: "Shop"`);
  await done("createEnvironment", `app: "shop", name: "staging"`);
  for (const name of ["a", "b", "c"]) {
    await done("createKey", `app: "shop", name: "${name}", type: INTEGER, defaultValue: 0`);
    const config = await done(
      "createConfig",
      `app: "shop", name: "Config ${name}", keys: ["${name}"], rules: [${rule(name, 1)}]`,
      "config { id }",
    );
    ids[name] = server.read(config, "config.id");
  }
});
afterAll(() => server.stop());

type Payload = { errors: object[] };
const rule = (key: string, value: number) => `{ values: [{ key: "${key}", value: ${value} }] }`;

async function done(mutation: string, input: string, shows = ""): Promise<Payload> {
  const document = `mutation { ${mutation}(input: { ${input} }) { ${shows} errors { code path message } } }`;
  const payload = server.read<Payload>(await server.send(document), mutation);
  expect(payload.errors).toEqual([]);
  return payload;
}
const publish = (name: string, version: number, environment: string) =>
  done("publishConfig", `configId: "${ids[name]}", version: ${version}, environment: "${environment}"`);
const compare = async (args: string) => {
  const shows = "release { __typename name } fromVersion toVersion changes { path before after }";
  const data = await server.send(
    `{ compareEnvironments(app: "shop", ${args}) { totalCount nodes { ${shows} } pageInfo { endCursor hasNextPage } } }`,
  );
  return server.read<{ totalCount: number; nodes: object[]; pageInfo: { endCursor: string } }>(
    data,
    "compareEnvironments",
  );
};
const BETWEEN = `from: "staging", to: "production"`;
const PROMOTED = "promoted { release { name } previousVersion version changes { path before after } }";

it("two environments are compared by what is active in them", async () => {
  await publish("a", 1, "production");
  await done("editConfig", `configId: "${ids["a"]}", rules: [${rule("a", 2)}]`);
  await publish("a", 2, "staging");
  await publish("b", 1, "staging");
  await publish("c", 1, "staging");
  await publish("c", 1, "production");
  const { totalCount, nodes } = await compare(BETWEEN);
  expect(totalCount).toBe(2);
  expect(nodes).toMatchObject([
    { release: { __typename: "Config", name: "Config a" }, fromVersion: 2, toVersion: 1 },
    { release: { name: "Config b" }, fromVersion: 1, toVersion: null },
  ]);
  const all = await compare(`${BETWEEN}, includesSame: true`);
  expect(all.nodes[2]).toEqual({
    release: { __typename: "Config", name: "Config c" },
    fromVersion: 1,
    toVersion: 1,
    changes: [],
  });
});

it("the comparison comes in pages, each config once", async () => {
  const first = await compare(`${BETWEEN}, first: 1`);
  const second = await compare(`${BETWEEN}, first: 1, after: "${first.pageInfo.endCursor}"`);
  expect([...first.nodes, ...second.nodes]).toMatchObject([
    { release: { name: "Config a" } },
    { release: { name: "Config b" } },
  ]);
  expect(second).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: false } });
});

it("what promoting would change is said before it is done, and again when it is", async () => {
  const input = `app: "shop", ${BETWEEN}, configIds: ["${ids["b"]}", "${ids["a"]}"]`;
  const planned = await done("promote", `${input}, validateOnly: true`, PROMOTED);
  expect(planned).toMatchObject({
    promoted: [
      { release: { name: "Config b" }, previousVersion: null, version: 1 },
      {
        release: { name: "Config a" },
        previousVersion: 1,
        version: 2,
        changes: [
          { before: { values: [{ key: "a", value: 1 }] }, after: null },
          { before: null, after: { values: [{ key: "a", value: 2 }] } },
        ],
      },
    ],
  });
  expect((await compare(BETWEEN)).totalCount).toBe(2);
  expect(await done("promote", input, PROMOTED)).toEqual(planned);
  expect((await compare(BETWEEN)).nodes).toEqual([]);
});

it("an environment that there is not is told from one where nothing is active", async () => {
  const { body } = await server.post({
    query: `{ compareEnvironments(app: "shop", from: "staging", to: "nowhere") { totalCount } }`,
  });
  expect(body.errors).toMatchObject([{ extensions: { code: "NOT_FOUND", path: ["to"] } }]);
});

it("nothing is promoted if something among it cannot be", async () => {
  await done("unpublishConfig", `configId: "${ids["b"]}", environment: "staging"`);
  await publish("a", 1, "staging");
  const data = await server.send(
    `mutation { promote(input: { app: "shop", ${BETWEEN}, configIds: ["${ids["a"]}", "${ids["b"]}"] }) { promoted { version } errors { code path } } }`,
  );
  expect(data).toEqual({
    promote: { promoted: null, errors: [{ code: "WRONG_STATE", path: ["configIds", "1"] }] },
  });
  expect((await compare(BETWEEN)).totalCount).toBe(2);
});
