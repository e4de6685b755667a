import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startedServer, type BuiltServer } from "../support/builtServer";
import { freshDatabase } from "../support/postgres";
import { rounds } from "../support/rounds";

/** How often a server is killed. */
const ROUNDS = rounds(3, 25);

jest.setTimeout(rounds(120_000, 900_000));

const CREATE = `mutation($name: String!, $id: String!) { createKey(input: { app: "shop", name: $name, type: STRING, defaultValue: "", commandId: $id }) { errors { code } } }`;

/** Creates keys until the server is gone; answers the names that were acknowledged. */
async function createUntilGone(server: BuiltServer, prefix: string): Promise<string[]> {
  const acknowledged: string[] = [];
  const worker = async (worker: number) => {
    for (let index = 0; ; index++) {
      const name = `${prefix}_${worker}_${index}`;
      try {
        const data = (await server.post(CREATE, { name, id: name })) as { createKey: { errors: unknown[] } };
        if (data.createKey.errors.length === 0) acknowledged.push(name);
      } catch {
        return;
      }
    }
  };
  const working = Promise.all([0, 1, 2, 3].map(worker));
  while (acknowledged.length < 12) await new Promise((resolve) => setTimeout(resolve, 5));
  await server.kill("SIGKILL");
  await working;
  return acknowledged;
}

async function keyNames(server: BuiltServer): Promise<string[]> {
  const names: string[] = [];
  let after: string | null = null;
  do {
    const data = (await server.post(
      `query($after: String) { app(slug: "shop") { keys(first: 100, after: $after) { nodes { name } pageInfo { endCursor hasNextPage } } } }`,
      { after },
    )) as {
      app: { keys: { nodes: { name: string }[]; pageInfo: { endCursor: string; hasNextPage: boolean } } };
    };
    names.push(...data.app.keys.nodes.map(({ name }) => name));
    after = data.app.keys.pageInfo.hasNextPage ? data.app.keys.pageInfo.endCursor : null;
  } while (after !== null);
  return names;
}

async function changes(
  server: BuiltServer,
): Promise<{ cursor: string; event: { type: string; subject: string } }[]> {
  const data = (await server.post(
    `{ changes(app: "shop", startAt: BEGINNING, first: 1000) { items { cursor kind event { id type subject time before after } } } }`,
  )) as { changes: { items: { cursor: string; event: { type: string; subject: string } }[] } };
  return data.changes.items;
}

async function survives(environment: Record<string, string>): Promise<void> {
  let server = await startedServer(environment);
  await server.post(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
  const acknowledged: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    acknowledged.push(...(await createUntilGone(server, `r${round}`)));
    server = await startedServer(environment);
    const names = await keyNames(server);
    expect(names).toEqual(expect.arrayContaining(acknowledged));
    // What was under way may or may not have been done, but nothing was done twice or by half.
    const created = (await changes(server)).filter(({ event }) => event.type === "KeyCreated");
    expect(created).toHaveLength(names.length);
  }
  const before = await changes(server);
  // A client that never got an answer sends the same command again: it is done once.
  const data = (await server.post(CREATE, { name: acknowledged[0], id: acknowledged[0] })) as {
    createKey: { errors: unknown[] };
  };
  expect(data.createKey.errors).toEqual([]);
  expect(await changes(server)).toEqual(before);
  await server.kill("SIGTERM");
  server = await startedServer(environment);
  expect(await changes(server)).toEqual(before);
  expect(await server.kill("SIGTERM")).toBe(0);
}

describe("a server that is killed in the middle of mutations", () => {
  it("has lost nothing that it acknowledged, on a database of its own", async () => {
    const { url, drop } = await freshDatabase();
    await survives({ DATABASE_URL: url });
    await drop();
  });

  it("has lost nothing that it acknowledged, with the embedded database", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pe-crash-"));
    await survives({ DATA_DIR: folder });
    await rm(folder, { recursive: true, force: true });
  });
});
