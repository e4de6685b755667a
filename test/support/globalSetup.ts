import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silent } from "../../src/lib/logger";
import { startEmbedded } from "../../src/postgres/embedded/startEmbedded";
import { LOG_FOLDER } from "./testLog";
import { runsOn } from "./testServer";

const FOLDER_PREFIX = "product-experiences-test-";

/** Starts one PostgreSQL for all tests, unless TEST_DATABASE_URL names one (as a user who may create databases). */
async function globalSetup(): Promise<void> {
  const logFolder = await mkdtemp(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-log-`));
  process.env[LOG_FOLDER] = logFolder;
  runsOn.logFolder = logFolder;
  if (process.env["TEST_DATABASE_URL"] !== undefined) return;
  await sweep();
  const dataDir = await mkdtemp(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
  // As root, PostgreSQL runs as nobody, who has to get in.
  await chmod(dataDir, 0o755);
  const settings = {
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    max_connections: "200",
  };
  // By TCP, so that tests can put a faulty network in between.
  const { url, stop } = await startEmbedded({ dataDir, logger: silent, settings, transport: "tcp" });
  process.env["TEST_DATABASE_URL"] = url;
  runsOn.server = {
    async stop() {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Removes the folders of runs that were killed. Their PostgreSQL stopped by itself. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(FOLDER_PREFIX) ? Number.parseInt(name.slice(FOLDER_PREFIX.length), 10) : NaN;
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    // Another user's are not ours to remove.
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

export = globalSetup;
