import { readFile, realpath } from "node:fs/promises";
import { clusterOf } from "./dataDir";
import { readPostmaster } from "./lockFile";
import { socketUrl } from "./transport";

/** The line of postmaster.pid that names the folder of the socket. */
const SOCKET_FOLDER_LINE = 4;

/** The url of the embedded database that a server runs on `dataDir` right now, or null if none does. */
export async function findRunning(dataDir: string): Promise<string | null> {
  // Processes are known by the one true path of their folder.
  const path = await realpath(dataDir).catch(() => null);
  if (path === null) return null;
  const cluster = clusterOf(path);
  const postmaster = await readPostmaster(cluster);
  if (postmaster?.state !== "ready") return null;
  const lines = (await readFile(`${cluster}/postmaster.pid`, "utf8")).split("\n");
  const folder = lines[SOCKET_FOLDER_LINE]?.trim() ?? "";
  return folder === "" ? null : socketUrl(folder);
}
