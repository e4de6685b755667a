import { execFileSync, spawnSync } from "node:child_process";
import { chmod, lchown, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createDatabase } from "../../../src/postgres/pool";
import { startServer, type EmbeddedServer, type StartOptions, type User } from "../../support/embeddedServer";
import { copyDataDir, openWorkshop, type Workshop } from "../../support/embeddedWorkshop";

const isRoot = process.getuid?.() === 0;
const NOBODY: User = { uid: 65534, gid: 65534 };
/** Whoever is not root: another user if we are root, else ourselves. */
const ORDINARY: User | undefined = isRoot ? NOBODY : undefined;
/** Containers often do not allow this. */
const hasNamespaces = spawnSync("unshare", ["-U", "true"]).status === 0;

let workshop: Workshop;
let made: string;
let dataDir: string;
let running: EmbeddedServer[] = [];

beforeAll(async () => {
  workshop = await openWorkshop();
  made = await workshop.makeFolder(ORDINARY);
  dataDir = made;
  await (await start(ORDINARY)).stop();
}, 60_000);

afterAll(() => workshop.remove());

beforeEach(async () => {
  dataDir = await workshop.makeFolder(ORDINARY);
  copyDataDir(made, dataDir);
});

afterEach(async () => {
  for (const server of running) await server.stop();
  running = [];
});

async function start(user?: User, options: Partial<StartOptions> = {}): Promise<EmbeddedServer> {
  const { nativeFolder, folder } = workshop;
  const settings = { fsync: "off" };
  const server = await startServer(folder, { dataDir, nativeFolder, user, settings, ...options });
  running.push(server);
  return server;
}

async function expectAnswers({ url }: EmbeddedServer): Promise<void> {
  const database = createDatabase(url, { connectionsMax: 1 });
  const rows = await database.query("select 1 as a");
  await database.close();
  expect(rows).toEqual([{ a: 1 }]);
}

async function expectRefused(starting: Promise<EmbeddedServer>, ...words: string[]): Promise<void> {
  const error: unknown = await starting.then(
    () => null,
    (error: unknown) => error,
  );
  const message = error instanceof Error ? error.message : "it started";
  expect(message).toMatch(/^StartupRefused: [^\n]+$/);
  for (const word of words) expect(message).toContain(word);
}

describe("the data folder is refused", () => {
  it("if it is a file", async () => {
    const file = join(dataDir, "file");
    await writeFile(file, "");
    await expectRefused(start(ORDINARY, { dataDir: file }), "DATA_DIR is", file, "make the folder writable");
    await expectRefused(start(ORDINARY, { dataDir: join(file, "data") }), "ENOTDIR");
  });

  it("if an ordinary user may not write there", async () => {
    await chmod(dataDir, 0o555);
    if (isRoot) await lchown(dataDir, 0, 0);
    await expectRefused(start(ORDINARY), "DATA_DIR is", "EACCES", "set DATA_DIR to one that is");
    await chmod(dataDir, 0o755);
  });

  it("if another major version made its database, which is left as it was", async () => {
    await writeFile(join(dataDir, "postgres/PG_VERSION"), "17\n");
    await expectRefused(start(ORDINARY), "made by PostgreSQL 17 and this is version 18", "DATA_DIR");
    expect(await readdir(dataDir)).toEqual(["postgres"]);
  });

  it("if something else stands where the database should", async () => {
    await rename(join(dataDir, "postgres/PG_VERSION"), join(dataDir, "postgres/notes"));
    await expectRefused(start(ORDINARY), "postgres is in the way of the database");
    expect(await readdir(dataDir)).toEqual(["postgres"]);
  }, 60_000);

  it("if PostgreSQL cannot start on it, with PostgreSQL's own reason", async () => {
    await rm(join(dataDir, "postgres/global/pg_control"));
    await expectRefused(start(ORDINARY), "PostgreSQL does not start on", "pg_control");
  });
});

