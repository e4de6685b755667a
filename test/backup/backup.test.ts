import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyServer, withParts, writeBackup } from "./backups";
import { BackupRefused } from "../../src/backup/backupRefused";
import { KEPT_TABLES, LEFT_TABLES } from "../../src/backup/keptTables";
import { restore } from "../../src/backup/restore";
import { PROJECTIONS } from "../../src/parts";
import { createDatabase } from "../../src/postgres/pool";
import { keepLogsIn } from "../support/kurrentdb/eventLog";
import { freshDatabase } from "../support/postgres";
import { until } from "../support/until";
import { verified } from "../support/verifying";
import { startTestServer, type TestServer } from "../support/wholeServer";

const CHANGES = `query($after: String) { changes(app: "shop", startAt: BEGINNING, after: $after, first: 1000) { items { cursor kind event { id type subject time before after } } } }`;
const EVALUATE = `query($asOf: DateTime) { evaluate(app: "shop", asOf: $asOf, user: { id: "ann" }) { object revision values { key value reason } } }`;

/** A shop with lists of users, versions and what was published and reverted. */
async function fill({ send, read, databaseUrl }: TestServer): Promise<void> {
  await send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
  await send(
    `mutation { createKey(input: { app: "shop", name: "title", type: STRING, defaultValue: "plain" }) { errors { code } } }`,
  );
  const segment = await send(
    `mutation($condition: JSON!) { createSegment(input: { app: "shop", name: "friends", condition: $condition }) { segment { id } errors { code message } } }`,
    { condition: { $userIn: ["ann", "bob", "böb 🎈"] } },
  );
  const config = await send(
    `mutation($id: ID!) { createConfig(input: { app: "shop", name: "titles", keys: ["title"], rules: [{ segmentId: $id, values: [{ key: "title", value: "hello" }] }] }) { config { id } errors { code message } } }`,
    { id: read(segment, "createSegment.segment.id") },
  );
  const id = read(config, "createConfig.config.id");
  await send(
    `mutation($properties: JSON!) {
      identify(input: { app: "shop", users: [{ id: "ann", properties: $properties }] }) { errors { code } }
      track(input: { app: "shop", events: [{ id: "e1", userId: "ann", name: "Charged", properties: $properties }] }) { errors { code } }
    }`,
    { properties: { city: "Bremen", tags: ["a"], score: 0.1 } },
  );
  await send(
    `mutation($id: ID!) { publishConfig(input: { configId: $id, version: 1 }) { errors { code } } }`,
    {
      id,
    },
  );
  // What was given is counted, and written now and then.
  await send(EVALUATE);
  await until("it is counted", async () => (await countsOf(databaseUrl)).length > 0);
}

async function countsOf(url: string): Promise<readonly unknown[]> {
  const rows = await rowsOf(url);
  return COUNTING_TABLES.flatMap((table) => rows[table] ?? []);
}

const COUNTING_TABLES = ["delivery.outcomes", "delivery.counts", "delivery.batches"];

/** Every row that a server answers from. */
async function rowsOf(url: string): Promise<Record<string, unknown[]>> {
  const database = createDatabase(url, { connectionsMax: 1 });
  const tables = PROJECTIONS.flatMap((projection) => projection.tables).map(({ name }) => `models.${name}`);
  const found: Record<string, unknown[]> = {};
  for (const table of [...tables, ...KEPT_TABLES]) {
    found[table] = await database.query(`select row_to_json(t)::text as row from ${table} t order by 1`);
  }
  await database.close();
  return found;
}

