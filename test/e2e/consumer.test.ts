import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Change, ChangeEvent, ChangesOptions } from "../../packages/consumer/index.js" with {
  "resolution-mode": "import",
};
import { BUILT_TOKEN, startedServer, type BuiltServer } from "../support/builtServer";
import { freshDatabase } from "../support/postgres";
import { rounds } from "../support/rounds";
import { until } from "../support/until";

jest.setTimeout(rounds(120_000, 900_000));

/** How often the server is killed under the consumer. */
const KILLS = rounds(3, 20);
/** How many changes it must have seen before the server is killed again. */
const CHANGES_BETWEEN_KILLS = 5;

const PACKAGE = join(__dirname, "../../packages/consumer");
const consumer = () => import("../../packages/consumer/index.js");

let database: Awaited<ReturnType<typeof freshDatabase>>;
let environment: Record<string, string>;
let server: BuiltServer;
beforeAll(async () => {
  database = await freshDatabase();
  environment = { DATABASE_URL: database.url, PORT: String(await freePort()) };
  server = await startedServer(environment);
  await server.post(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
  await server.post(
    `mutation { createKey(input: { app: "shop", name: "colour", type: STRING, defaultValue: "" }) { errors { code } } }`,
  );
});
afterAll(async () => {
  await server.kill("SIGTERM");
  await database.drop();
});

const EDIT = `mutation($value: JSON!, $id: String!) { editKey(input: { app: "shop", name: "colour", defaultValue: $value, commandId: $id }) { errors { code } } }`;

const options = (more: Partial<ChangesOptions> = {}): ChangesOptions => ({
  url: server.address,
  token: BUILT_TOKEN,
  app: "shop",
  startAt: "BEGINNING",
  ...more,
});

describe("the consumer package", () => {
  it(`sees every change once and in order, though the server is killed ${KILLS} times`, async () => {
    const { changes } = await consumer();
    const ended = new AbortController();
    const seen: ChangeEvent[] = [];
    let lost = 0;
    const following = follow(changes(options({ signal: ended.signal, onLost: () => (lost += 1) })), (event) =>
      seen.push(event),
    );
    let isEditing = true;
    const editing = (async () => {
      // Sent again until it is answered, under the same command id.
      for (let index = 0; isEditing; index++) while (isEditing && !(await isEdited(`value ${index}`)));
    })();
    for (let kill = 0; kill < KILLS; kill++) {
      const until = seen.length + CHANGES_BETWEEN_KILLS;
      while (seen.length < until) await new Promise((resolve) => setTimeout(resolve, 5));
      await server.kill("SIGKILL");
      server = await startedServer(environment);
    }
    isEditing = false;
    await editing;
    const all = await everyEvent();
    while (seen.length < all.length) await new Promise((resolve) => setTimeout(resolve, 5));
    ended.abort();
    await following;
    expect(seen.map(({ id, sequence }) => [id, sequence])).toEqual(
      all.map(({ id, sequence }) => [id, sequence]),
    );
    expect(lost).toBeGreaterThanOrEqual(KILLS);
  });

  it("goes on from a cursor that was kept", async () => {
    const { changes } = await consumer();
    const [first, second] = await take(changes(options()), 2);
    const [next] = await take(changes(options({ startAt: undefined, after: first?.cursor } as object)), 1);
    expect(next).toEqual(second);
  });

  it("starts from a snapshot, and has what a follower from the beginning has", async () => {
    const { changes, snapshot } = await consumer();
    const { cursor, items } = await snapshot({ url: server.address, token: BUILT_TOKEN, app: "shop" });
    const names = items.map(({ entityKind }) => entityKind).sort();
    expect(names).toEqual(["App", "Environment", "Key"]);
    await server.post(EDIT, { value: "after the snapshot", id: "after the snapshot" });
    const [next] = await take(changes(options({ startAt: undefined, after: cursor } as object)), 1);
    expect(next?.event).toMatchObject({ type: "KeyEdited", after: { defaultValue: "after the snapshot" } });
  });

  it("takes the filters of the feed", async () => {
    const { changes } = await consumer();
    const taken = await take(
      changes(options({ types: ["AppCreated", "EnvironmentCreated"], kinds: ["Environment"] })),
      1,
    );
    expect(taken.map(({ event }) => event?.type)).toEqual(["EnvironmentCreated"]);
  });

  it("takes tags as they stand, with their commas", async () => {
    const { changes } = await consumer();
    const data = await server.post(`{ key(app: "shop", name: "colour") { id } }`);
    const { key } = data as { key: { id: string } };
    for (const tags of [["red"], ["green"], ["red, green"]]) {
      const labels = `mutation($id: ID!, $tags: [String!]!) { setLabels(input: { id: $id, tags: $tags }) { errors { code } } }`;
      await server.post(labels, { id: key.id, tags });
    }
    const [labelled] = await take(changes(options({ tags: ["red, green"] })), 1);
    expect(labelled?.event?.after).toMatchObject({ tags: ["red, green"] });
  });

  it("keeps a cache by the program in its README", async () => {
    const readme = await readFile(join(PACKAGE, "README.md"), "utf8");
    const program = /```js\n(.*?)```/s.exec(readme)?.[1];
    expect(program).toBeDefined();
    expect(program?.trim().split("\n").length).toBeLessThanOrEqual(15);
    const folder = await mkdtemp(join(tmpdir(), "cache-"));
    const text = `process.chdir(${JSON.stringify(folder)});\n${program?.replace("http://127.0.0.1:4000", server.address)}`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", text], {
      cwd: PACKAGE,
      env: { ...process.env, TOKEN: BUILT_TOKEN },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const ended = once(child, "close");
    await server.post(EDIT, { value: "told to the cache", id: "told to the cache" });
    await until("the cache has it", async () => {
      const text = await readFile(join(folder, "cache.json"), "utf8").catch(() => "");
      return text.includes('"defaultValue":"told to the cache"');
    });
    child.kill();
    await ended;
    await rm(folder, { recursive: true });
  });

  it.each<[string, Partial<ChangesOptions>, string, number]>([
    ["a token that is none", { token: "nobody" }, "UNAUTHENTICATED", 401],
    ["an app that there is not", { app: "nowhere" }, "NOT_FOUND", 404],
    ["a cursor of another log", { startAt: undefined, after: "forged" } as object, "CURSOR_UNKNOWN", 410],
    ["a type that there is not", { types: ["KeyMade"] }, "BAD_USER_INPUT", 400],
  ])("gives up on %s, and says why", async (_, wrong, code, status) => {
    const { changes, snapshot } = await consumer();
    if (!("after" in wrong || "types" in wrong))
      await expect(snapshot(options(wrong))).rejects.toMatchObject({ name: "ChangesRefused", code });
    await expect(changes(options(wrong)).next()).rejects.toMatchObject({
      name: "ChangesRefused",
      code,
      status,
    });
  });

  it("ends when it is told to, also while nothing happens", async () => {
    const { changes } = await consumer();
    const ended = new AbortController();
    const following = changes(options({ startAt: "NOW", signal: ended.signal }));
    expect((await following.next()).value).toMatchObject({ kind: "CHECKPOINT" });
    expect((await following.next()).value).toMatchObject({ kind: "CAUGHT_UP" });
    const waiting = following.next();
    ended.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});

async function follow(items: AsyncIterable<Change>, handle: (event: ChangeEvent) => void): Promise<void> {
  for await (const { event } of items) if (event) handle(event);
}

async function take(items: AsyncGenerator<Change, void, void>, count: number): Promise<Change[]> {
  const taken: Change[] = [];
  for await (const item of items) if (taken.push(item) === count) break;
  return taken;
}

async function isEdited(value: string): Promise<boolean> {
  try {
    await server.post(EDIT, { value, id: value });
    return true;
  } catch {
    return false;
  }
}

async function everyEvent(): Promise<ChangeEvent[]> {
  const events: ChangeEvent[] = [];
  let start = "startAt: BEGINNING";
  for (;;) {
    const data = (await server.post(
      `{ changes(app: "shop", ${start}, first: 1000) { items { event { id sequence } } endCursor hasMore } }`,
    )) as { changes: { items: { event: ChangeEvent }[]; endCursor: string; hasMore: boolean } };
    events.push(...data.changes.items.map(({ event }) => event));
    if (!data.changes.hasMore) return events;
    start = `after: "${data.changes.endCursor}"`;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => void probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
