import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogChoice } from "../../src/eventstore/openEventStore";
import { createDatabase } from "../../src/postgres/pool";
import { startedServer, type BuiltServer } from "../support/builtServer";
import { addressOf } from "../support/kurrentdb/address";
import { startDouble, type KurrentdbDouble } from "../support/kurrentdb/double";
import { freshDatabase } from "../support/postgres";
import { until } from "../support/until";
import { verified } from "../support/verifying";

jest.setTimeout(180_000);

let database: Awaited<ReturnType<typeof freshDatabase>>;
let double: KurrentdbDouble;
beforeEach(async () => {
  [database, double] = [await freshDatabase({ migrated: true }), await startDouble()];
});
afterEach(async () => {
  await Promise.all([database.drop(), double.stop()]);
});

const POSTGRES = { EVENT_STORE: "postgres" };
const KURRENTDB = { EVENT_STORE: "kurrentdb" };
const environment = () => ({ DATABASE_URL: database.url, KURRENTDB_URL: double.url });
const choiceOf = ({ EVENT_STORE }: typeof POSTGRES): LogChoice =>
  EVENT_STORE === "postgres"
    ? { kind: "postgres" }
    : { kind: "kurrentdb", address: addressOf(double.url), credentialsFile: null };

type Ran = Readonly<{ code: number | null; printed: string }>;

async function run(program: string, args: string[], more: Record<string, string>): Promise<Ran> {
  const child = spawn(process.execPath, [join(__dirname, "../../dist/cli", `${program}.js`), ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...environment(), ...more },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  }
  const [code] = (await once(child, "close")) as [number | null];
  return { code, printed };
}

const skip = (revision: number, where: typeof POSTGRES, stream = "app-shop"): Promise<Ran> =>
  run(
    "skipEvent",
    ["--stream", stream, "--revision", String(revision), "--reason", "Written by a script."],
    where,
  );

async function during<Result>(
  where: typeof POSTGRES,
  act: (server: BuiltServer) => Promise<Result>,
): Promise<Result> {
  const server = await startedServer({ ...environment(), ...where });
  try {
    return await act(server);
  } finally {
    await server.kill("SIGTERM");
  }
}

const createKey = (server: BuiltServer, name: string): Promise<unknown> =>
  server.post(
    `mutation($name: String!) { createKey(input: { app: "shop", name: $name, type: STRING, defaultValue: "" }) { errors { code } } }`,
    { name },
  );

