import { Client } from "pg";
import { startTestServer, type TestServer } from "../support/wholeServer";

const PAGE_SIZE = 100;
const PAGES = 5;
const KEYS_PER_CONFIG = 50;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { message } } }`);
  for (let first = 0; first < PAGES * PAGE_SIZE; first += KEYS_PER_CONFIG) {
    const names = Array.from({ length: KEYS_PER_CONFIG }, (_, index) => `key_${first + index}`);
    for (const name of names) await server.send(CREATE_KEY, { name });
    await server.send(CREATE_CONFIG, { name: `config ${first}`, keys: names });
  }
}, 120_000);
afterAll(() => server.stop());

const CREATE_KEY = `mutation($name: String!) {
  createKey(input: { app: "shop", name: $name, type: INTEGER, defaultValue: 1 }) { errors { message } } }`;
const CREATE_CONFIG = `mutation($name: String!, $keys: [String!]!) {
  createConfig(input: { app: "shop", name: $name, keys: $keys, rules: [] }) { errors { message } } }`;

type Listed = Record<
  string,
  { nodes: { name: string; usedBy: { name: string }[] }[]; pageInfo: { endCursor: string } }
>;

/** Who asks is looked up again now and then, and so is what is due, whatever else is asked. */
const BESIDE = /models\.(tokens|scheduled_publications)\b/;

/** The keys of pages that begin after each of these cursors, in one request, with the statements that read models got for it. */
async function keysWithUses(first: number, cursors: readonly (string | null)[]) {
  const pages = cursors.map(
    (after, index) =>
      `page${index}: keys(first: ${first}, after: ${JSON.stringify(after)}) {
         nodes { name usedBy { name } } pageInfo { endCursor } }`,
  );
  const statements = jest.spyOn(Client.prototype, "query");
  try {
    const { app } = (await server.send(`{ app(slug: "shop") { ${pages.join("\n")} } }`)) as { app: Listed };
    const texts = statements.mock.calls.map(([statement]) => (statement as unknown as { text: string }).text);
    return {
      pages: Object.values(app),
      statements: texts.filter((text) => text.includes("from models.") && !BESIDE.test(text)).length,
    };
  } finally {
    statements.mockRestore();
  }
}

/** The cursor before each full page. */
async function cursorsOfPages(): Promise<(string | null)[]> {
  const cursors: (string | null)[] = [null];
  while (cursors.length < PAGES) {
    const { pages } = await keysWithUses(PAGE_SIZE, cursors.slice(-1));
    cursors.push(pages[0]?.pageInfo.endCursor ?? null);
  }
  return cursors;
}

describe("keys with their uses", () => {
  it("cost as many statements for a full page as for one key", async () => {
    const [one, full] = [await keysWithUses(1, [null]), await keysWithUses(PAGE_SIZE, [null])];
    expect([one.pages[0]?.nodes.length, full.pages[0]?.nodes.length]).toEqual([1, PAGE_SIZE]);
    expect(one.statements).toBeGreaterThan(0);
    expect(full.statements).toBe(one.statements);
  });

  it("cost no more for 500 keys in one request than for one key in each of its pages", async () => {
    const { statements } = await keysWithUses(1, [null]);
    const all = await keysWithUses(PAGE_SIZE, await cursorsOfPages());
    const keys = all.pages.flatMap(({ nodes }) => nodes);
    expect(new Set(keys.map(({ name }) => name)).size).toBe(PAGES * PAGE_SIZE);
    expect(keys.filter(({ usedBy }) => usedBy.length !== 1)).toEqual([]);
    expect(all.statements).toBeLessThanOrEqual(PAGES * statements);
  });
});
