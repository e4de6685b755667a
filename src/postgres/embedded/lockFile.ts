import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, readFile, rename, rm, stat, writeFile } from "node:fs/promises";

/** What `postmaster.pid` says, and whether it is true. */
export type Postmaster = Readonly<{ pid: number; state: "starting" | "ready" | "stopping" }>;

/**
 * Who runs on a cluster by its `postmaster.pid`, or null if nobody does: no such file, or a pid that is dead, a
 * zombie, or by now another program's.
 */
export async function readPostmaster(cluster: string): Promise<Postmaster | null> {
  const lines = (await readText(`${cluster}/postmaster.pid`)).split("\n");
  const pid = Number(lines[0]);
  if (!(pid > 0) || !(await isPostgresOf(cluster, pid))) return null;
  const status = lines[7]?.trim();
  return { pid, state: status === "ready" ? "ready" : status === "stopping" ? "stopping" : "starting" };
}

/**
 * PostgreSQL replaces lock files whose pid does not exist. It stops at those that are empty (after a power cut) or
 * whose pid belongs to a zombie or to another program by now. This helps it over them.
 */
export async function releaseStaleLocks(cluster: string): Promise<void> {
  // There PostgreSQL asks the system for more than a pid, and we have no means to.
  if (process.platform === "win32") return;
  for (const name of ["postmaster.pid", ".s.PGSQL.5432.lock"])
    await releaseIfStale(cluster, `${cluster}/${name}`);
}

/** No system numbers its processes so high. */
const PID_OF_NOBODY = "99999999";
/** A postmaster writes its file right after it made it; only an older one was left empty. */
const EMPTY_FOR_MS = 1_000;

async function releaseIfStale(cluster: string, file: string): Promise<void> {
  const seen = await readText(file);
  if (seen.trim() === "") {
    const age = await stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > EMPTY_FOR_MS) await takeAway(file, seen);
    return;
  }
  const [pid, ...others] = seen.split("\n");
  // The socket's lock holds its postmaster's pid with a minus if that is a single-user one.
  if (await isPostgresOf(cluster, Math.abs(Number(pid)))) return;
  if (!(await takeAway(file, seen))) return;
  // The other lines stay: by the memory segment that they name, PostgreSQL notices processes that outlived their postmaster.
  const { uid, gid } = await stat(cluster);
  const text = [PID_OF_NOBODY, ...others].join("\n");
  await writeFile(file, text, { flag: "wx", mode: 0o600 }).then(() => chown(file, uid, gid), ignoreExisting);
}

/** Removes a file if it still says what we saw: a server that starts at this moment may have replaced it. */
async function takeAway(file: string, seen: string): Promise<boolean> {
  const aside = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    await rename(file, aside);
  } catch {
    return false;
  }
  const isTheOneSeen = (await readText(aside)) === seen;
  if (isTheOneSeen) await rm(aside, { force: true });
  else await rename(aside, file);
  return isTheOneSeen;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}

async function isPostgresOf(cluster: string, pid: number): Promise<boolean> {
  const command = process.platform === "linux" ? await readCommand(pid) : await askForCommand(pid);
  // We always start it as `…/postgres -D folder -c …`, with the folder's one true path.
  return /^\S*postgres |\/postgres /.test(command) && command.includes(` -D ${cluster} `);
}

/** The command line of a process; empty if there is none, as there is none of a zombie. */
async function readCommand(pid: number): Promise<string> {
  return (await readText(`/proc/${pid}/cmdline`)).replaceAll("\0", " ");
}

function askForCommand(pid: number): Promise<string> {
  return new Promise((resolve) => {
    execFile("ps", ["-o", "command=", "-p", String(pid)], (error, output) =>
      resolve(error ? "" : `${output} `),
    );
  });
}
