import { Client } from "pg";
import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await server.send(
    `mutation {
      createApp(input: { slug: "shop", name: "Shop" }) { errors { message } }
      a: createKey(input: { app: "shop", name: "a", type: INTEGER, defaultValue: 1 }) { errors { message } }
      b: createKey(input: { app: "shop", name: "b", type: INTEGER, defaultValue: 1 }) { errors { message } }
      first: createConfig(input: { app: "shop", name: "First", keys: ["a"], rules: [{ values: [{ key: "a", value: 2 }] }] }) { errors { message } }
      second: createConfig(input: { app: "shop", name: "Second", keys: ["b"], rules: [{ values: [{ key: "b", value: 3 }] }] }) { errors { message } }
    }`,
  );
});
afterAll(() => server.stop());

/** The configs with what is asked of them, and how many statements read contents of versions for it. */
async function configsWith(fields: string): Promise<{ nodes: unknown; readings: number }> {
  const statements = jest.spyOn(Client.prototype, "query");
  try {
    const data = await server.send(`{ app(slug: "shop") { configs(first: 10) { nodes { ${fields} } } } }`);
    const texts = statements.mock.calls.map(([statement]) => (statement as unknown as { text: string }).text);
    const readings = texts.filter((text) => /versions\.(\*|content)/.test(text)).length;
    return { nodes: server.read(data, "app.configs.nodes"), readings };
  } finally {
    statements.mockRestore();
  }
}

describe("lists of configs", () => {
  it("read no content of a version where nobody asks for rules", async () => {
    const shown = "name keys { name } latestVersion { number note } versions { nodes { number } }";
    expect((await configsWith(shown)).readings).toBe(0);
  });

  it("read the contents of all versions at once where somebody does", async () => {
    const version = "keys { name } rules { values { key value } }";
    const { nodes, readings } = await configsWith(
      `name latestVersion { ${version} } versions(first: 5) { nodes { ${version} } }`,
    );
    const first = { keys: [{ name: "a" }], rules: [{ values: [{ key: "a", value: 2 }] }] };
    const second = { keys: [{ name: "b" }], rules: [{ values: [{ key: "b", value: 3 }] }] };
    expect(nodes).toEqual([
      { name: "First", latestVersion: first, versions: { nodes: [first] } },
      { name: "Second", latestVersion: second, versions: { nodes: [second] } },
    ]);
    expect(readings).toBeGreaterThan(0);
    expect(readings).toBeLessThanOrEqual(2);
  });
});
