import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase } from "../../src/postgres/pool";
import type { Database } from "../../src/postgres/database";
import { startedServer, type BuiltServer } from "../support/builtServer";
import { freshDatabase } from "../support/postgres";
import { rounds } from "../support/rounds";
import { until } from "../support/until";
import { verified } from "../support/verifying";

/** How often the one that leads is stopped, in turns. */
const ROUNDS = rounds(2, 10);
/** How long it sleeps after the other one took over and worked. */
const ASLEEP_MS = rounds(0, 30_000);
const LEASES = ["projection control", "scheduler"];

jest.setTimeout(rounds(120_000, 900_000));

const CREATE_KEY = `mutation($name: String!) { r: createKey(input: { app: "shop", name: $name, type: STRING, defaultValue: "", commandId: $name }) { errors { code } } }`;
const SCHEDULE = `mutation($id: ID!, $at: DateTime!) { r: scheduleConfig(input: { configId: $id, version: 1, startsAt: $at }) { errors { code message } } }`;
const PUBLISHED = `{ changes(app: "shop", startAt: BEGINNING, first: 1000, filter: { types: ["ConfigPublished"] }) { items { kind } } }`;

type Tokens = ReadonlyMap<string, number>;

async function tokens(database: Database): Promise<Tokens> {
  const rows = await database.query<{ name: string; token: number }>(
    "select name, token from server.leases where name = any($1)",
    [LEASES],
  );
  return new Map(rows.map(({ name, token }) => [name, token]));
}

async function createShop(server: BuiltServer): Promise<string> {
  await server.post(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
  await server.post(CREATE_KEY, { name: "title" });
  const made = (await server.post(
    `mutation { r: createConfig(input: { app: "shop", name: "titles", keys: ["title"], rules: [{ values: [{ key: "title", value: "x" }] }] }) { config { id } errors { code message } } }`,
  )) as { r: { config: { id: string } } };
  return made.r.config.id;
}

async function publications(server: BuiltServer): Promise<number> {
  const { changes } = (await server.post(PUBLISHED)) as { changes: { items: { kind: string }[] } };
  return changes.items.filter(({ kind }) => kind === "EVENT").length;
}

/** Sends mutations until told to stop, and answers the names of keys that were acknowledged. */
function keepCreating(server: BuiltServer, prefix: string) {
  const acknowledged: string[] = [];
  let isOver = false;
  const work = async (worker: number): Promise<void> => {
    for (let index = 0; !isOver; index++) {
      const name = `${prefix}_${worker}_${index}`;
      // One that slept may find its own request too old to answer; then nobody knows.
      const data = await server.post(CREATE_KEY, { name }).catch(() => null);
      const { r } = (data ?? { r: { errors: [{}] } }) as { r: { errors: unknown[] } };
      if (r.errors.length === 0) acknowledged.push(name);
    }
  };
  const working = Promise.all([0, 1, 2].map(work));
  return {
    acknowledged,
    async stop() {
      isOver = true;
      await working;
    },
  };
}

async function allKeys(database: Database): Promise<string[]> {
  const rows = await database.query<{ name: string }>("select name from models.keys where app = 'shop'");
  return rows.map(({ name }) => name);
}

describe("a server that sleeps while it leads", () => {
  let url: string;
  let drop: () => Promise<void>;
  let database: Database;

  beforeEach(async () => {
    ({ url, drop } = await freshDatabase());
  });
  afterEach(async () => {
    await database.close();
    await drop();
  });

  it("is replaced at once, and what it does with its old leases when it wakes up changes nothing", async () => {
    let leading = await startedServer({ DATABASE_URL: url });
    database = createDatabase(url, { connectionsMax: 2 });
    const configId = await createShop(leading);
    let other = await startedServer({ DATABASE_URL: url });
    const acknowledged: string[] = [];
    const takeoverMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const before = await tokens(database);
      const isTakenOver = async (): Promise<boolean> => {
        const now = await tokens(database);
        return LEASES.every((name) => (now.get(name) ?? 0) > (before.get(name) ?? 0));
      };
      const creating = keepCreating(leading, `r${round}`);
      await until("it works", () => creating.acknowledged.length >= 12);
      leading.pause();
      const pausedAtMs = performance.now();
      await until("the other one leads", isTakenOver);
      takeoverMs.push(performance.now() - pausedAtMs);

      // What is due is done by the other one, and its mutations are in its read models.
      const at = new Date(Date.now() + 4_000).toISOString();
      expect(await other.post(SCHEDULE, { id: configId, at })).toEqual({ r: { errors: [] } });
      await until("what is due was done", async () => (await publications(other)) === round + 1);
      await sleep(ASLEEP_MS);
      leading.resume();
      await creating.stop();
      acknowledged.push(...creating.acknowledged);

      // It follows now: what it acknowledges was projected by the other one, which has kept its leases.
      const held = await tokens(database);
      expect(await leading.post(CREATE_KEY, { name: `awake_${round}` })).toEqual({ r: { errors: [] } });
      expect(await tokens(database)).toEqual(held);
      expect(await publications(leading)).toBe(round + 1);
      [leading, other] = [other, leading];
    }
    if (ASLEEP_MS > 0)
      console.info(`taken over after ${takeoverMs.map((ms) => Math.round(ms)).join(", ")} ms`);
    const names = await allKeys(database);
    expect(names).toEqual(expect.arrayContaining(acknowledged));
    expect(new Set(names).size).toBe(names.length);
    expect(await verified(url)).toMatchObject({ faults: [], differences: [] });
    expect(await Promise.all([leading.kill("SIGTERM"), other.kill("SIGTERM")])).toEqual([0, 0]);
  });
});