describe.each(["postgres", "kurrentdb"] as const)("a backup, with the log in %s", (kind) => {
  let folder: string;
  let path: string;
  let source: TestServer;

  beforeAll(async () => {
    keepLogsIn(kind);
    folder = await mkdtemp(join(tmpdir(), "pe-backup-"));
    path = join(folder, "shop.backup");
    source = await startTestServer();
    await fill(source);
    expect(await writeBackup(source, path)).toMatchObject({ events: 8 });
  });
  afterAll(async () => {
    await source.stop();
    await rm(folder, { recursive: true });
  });

  it("holds everything that is served, as it was at any time, and cursors of before are refused", async () => {
    const empty = await emptyServer();
    expect(await empty.restore(path)).toMatchObject({ events: 8 });
    const counts = await countsOf(source.databaseUrl);
    expect(counts).toHaveLength(COUNTING_TABLES.length);
    expect(await countsOf(empty.url)).toEqual(counts);
    const restored = await startTestServer({
      on: { ...source, databaseUrl: empty.url, eventLog: empty.log },
    });
    type Changes = { changes: { items: { cursor: string; event: object }[] } };
    const [before, after] = (await Promise.all([source.send(CHANGES), restored.send(CHANGES)])) as [
      Changes,
      Changes,
    ];
    const events = ({ changes }: Changes) => changes.items.map(({ event }) => event);
    expect(events(after)).toEqual(events(before));
    const asOf = await source.timeOfLastChange("shop");
    for (const variables of [{}, { asOf }]) {
      expect(await restored.send(EVALUATE, variables)).toEqual(await source.send(EVALUATE, variables));
    }
    const cursor = before.changes.items[0]?.cursor;
    const resumed = `query($after: String) { changes(app: "shop", after: $after, first: 10) { items { kind } } }`;
    const { body } = await restored.post({ query: resumed, variables: { after: cursor } });
    expect(body.errors?.map(({ extensions }) => extensions?.["code"])).toEqual(["CURSOR_UNKNOWN"]);
    expect(await verified(empty.url, empty.log)).toMatchObject({ faults: [], differences: [] });
    const [ofSource, ofRestored] = [await rowsOf(source.databaseUrl), await rowsOf(empty.url)];
    // When a token was last used and what was given is written now and then, and both were just asked.
    for (const rows of [ofSource, ofRestored]) {
      for (const table of ["access.token_uses", "delivery.reach", ...COUNTING_TABLES]) delete rows[table];
    }
    expect(ofRestored).toEqual(ofSource);
    await restored.running.close();
    await empty.drop();
  });

  it("is refused where there is something already", async () => {
    const again = () =>
      withParts(source.databaseUrl, source.eventLog, (parts) => restore({ ...parts, path }));
    await expect(again()).rejects.toThrow(/database and its log are not empty.*Nothing was changed/);
  });

  it("is refused, and changes nothing, if it was cut anywhere or has one byte that is another", async () => {
    const whole = await readFile(path);
    const empty = await emptyServer();
    const damaged = join(folder, "damaged.backup");
    const step = Math.max(1, Math.floor(whole.length / 40));
    for (let at = 0; at < whole.length; at += step) {
      const flipped = Buffer.from(whole);
      flipped.writeUInt8((flipped.readUInt8(at) + 1) % 256, at);
      for (const bytes of [
        flipped,
        whole.subarray(0, at),
        Buffer.concat([whole, whole.subarray(0, at + 1)]),
      ]) {
        await writeFile(damaged, bytes);
        await expect(empty.restore(damaged)).rejects.toThrow(BackupRefused);
      }
    }
    await expect(empty.restore(join(folder, "none.backup"))).rejects.toThrow(/cannot be opened/);
    const rows = await rowsOf(empty.url);
    expect(Object.values(rows).flat()).toEqual([]);
    // Nothing stands in the way of the whole one.
    expect(await empty.restore(path)).toMatchObject({ events: 8 });
    await empty.drop();
  });
});

it("every table is derived from the log, in every backup, or left out for a reason", async () => {
  const { url, drop } = await freshDatabase({ migrated: true });
  const database = createDatabase(url, { connectionsMax: 1 });
  const rows = await database.query<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables
      where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'
        -- A part of a table is in that.
        and not (select relispartition from pg_class where oid = (table_schema || '.' || table_name)::regclass)`,
  );
  const derived = PROJECTIONS.flatMap(({ tables }) => tables.map(({ name }) => `models.${name}`));
  expect(rows.map(({ name }) => name).sort()).toEqual([...derived, ...KEPT_TABLES, ...LEFT_TABLES].sort());
  await database.close();
  await drop();
});
