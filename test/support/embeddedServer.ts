import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TransportKind } from "../../src/postgres/embedded/transport";

export type User = Readonly<{ uid: number; gid: number }>;
export type StartOptions = Readonly<{
  dataDir: string;
  nativeFolder: string;
  transport?: TransportKind;
  settings?: Readonly<Record<string, string>>;
  /** Whom the process runs as, if not as ourselves. */
  user?: User | undefined;
  environment?: NodeJS.ProcessEnv;
}>;

/** A process that does nothing but run an embedded PostgreSQL, so that it can be killed. */
export type EmbeddedServer = Readonly<{
  url: string;
  log: readonly string[];
  /** Ends it in order; answers with its exit code. */
  stop: () => Promise<number | null>;
  /** Ends it as the system does that is out of memory. */
  kill: () => Promise<void>;
}>;

/** The program in JavaScript; `workshop` holds what it requires. */
export const PROGRAM = `
const { startEmbedded } = require("./postgres/embedded/startEmbedded");
const tell = (message) => console.log(JSON.stringify(message));
const log = (line) => tell({ line });
startEmbedded({ ...JSON.parse(process.argv[2]), logger: { debug: log, info: log, warn: log } }).then(
  ({ url, stop }) => {
    tell({ url });
    process.stdin.on("end", () => stop().then(() => process.exit(0))).resume();
  },
  (error) => {
    tell({ refused: error.name + ": " + error.message });
    process.exitCode = 1;
  },
);
`;

type Message = Readonly<{ line?: string; url?: string; refused?: string }>;

/** Rejects with what the server said if it refused to start. */
export async function startServer(workshop: string, options: StartOptions): Promise<EmbeddedServer> {
  const { user, environment, ...embedded } = options;
  const child = spawn(process.execPath, [join(workshop, "program.js"), JSON.stringify(embedded)], {
    ...user,
    cwd: workshop,
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const log: string[] = [];
  const url = await firstAnswer(child, log);
  return {
    url,
    log,
    async stop() {
      child.stdin.end();
      await exited;
      return child.exitCode;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

function firstAnswer(child: ChildProcess, log: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => reject(new Error(`The server ended before it was ready: ${log.join(" ")}`)));
    if (!child.stdout) return;
    createInterface(child.stdout).on("line", (text) => {
      const { line, url, refused } = JSON.parse(text) as Message; // Written by PROGRAM.
      if (line !== undefined) log.push(line);
      if (url !== undefined) resolve(url);
      if (refused !== undefined) reject(new Error(refused));
    });
  });
}
