import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, readdir, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Database } from "../../../src/postgres/database";
import { findRunning } from "../../../src/postgres/embedded/findRunning";
import { createDatabase } from "../../../src/postgres/pool";
import { startServer, type EmbeddedServer, type StartOptions, type User } from "../../support/embeddedServer";
import { copyDataDir, openWorkshop, type Workshop } from "../../support/embeddedWorkshop";
import { processesIn } from "../../support/processesIn";
import { until } from "../../support/until";

const KILL_ROUNDS = 5;
/** For making a database whose fate in a power cut is not what is tested. */
const QUICK = { settings: { fsync: "off" } };
const isRoot = process.getuid?.() === 0;
/** Root can be anybody; the second id is one that no system has a name for. */
const USERS: [string, User | undefined][] = isRoot
  ? [
      ["root", undefined],
      ["an ordinary user", { uid: 65534, gid: 65534 }],
    ]
  : [["an ordinary user", undefined]];

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.remove());

describe.each(USERS)("started by %s", (_, user) => {
  /** A database made once, which most tests start on a copy of. */
  let made: string;
  let dataDir: string;
  const running = new Set<EmbeddedServer>();

  async function start(options: Partial<StartOptions> = {}): Promise<EmbeddedServer> {
    const { nativeFolder } = workshop;
    const server = await startServer(workshop.folder, { dataDir, nativeFolder, user, ...options });
    running.add(server);
    return server;
  }

  const refusal = (options: Partial<StartOptions> = {}): Promise<string> =>
    start(options).then(
      () => "it started",
      (error: unknown) => (error instanceof Error ? error.message : ""),
    );

  beforeAll(async () => {
    made = await workshop.makeFolder(user);
    dataDir = made;
    // None of this is PostgreSQL's business.
    const environment = { LC_ALL: "POSIX", PGDATA: "/nowhere", PGPORT: "1", TZ: "Asia/Tokyo" };
    await (await start({ environment })).stop();
    running.clear();
  }, 60_000);

  beforeEach(async () => {
    dataDir = await workshop.makeFolder(user);
    copyDataDir(made, dataDir);
  });

  afterEach(async () => {
    for (const server of running) await server.stop();
    running.clear();
    await rm(dataDir, { recursive: true });
  });

  it("makes a database of UTF-8 for itself alone, whatever the environment says", async () => {
    const { url } = await start();
    const settings = await ask(
      url,
      `select current_setting('server_encoding') as encoding, current_setting('fsync') as fsync,
              current_setting('listen_addresses') as addresses, current_setting('TimeZone') as zone,
              datlocprovider as provider, datlocale as locale
         from pg_database where datname = current_database()`,
    );
    expect(settings).toEqual([
      { encoding: "UTF8", fsync: "on", addresses: "", zone: "UTC", provider: "b", locale: "C.UTF-8" },
    ]);
    expect(await readdir(dataDir)).toEqual(["postgres"]);
    expect((await stat(join(dataDir, "postgres"))).mode & 0o777).toBe(0o700);
  });

  it("keeps what was committed, and leaves no process when it is stopped", async () => {
    const first = await start();
    await ask(first.url, "create table things as select 1 as id");
    expect(await first.stop()).toBe(0);
    expect(processesIn(dataDir)).toEqual([]);
    const second = await start();
    expect(await ask(second.url, "select id from things")).toEqual([{ id: 1 }]);
  });

  it(`restarts after kill -9 with every committed row, ${KILL_ROUNDS} times`, async () => {
    let committed = 0;
    for (let round = 0; round < KILL_ROUNDS; round++) {
      const server = await start();
      const database = createDatabase(server.url);
      await database.query("create table if not exists things (id integer)");
      expect(await count(database)).toBeGreaterThanOrEqual(committed);
      committed = await count(database);
      const inserting = insertUntilItFails(database);
      await until("some rows are committed", () => inserting.committed() >= 20);
      await server.kill();
      await inserting.failed;
      committed += inserting.committed();
      await database.close();
    }
    const database = createDatabase((await start()).url);
    const rows = await count(database);
    await database.close();
    // A row whose commit was not answered may be there or not.
    expect(rows).toBeGreaterThanOrEqual(committed);
    expect(rows).toBeLessThanOrEqual(committed + KILL_ROUNDS);
  }, 60_000);

  it("ends PostgreSQL when it is killed, without anybody starting it again", async () => {
    const server = await start();
    expect(processesIn(dataDir).length).toBeGreaterThan(1);
    await server.kill();
    await until("no process is left", () => processesIn(dataDir).length === 0, 20_000);
  }, 30_000);

  it("starts over a postmaster.pid that names a living process of another program", async () => {
    await writePostmasterPid(process.pid);
    expect(await ask((await start()).url, "select 1 as a")).toEqual([{ a: 1 }]);
  });

  it("starts over a postmaster.pid and a socket lock that name its own user's other program", async () => {
    const other = spawn("sleep", ["100"], { ...ownerOfFiles(user) });
    await once(other, "spawn");
    await writePostmasterPid(other.pid);
    await writeFile(join(dataDir, "postgres/.s.PGSQL.5432.lock"), `${other.pid}\n`);
    const { url } = await start();
    other.kill("SIGKILL");
    expect(await ask(url, "select 1 as a")).toEqual([{ a: 1 }]);
  });

  it("starts over a postmaster.pid that names a zombie", async () => {
    // The shell becomes `sleep 100`, which never asks how its child ended.
    const parent = spawn("/bin/sh", ["-c", "sleep 0 & echo $!; exec sleep 100"], { ...ownerOfFiles(user) });
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const zombie = Number(line.toString());
    await until("it is a zombie", async () => (await processState(zombie)) === "Z");
    await writePostmasterPid(zombie);
    const { url } = await start();
    parent.kill("SIGKILL");
    expect(await ask(url, "select 1 as a")).toEqual([{ a: 1 }]);
  });

  it("starts over a postmaster.pid that a power cut left empty", async () => {
    const file = join(dataDir, "postgres/postmaster.pid");
    await writeFile(file, "");
    await utimes(file, 1_000_000_000, 1_000_000_000);
    expect(await ask((await start()).url, "select 1 as a")).toEqual([{ a: 1 }]);
  });

  it("refuses a second start on the same folder in one line, and goes on", async () => {
    const first = await start();
    await ask(first.url, "create table things as select 1 as id");
    const message = await refusal();
    expect(message).toMatch(
      /^StartupRefused: Another server runs on this DATA_DIR .*process \d+\): stop it, or set/,
    );
    expect(message).not.toContain("\n");
    expect(await ask(first.url, "select id from things")).toEqual([{ id: 1 }]);
  });

  it("lets one of two that start at once make the database, and refuses the other", async () => {
    await rm(join(dataDir, "postgres"), { recursive: true });
    const results = await Promise.all([refusal(QUICK), refusal(QUICK)]);
    expect(results.sort()).toEqual([expect.stringContaining("Another server runs"), "it started"]);
    expect(await readdir(dataDir)).toEqual(["postgres"]);
  }, 60_000);

  it("sweeps away a database that was never finished", async () => {
    const unfinished = join(dataDir, "postgres.unfinished-99999999");
    await mkdir(join(unfinished, "base"), { recursive: true });
    await give(unfinished);
    await start();
    expect(await readdir(dataDir)).toEqual(["postgres"]);
  });

  it("starts PostgreSQL again when that ends by itself", async () => {
    const server = await start();
    const [pid] = (await readFile(join(dataDir, "postgres/postmaster.pid"), "utf8")).split("\n");
    process.kill(Number(pid), "SIGKILL");
    await until("it is said", () => server.log.some((line) => line.includes("ended by itself")));
    await until("it answers", () => ask(server.url, "select 1").then(Boolean, () => false), 20_000);
    expect(await server.stop()).toBe(0);
    expect(processesIn(dataDir)).toEqual([]);
  }, 40_000);

  it("goes on when a signal meant for the server reaches the supervisor too", async () => {
    const server = await start();
    const supervisor = processesIn(dataDir).find(({ command }) => command.startsWith("/bin/sh"));
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.kill(supervisor?.pid ?? NaN, signal);
    expect(await ask(server.url, "select 1 as a")).toEqual([{ a: 1 }]);
    expect(await server.stop()).toBe(0);
  });

  it("uses a short folder for its socket if the path is too long for one", async () => {
    const deep = join(dataDir, "a".repeat(60), "b".repeat(60));
    await mkdir(deep, { recursive: true });
    copyDataDir(dataDir, deep);
    await give(join(dataDir, "a".repeat(60)));
    const first = await start({ dataDir: deep });
    expect(socketFolderOf(first.url)).not.toContain(deep);
    await first.kill();
    const second = await start({ dataDir: deep });
    expect(await ask(second.url, "select 1 as a")).toEqual([{ a: 1 }]);
    await expect(stat(socketFolderOf(first.url))).rejects.toThrow("ENOENT");
    await second.stop();
    await expect(stat(socketFolderOf(second.url))).rejects.toThrow("ENOENT");
  });

  it("is found by the folder while it runs, also through a link to it", async () => {
    const link = `${dataDir}-link`;
    await symlink(dataDir, link);
    expect(await findRunning(dataDir)).toBeNull();
    const server = await start();
    // PostgreSQL says that it is ready a moment before it writes so into its file.
    await until("it is found", async () => (await findRunning(dataDir)) === server.url);
    expect(await findRunning(link)).toBe(server.url);
    await server.stop();
    expect(await findRunning(link)).toBeNull();
    expect(await findRunning(join(dataDir, "nowhere"))).toBeNull();
  });

  it("copes with spaces, commas and quotes in the path", async () => {
    const odd = join(dataDir, `it's, "so to say", data $HOME`);
    await mkdir(odd);
    copyDataDir(dataDir, odd);
    await give(odd);
    const { url } = await start({ dataDir: odd });
    expect(await ask(url, "select 1 as a")).toEqual([{ a: 1 }]);
  });

  it("asks for a password where it is reached by TCP", async () => {
    await rm(join(dataDir, "postgres"), { recursive: true });
    const first = await start({ transport: "tcp", ...QUICK });
    expect(await ask(first.url, "select 1 as a")).toEqual([{ a: 1 }]);
    await first.stop();
    const { url } = await start({ transport: "tcp", ...QUICK });
    expect(await ask(url, "select 1 as a")).toEqual([{ a: 1 }]);
    const wrong = new URL(url);
    wrong.password = "wrong";
    await expect(ask(wrong.href, "select 1")).rejects.toThrow("password authentication failed");
  });

  /** Makes a folder that this test made, as root perhaps, the user's own. */
  async function give(folder: string): Promise<void> {
    if (user) await promisify(execFile)("chown", ["-R", `${user.uid}:${user.gid}`, folder]);
  }

  async function writePostmasterPid(pid: number | undefined): Promise<void> {
    const folder = join(dataDir, "postgres");
    const lines = [pid, folder, 1_700_000_000, 5432, folder, "", "  1234567    1234567", "ready   ", ""];
    await writeFile(join(folder, "postmaster.pid"), lines.join("\n"));
    if (isRoot) execFileSync("chown", ["--reference", folder, join(folder, "postmaster.pid")]);
  }
});

/** Whom PostgreSQL's files belong to when `user` starts it: for root that is nobody. */
function ownerOfFiles(user: User | undefined): { uid?: number; gid?: number } {
  return user ?? (isRoot ? { uid: 65534, gid: 65534 } : {});
}

async function ask(url: string, statement: string): Promise<unknown[]> {
  const database = createDatabase(url, { connectionsMax: 1 });
  try {
    return await database.query(statement);
  } finally {
    await database.close();
  }
}

async function count(database: Database): Promise<number> {
  const [row] = await database.query<{ rows: number }>("select count(*) as rows from things");
  return row?.rows ?? NaN;
}

function insertUntilItFails(database: Database): { committed: () => number; failed: Promise<void> } {
  let committed = 0;
  const insert = async (): Promise<void> => {
    for (;;) {
      await database.query("insert into things values (1)");
      committed++;
    }
  };
  return { committed: () => committed, failed: insert().catch(() => undefined) };
}

const socketFolderOf = (url: string): string => new URL(url).searchParams.get("host") ?? "";

/** As /proc/<pid>/stat has it: Z for a zombie. */
async function processState(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return / \(.*\) (\S)/.exec(text)?.[1];
}
