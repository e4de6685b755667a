import { mkdir, readFile, stat, symlink } from "node:fs/promises";
import { basename, join } from "node:path";

/**
 * Packages cannot hold symbolic links. An install script makes them, which many people do not let run. Makes those that
 * are missing beside the libraries, or if that folder is read-only, in `elsewhere`. Answers with the folders to search.
 */
export async function linkLibraries(native: string, elsewhere: string): Promise<string> {
  const libraries = join(native, "lib");
  const missing = await missingLinks(native);
  if (missing.length === 0) return libraries;
  try {
    for (const { file, link } of missing) await linkOnce(basename(file), link);
    return libraries;
  } catch {
    await mkdir(elsewhere, { recursive: true });
    for (const { file, link } of missing) await linkOnce(file, join(elsewhere, basename(link)));
    return `${elsewhere}:${libraries}`;
  }
}

type Link = Readonly<{ file: string; link: string }>;

async function missingLinks(native: string): Promise<Link[]> {
  const links = await readLinks(native);
  const isThere = await Promise.all(links.map(({ link }) => stat(link).then(Boolean, () => false)));
  return links.filter((_, index) => isThere[index] === false);
}

/** The package's own list of links, with names relative to the package: `source` is the file, `target` the link. */
async function readLinks(native: string): Promise<Link[]> {
  const text = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) return [];
  return list.map(({ source, target }: { source: string; target: string }) => ({
    file: join(native, "..", source),
    link: join(native, "..", target),
  }));
}

async function linkOnce(file: string, link: string): Promise<void> {
  await symlink(file, link).catch((error: NodeJS.ErrnoException) => {
    // Another server that starts may have made it just now.
    if (error.code !== "EEXIST") throw error;
  });
}
