import { readdirSync, readFileSync } from "node:fs";

/** The living processes whose command line names the database in a data folder: PostgreSQL's, and the supervisor. */
export function processesIn(dataDir: string): { pid: number; command: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), command: commandOf(name) }))
    .filter(({ command }) => command.includes(`${dataDir}/postgres `));
}

/** Empty for a zombie, and for a process that ended since it was listed. */
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
