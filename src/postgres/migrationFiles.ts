import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { invariant } from "../lib/invariant";

export type Migration = Readonly<{ number: number; name: string; sha256: string; text: string }>;

/** Reads `NNNN_name.sql` files, numbered from 1 without a gap. Anything else in the folder is a programmer's error. */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const files = (await readdir(folder)).filter((file) => !file.startsWith(".")).sort();
  const migrations = await Promise.all(files.map((file) => readMigration(folder, file)));
  migrations.forEach(({ number, name }, index) => {
    invariant(number === index + 1, `migration ${name} stands where number ${index + 1} should`);
  });
  return migrations;
}

async function readMigration(folder: string, file: string): Promise<Migration> {
  const match = /^(\d{4})_([a-z0-9_]+)\.sql$/.exec(file);
  invariant(match, `${file} in ${folder} is not named like 0001_what_it_does.sql`);
  // Git may have turned line ends into those of Windows; that changes nothing.
  const text = (await readFile(join(folder, file), "utf8")).replaceAll("\r\n", "\n");
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { number: Number(match[1]), name: file.slice(0, -".sql".length), sha256, text };
}
