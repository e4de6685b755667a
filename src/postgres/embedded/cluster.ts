import { chown, lchown, lstat, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../../lib/logger";
import { StartupRefused } from "../../lib/startupRefused";
import type { Binaries } from "./binaries";
import { clusterOf } from "./dataDir";
import { commandAs, fileOwner, identityOptions, type Identity } from "./identity";
import { runProgram } from "./runProgram";
import type { Transport } from "./transport";

export type ClusterOptions = Readonly<{
  dataDir: string;
  binaries: Binaries;
  identity: Identity;
  transport: Transport;
  settings: Readonly<Record<string, string>>;
  logger: Logger;
  onWaiting: () => void;
}>;

/** Makes PostgreSQL's folder if there is none, and sees to it that it belongs to whom PostgreSQL runs as. */
export async function ensureCluster(options: ClusterOptions): Promise<void> {
  const cluster = clusterOf(options.dataDir);
  await sweepUnfinished(options.dataDir);
  if ((await readVersion(cluster)) === null) {
    if ((await readdir(cluster).catch(() => [])).length > 0) throw inTheWay(cluster);
    await makeCluster(options, cluster);
  }
  await giveTo(cluster, options.identity);
}

/** @throws {StartupRefused} if the folder was made by another major version, whose format ours cannot read. */
export async function refuseAnotherVersion(cluster: string, major: number): Promise<void> {
  const version = await readVersion(cluster);
  if (version === null || version === String(major)) return;
  throw new StartupRefused(
    `The database in ${cluster} was made by PostgreSQL ${version} and this is version ${major}: start the version ` +
      `of this program that made it and copy its data, or set DATA_DIR to another folder.`,
  );
}

async function readVersion(cluster: string): Promise<string | null> {
  try {
    return (await readFile(join(cluster, "PG_VERSION"), "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

const UNFINISHED_PREFIX = "postgres.unfinished-";
const INITDB_TIMEOUT_MS = 120_000;

/** Made beside its place and put there whole, so that a folder which is there is finished, whatever we died of. */
async function makeCluster(options: ClusterOptions, cluster: string): Promise<void> {
  const { dataDir, binaries, identity, transport, settings, logger } = options;
  logger.info(`Making a database in ${cluster}.`);
  const unfinished = join(dataDir, `${UNFINISHED_PREFIX}${process.pid}`);
  await mkdir(unfinished, { mode: 0o700 });
  await giveTo(unfinished, identity);
  const initdbArguments = [
    ...["-D", unfinished, "-U", "postgres", "--no-instructions", ...transport.initdbArguments],
    // Else the encoding would be SQL_ASCII where LANG is unset, and sorting would depend on the system.
    ...["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
    ...(settings["fsync"] === "off" ? ["--no-sync"] : []),
  ];
  const [program, programArguments] = commandAs(identity, binaries.initdb, initdbArguments);
  const spawnOptions = { ...identityOptions(identity), env: binaries.environment, cwd: unfinished };
  const running = runProgram(program, programArguments, spawnOptions, INITDB_TIMEOUT_MS);
  options.onWaiting();
  const result = await running;
  if (!result.isOk) {
    await remove(unfinished);
    throw new StartupRefused(`PostgreSQL could not make a database in ${dataDir}: ${reasonOf(result)}`);
  }
  await putInPlace(unfinished, cluster);
}

function reasonOf({ output, error }: { output: string; error: Error | null }): string {
  const lines = output.split("\n");
  return error?.message ?? lines.find((line) => /error:|FATAL:/.test(line)) ?? lines.slice(-3).join(" ");
}

async function putInPlace(unfinished: string, cluster: string): Promise<void> {
  try {
    await rename(unfinished, cluster);
  } catch (error) {
    await remove(unfinished);
    // Another server made one meanwhile: that it runs will be found out, and said, when ours is to start.
    if ((await readVersion(cluster)) !== null) return;
    throw inTheWay(cluster, error);
  }
}

function inTheWay(cluster: string, cause?: unknown): StartupRefused {
  const message = `${cluster} is in the way of the database: move it away, or set DATA_DIR to another folder.`;
  return new StartupRefused(message, { cause });
}

/** Removes what servers left behind that died while they made a database. */
async function sweepUnfinished(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(UNFINISHED_PREFIX)) continue;
    const pid = Number(name.slice(UNFINISHED_PREFIX.length));
    if (pid === process.pid || !isAlive(pid)) await remove(join(dataDir, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Best effort: an initdb that outlived its server may still write there. */
async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

/** The folder itself comes last, so that its owner tells whether all of it was given. */
async function giveTo(path: string, identity: Identity): Promise<void> {
  const owner = fileOwner(identity);
  if (!owner) return;
  const { uid } = await lstat(path);
  if (uid === owner.uid) return;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  for (const { parentPath, name } of entries) await lchown(join(parentPath, name), owner.uid, owner.gid);
  await chown(path, owner.uid, owner.gid);
}
