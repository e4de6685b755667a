import { execFileSync } from "node:child_process";
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";
import { findBinaries } from "../../src/postgres/embedded/binaries";
import { linkLibraries } from "../../src/postgres/embedded/linkLibraries";
import { PROGRAM, type User } from "./embeddedServer";

/** A folder that any user may enter, wherever this project stands: with the program, PostgreSQL, and room for data. */
export type Workshop = Readonly<{
  folder: string;
  /** PostgreSQL as installed. */
  nativeFolder: string;
  /** A new empty folder that belongs to `user`. */
  makeFolder: (user?: User) => Promise<string>;
  /** PostgreSQL as it is where no install script ran: without links. */
  copyBareNative: () => Promise<string>;
  remove: () => Promise<void>;
}>;

export async function openWorkshop(): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), "px-embedded-"));
  await chmod(folder, 0o755);
  await transpileAll(folder);
  await writeFile(join(folder, "program.js"), PROGRAM);
  const nativeFolder = await copyNative(folder);
  await linkLibraries(nativeFolder, join(folder, "unused"));
  return {
    folder,
    nativeFolder,
    makeFolder: (user) => makeFolder(folder, user),
    copyBareNative: async () => copyNative(await makeFolder(folder)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function makeFolder(parent: string, user?: User): Promise<string> {
  const folder = await mkdtemp(join(parent, "folder-"));
  await chmod(folder, 0o755);
  if (user) await chown(folder, user.uid, user.gid);
  return folder;
}

const SOURCE = join(__dirname, "../../src");

async function transpileAll(folder: string): Promise<void> {
  const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true };
  for (const part of ["lib", "postgres/embedded"]) {
    await mkdir(join(folder, part), { recursive: true });
    for (const file of await readdir(join(SOURCE, part))) {
      const source = await readFile(join(SOURCE, part, file), "utf8");
      const { outputText } = transpileModule(source, { compilerOptions });
      await writeFile(join(folder, part, file.replace(/\.ts$/, ".js")), outputText);
    }
  }
}

async function copyNative(folder: string): Promise<string> {
  const { postgres } = await findBinaries(folder);
  const native = dirname(dirname(postgres));
  const copy = join(folder, "package", "native");
  await cp(native, copy, {
    recursive: true,
    filter: async (path) => !(await lstat(path)).isSymbolicLink(),
  });
  await cp(join(native, "..", "package.json"), join(folder, "package", "package.json"));
  return copy;
}

/** Copies a data folder with its owners, which is faster than making another database. */
export function copyDataDir(from: string, to: string): void {
  execFileSync("cp", ["-a", join(from, "postgres"), to]);
}
