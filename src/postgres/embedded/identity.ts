import type { SpawnOptions } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { StartupRefused } from "../../lib/startupRefused";
import type { Binaries } from "./binaries";
import { clusterOf } from "./dataDir";
import { isMusl } from "./isMusl";
import { runProgram, type ProgramResult } from "./runProgram";

/**
 * Who PostgreSQL runs as, since it refuses to run as root: ourselves, an ordinary user, or root in a user namespace,
 * where it owns root's files but has none of root's powers and is told that it is nobody.
 */
export type Identity =
  | Readonly<{ kind: "self" }>
  | Readonly<{ kind: "user"; uid: number; gid: number }>
  | Readonly<{ kind: "namespace" }>;

/** Tries what there is, best first. @throws {StartupRefused} if PostgreSQL can run as nobody at all. */
export async function chooseIdentity(binaries: Binaries, dataDir: string): Promise<Identity> {
  const owner = await ownerOf(clusterOf(dataDir));
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && owner && owner.uid !== process.getuid?.()) throw belongsToAnother(dataDir, owner.uid);
  const candidates: Identity[] = isRoot
    ? [{ kind: "user", ...(owner && owner.uid !== 0 ? owner : await nobody()) }, { kind: "namespace" }]
    : [{ kind: "self" }];
  let result: ProgramResult | null = null;
  for (const identity of candidates) {
    result = await tryToRun(binaries, dataDir, identity);
    if (result.isOk) return identity;
  }
  throw cannotRun(binaries, dataDir, isRoot, result);
}

/** The program and arguments that run a program as `identity`, together with `identityOptions`. */
export function commandAs(
  identity: Identity,
  program: string,
  programArguments: readonly string[],
): [string, readonly string[]] {
  return identity.kind === "namespace"
    ? ["unshare", ["-U", program, ...programArguments]]
    : [program, programArguments];
}

export function identityOptions(identity: Identity): SpawnOptions {
  return identity.kind === "user" ? { uid: identity.uid, gid: identity.gid } : {};
}

/** Who must own PostgreSQL's files, or null if they are ours anyway. */
export function fileOwner(identity: Identity): Readonly<{ uid: number; gid: number }> | null {
  if (identity.kind === "self") return null;
  return identity.kind === "user" ? identity : { uid: 0, gid: 0 };
}

/** Does what PostgreSQL will have to: come into the data folder, and run from where it is installed. */
function tryToRun(binaries: Binaries, dataDir: string, identity: Identity): Promise<ProgramResult> {
  const options = { ...identityOptions(identity), env: binaries.environment, cwd: dataDir };
  if (process.platform === "win32")
    return runProgram(binaries.postgres, ["--version"], options, PROBE_TIMEOUT_MS);
  const script = 'cd "$1" && exec "$2" --version';
  const [program, programArguments] = commandAs(identity, "/bin/sh", [
    ...["-c", script, "sh"],
    ...[dataDir, binaries.postgres],
  ]);
  return runProgram(program, programArguments, options, PROBE_TIMEOUT_MS);
}

const PROBE_TIMEOUT_MS = 20_000;

async function ownerOf(folder: string): Promise<{ uid: number; gid: number } | null> {
  if (process.platform === "win32") return null;
  return stat(folder).then(
    ({ uid, gid }) => ({ uid, gid }),
    () => null,
  );
}

/** The user that every system has for those who shall own nothing. */
async function nobody(): Promise<{ uid: number; gid: number }> {
  const users = await readFile("/etc/passwd", "utf8").catch(() => "");
  const match = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(users);
  return { uid: Number(match?.[1] ?? 65534), gid: Number(match?.[2] ?? 65534) };
}

function belongsToAnother(dataDir: string, uid: number): StartupRefused {
  return new StartupRefused(
    `The database in DATA_DIR (${dataDir}) belongs to user ${uid} and we run as ${userInfo().uid}: start as the ` +
      `user who started first, set DATA_DIR to another folder, or give the folder away (chown -R, as root).`,
  );
}

function cannotRun(
  { postgres }: Binaries,
  dataDir: string,
  isRoot: boolean,
  result: ProgramResult | null,
): StartupRefused {
  const reason = (result?.error?.message ?? result?.output.trim() ?? "").replaceAll("\n", " ");
  if (isMusl()) {
    return new StartupRefused(
      "There is no embedded PostgreSQL for systems with musl, such as Alpine: set DATABASE_URL to a PostgreSQL of " +
        "your own, or use a system with glibc, such as Debian.",
    );
  }
  if (!isRoot) {
    return new StartupRefused(
      `The embedded PostgreSQL does not run here (${reason}): set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
  return new StartupRefused(
    `PostgreSQL does not run as root, and no other user may use both ${postgres} and ${dataDir} (${reason}): ` +
      `start as an ordinary user, move to folders that everybody may enter, or set DATABASE_URL.`,
  );
}
