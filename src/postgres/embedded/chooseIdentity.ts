import { readFile, stat } from "node:fs/promises";
import { StartupRefused } from "../../lib/startupRefused";
import type { Binaries } from "./binaries";
import { clusterOf } from "./dataDir";
import { commandAs, identityOptions, isRoot, type Identity } from "./identity";
import { isMusl } from "./isMusl";
import { runProgram, type ProgramResult } from "./runProgram";

/** Tries what there is, best first. @throws {StartupRefused} if PostgreSQL can run as nobody at all. */
export async function chooseIdentity(binaries: Binaries, dataDir: string): Promise<Identity> {
  const owner = await ownerOf(clusterOf(dataDir));
  const reasons: string[] = [];
  for (const identity of await candidates(dataDir, owner)) {
    const { isOk, error, output } = await tryToRun(binaries, dataDir, identity, owner !== null);
    if (isOk) return identity;
    reasons.push((error?.message ?? output).trim().replaceAll("\n", " "));
  }
  throw cannotRun(binaries, dataDir, reasons.join("; "));
}

type Owner = Readonly<{ uid: number; gid: number }>;

async function ownerOf(cluster: string): Promise<Owner | null> {
  return stat(cluster).then(
    ({ uid, gid }) => ({ uid, gid }),
    () => null,
  );
}

async function candidates(dataDir: string, owner: Owner | null): Promise<Identity[]> {
  if (process.platform === "win32") return [{ kind: "self" }];
  if (isRoot()) {
    // Files that somebody made while not root stay theirs.
    const user = owner && owner.uid !== 0 ? owner : await nobody();
    return [{ kind: "user", ...user }, { kind: "namespace" }];
  }
  if (owner && owner.uid !== process.getuid?.()) throw belongsToAnother(dataDir, owner.uid);
  return [{ kind: "self" }, { kind: "namespace" }];
}

/** The user that every system has for those who shall own nothing. */
async function nobody(): Promise<Owner> {
  const users = await readFile("/etc/passwd", "utf8").catch(() => "");
  const match = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(users);
  return { uid: Number(match?.[1] ?? 65534), gid: Number(match?.[2] ?? 65534) };
}

/**
 * Does what PostgreSQL will have to: come into the data folder, and run from where it is installed. To make a database,
 * initdb asks for its user's name too, which one made up by `docker run --user` does not have.
 */
function tryToRun(
  binaries: Binaries,
  dataDir: string,
  identity: Identity,
  hasCluster: boolean,
): Promise<ProgramResult> {
  const options = { ...identityOptions(identity), env: binaries.environment, cwd: dataDir };
  if (process.platform === "win32") {
    return runProgram(binaries.postgres, ["--version"], options, PROBE_TIMEOUT_MS);
  }
  const script = `cd "$1" && ${hasCluster ? "" : "id -un && "} exec "$2" --version`;
  const shellArguments = ["-c", script, "sh", dataDir, binaries.postgres];
  return runProgram(...commandAs(identity, "/bin/sh", shellArguments), options, PROBE_TIMEOUT_MS);
}

const PROBE_TIMEOUT_MS = 20_000;

function belongsToAnother(dataDir: string, uid: number): StartupRefused {
  return new StartupRefused(
    `The database in DATA_DIR (${dataDir}) belongs to the user with id ${uid}, and we run as ${process.getuid?.()}: ` +
      `start as the user who started first, or set DATA_DIR to another folder.`,
  );
}

function cannotRun({ postgres }: Binaries, dataDir: string, reason: string): StartupRefused {
  if (isMusl()) {
    return new StartupRefused(
      "There is no embedded PostgreSQL for systems with musl, such as Alpine: set DATABASE_URL to a PostgreSQL of " +
        "your own, or use a system with glibc, such as Debian.",
    );
  }
  return new StartupRefused(
    isRoot()
      ? `PostgreSQL does not run as root, and another user can not use both ${postgres} and ${dataDir} (${reason}): ` +
          `start as an ordinary user, move to folders that everybody may enter, or set DATABASE_URL.`
      : `The embedded PostgreSQL does not run here (${reason}): set DATABASE_URL to a PostgreSQL of your own.`,
  );
}