describe("PostgreSQL's programs", () => {
  it("run where no install script made the links of their libraries", async () => {
    const nativeFolder = await workshop.copyBareNative();
    await expectAnswers(await start(isRoot ? undefined : ORDINARY, { nativeFolder }));
    expect((await stat(join(nativeFolder, "lib/libpq.so.5"))).isFile()).toBe(true);
  });

  it("run where the links are missing and nobody may make them there", async () => {
    const nativeFolder = await workshop.copyBareNative();
    await chmod(join(nativeFolder, "lib"), 0o555);
    await expectAnswers(await start(ORDINARY, { nativeFolder }));
    expect(await readdir(dataDir)).toEqual(["postgres", "postgres-libraries"]);
    await chmod(join(nativeFolder, "lib"), 0o755);
  });

  it("are asked for in words if they do not run at all", async () => {
    const nativeFolder = await workshop.copyBareNative();
    await writeFile(
      join(nativeFolder, "bin/postgres"),
      "#!/bin/sh\necho wrong kind of machine >&2; exit 1\n",
    );
    await expectRefused(start(ORDINARY, { nativeFolder }), "wrong kind of machine", "DATABASE_URL");
  });
});

// Only root can be several users.
if (isRoot) {
  describe("root", () => {
    const ownerOf = async (path: string): Promise<number> => (await stat(path)).uid;

    it("runs a database that it makes as nobody", async () => {
      const fresh = join(await workshop.makeFolder(), "data");
      await expectAnswers(await start(undefined, { dataDir: fresh }));
      expect(await ownerOf(join(fresh, "postgres"))).toBe(NOBODY.uid);
    }, 60_000);

    it("runs another user's database as that user, whose it stays", async () => {
      const user = { uid: 12345, gid: 12345 };
      execFileSync("chown", ["-R", `${user.uid}:${user.gid}`, dataDir]);
      await (await start()).stop();
      expect(await ownerOf(join(dataDir, "postgres/base"))).toBe(user.uid);
      await expectAnswers(await start(user));
    });

    it("leaves behind a database that an ordinary user is told not to be theirs", async () => {
      await expectRefused(start({ uid: 12345, gid: 12345 }), "DATA_DIR is", "EACCES");
      await chmod(dataDir, 0o777);
      await expectRefused(start({ uid: 12345, gid: 12345 }), "belongs to the user with id 65534", "12345");
    });

    describe("in a folder that others cannot enter", () => {
      let locked: string;

      beforeEach(async () => {
        locked = await workshop.makeFolder();
        await chmod(locked, 0o700);
      });

      it("runs the database in a user namespace, or says what to do", async () => {
        const inside = { dataDir: join(locked, "data") };
        if (!hasNamespaces) return expectRefused(start(undefined, inside), "ordinary user", "DATABASE_URL");
        await expectAnswers(await start(undefined, inside));
        expect(await ownerOf(join(inside.dataDir, "postgres"))).toBe(0);
      }, 60_000);

      it("runs the database from programs there, or says what to do", async () => {
        const bare = await workshop.copyBareNative();
        const nativeFolder = join(locked, "package/native");
        await rename(join(bare, ".."), join(locked, "package"));
        if (!hasNamespaces) return expectRefused(start(undefined, { nativeFolder }), "DATABASE_URL");
        await expectAnswers(await start(undefined, { nativeFolder }));
      });

      if (!hasNamespaces) return;

      it("survives kill -9 there too", async () => {
        copyDataDir(dataDir, locked);
        const first = await start(undefined, { dataDir: locked });
        expect(await ownerOf(join(locked, "postgres/base"))).toBe(0);
        await first.kill();
        await expectAnswers(await start(undefined, { dataDir: locked }));
      });

      it("gives the database back to nobody when it is moved to where others can enter", async () => {
        const open = await workshop.makeFolder();
        await mkdir(join(locked, "data"));
        copyDataDir(dataDir, join(locked, "data"));
        await (await start(undefined, { dataDir: join(locked, "data") })).stop();
        await rename(join(locked, "data"), join(open, "data"));
        await expectAnswers(await start(undefined, { dataDir: join(open, "data") }));
        expect(await ownerOf(join(open, "data/postgres/base"))).toBe(NOBODY.uid);
      });
    });
  });
}