/** An app with one key, whose events are of revisions 0 to 2, and after which comes one of somebody else. */
async function withForeignEvent(where: typeof POSTGRES): Promise<void> {
  await during(where, async (server) => {
    await server.post(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
    await createKey(server, "a");
  });
  if (where.EVENT_STORE === "kurrentdb") return void double.log.put("productExperiences-app-shop", {});
  const direct = createDatabase(database.url, { connectionsMax: 1 });
  await direct.query(
    `with head as (update log.head set position = position + 1 returning position)
     insert into log.events (position, stream, revision, id, type, schema_version, data, meta, recorded_at)
     select position, 'app-shop', 3, gen_random_uuid(), 'OrderPlaced', 1, '{ no JSON', '{}', now() from head`,
  );
  await direct.close();
}

async function feed(server: BuiltServer): Promise<unknown> {
  const answer = (await server.post(
    `{ changes(app: "shop", startAt: BEGINNING, first: 100) { items { event { type entityKind note } } } }`,
  )) as { changes: { items: { event: unknown }[] } };
  return answer.changes.items.map(({ event }) => event);
}

const FEED = [
  { type: "AppCreated", entityKind: "App", note: "" },
  { type: "EnvironmentCreated", entityKind: "Environment", note: "" },
  { type: "KeyCreated", entityKind: "Key", note: "" },
  { type: "EventSkipped", entityKind: "App", note: "Written by a script." },
  { type: "KeyCreated", entityKind: "Key", note: "" },
];
const CREATED = { createKey: { errors: [] } };

describe.each([POSTGRES, KURRENTDB])("an event that nobody can read ($EVENT_STORE)", (where) => {
  it("stops the read models and its app, by name, until an operator skips it; then all goes on", async () => {
    await withForeignEvent(where);
    await during(where, async (server) => {
      await until("the read models stand still", async () => {
        const ready = await fetch(`${server.address}/health/ready`);
        return ready.status === 503 && (await ready.text()).includes("(OrderPlaced, revision 3 of app-shop");
      });
      await expect(createKey(server, "b")).rejects.toThrow("INTERNAL");
      expect(await skip(3, where)).toEqual({
        code: 1,
        printed: "A server, or another program, uses this database: stop it first.\n",
      });
    });

    const skipped = await skip(3, where);
    expect(skipped.printed).toContain("Skipped event 3 of app-shop (OrderPlaced).");
    expect(skipped.code).toBe(0);
    await during(where, async (server) => {
      expect(await createKey(server, "b")).toEqual(CREATED);
      expect(await feed(server)).toEqual(FEED);
    });
    const { faults, differences } = await verified(database.url, choiceOf(where));
    expect({ faults, differences }).toEqual({ faults: [], differences: [] });
  });

  it("stays skipped where the log is copied to", async () => {
    await withForeignEvent(where);
    await skip(3, where);
    const there = where.EVENT_STORE === "postgres" ? KURRENTDB : POSTGRES;
    const copied = await run("copyLog", ["--from", where.EVENT_STORE, "--to", there.EVENT_STORE], where);
    expect(copied.printed).toMatch(/^Copied 6 events/);
    await during(there, async (server) => {
      expect(await createKey(server, "b")).toEqual(CREATED);
      expect(await feed(server)).toEqual(FEED);
    });
  });

  it("stays skipped in a backup", async () => {
    await withForeignEvent(where);
    await skip(3, where);
    const folder = await mkdtemp(join(tmpdir(), "px-skipped-"));
    const other = await freshDatabase({ migrated: true });
    const emptyDouble = await startDouble();
    try {
      const file = join(folder, "log.backup");
      expect(await run("backup", [file], where)).toMatchObject({ code: 0 });
      const fresh = { ...where, DATABASE_URL: other.url, KURRENTDB_URL: emptyDouble.url };
      expect(await run("restore", [file], fresh)).toMatchObject({ code: 0 });
      const server = await startedServer(fresh);
      expect(await createKey(server, "b")).toEqual(CREATED);
      expect(await feed(server)).toEqual(FEED);
      await server.kill("SIGTERM");
    } finally {
      await rm(folder, { recursive: true });
      await Promise.all([other.drop(), emptyDouble.stop()]);
    }
  });

  it("is none that can be read, or is not there, or was skipped before", async () => {
    await withForeignEvent(where);
    expect(await skip(2, where)).toEqual({
      code: 1,
      printed:
        "Event 2 of app-shop (KeyCreated) can be read, and no read model stands still at it: nothing is skipped.\n",
    });
    expect(await skip(4, where)).toEqual({
      code: 1,
      printed: "There is no event of revision 4 in app-shop.\n",
    });
    expect(await skip(0, where, "app-other")).toMatchObject({ code: 1 });
    expect(await skip(3, where)).toMatchObject({ code: 0 });
    expect(await skip(3, where)).toEqual({ code: 1, printed: "That event was skipped before.\n" });
  });
});

it("skips an event in KurrentDB that is ours by its form, and of a type that no server of this version knows", async () => {
  await during(KURRENTDB, async (server) => {
    await server.post(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
  });
  const meta = { actor: "ann", commandId: "c", recordedAt: new Date().toISOString(), fingerprint: "" };
  double.log.put("productExperiences-app-shop", {
    type: "PlanetCreated",
    data: Buffer.from("{}"),
    metadata: Buffer.from(JSON.stringify({ ...meta, schemaVersion: "1" })),
  });
  await during(KURRENTDB, async (server) => {
    await until("the read models stand still", async () => {
      const ready = await fetch(`${server.address}/health/ready`);
      return (
        ready.status === 503 &&
        (await ready.text()).includes(
          'Event 2 of stream \\"app-shop\\" is a PlanetCreated of version 1, which this server does not know',
        )
      );
    });
  });
  expect(await skip(2, KURRENTDB)).toMatchObject({
    code: 0,
    printed: expect.stringContaining("Skipped event 2 of app-shop (PlanetCreated).") as string,
  });
  await during(KURRENTDB, async (server) => expect(await createKey(server, "b")).toEqual(CREATED));
});

it("skips an event of a kind that a newer server has written, and keeps its id and what is said of its command", async () => {
  await during(POSTGRES, async (server) => {
    await server.post(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
    await createKey(server, "a");
  });
  const direct = createDatabase(database.url, { connectionsMax: 1 });
  await direct.query("update log.events set schema_version = 99 where stream = 'app-shop' and revision = 2");
  const skipped = await skip(2, POSTGRES);
  expect(skipped.printed).toContain("A newer version of the server wrote it; run that one.");
  const [row] = await direct.query(
    `select s.id = e.id as "isSameId", s.meta::json->>'commandId' = e.meta::json->>'commandId' as "isSameCommand"
       from log.skipped_events s join log.events e using (stream, revision)`,
  );
  await direct.close();
  expect(row).toEqual({ isSameId: true, isSameCommand: true });
});

it.each([
  [[]],
  [["--stream", "app-shop", "--revision", "1"]],
  [["--stream", "app-shop", "--revision", "-1", "--reason", "x"]],
  [["--stream", "app-shop", "--revision", "1", "--reason", " "]],
  [["--revision", "1", "--reason", "x"]],
  [["--stream", "app-shop", "--revision", "1", "--reason", "x", "--force"]],
])("says how it is called (%j)", async (args) => {
  const { code, printed } = await run("skipEvent", args, POSTGRES);
  expect(code).toBe(1);
  expect(printed).toMatch(/^Say which event, and why: npm run log:skip[^\n]*\n$/);
});

it("takes a reason of 500 characters at most", async () => {
  const { code, printed } = await run(
    "skipEvent",
    ["--stream", "app-shop", "--revision", "1", "--reason", "x".repeat(501)],
    POSTGRES,
  );
  expect({ code, printed }).toEqual({ code: 1, printed: "The reason may have 500 characters at most.\n" });
});
