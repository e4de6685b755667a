import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { keepLog } from "./testLog";

export type BuiltServer = Readonly<{
  address: string;
  /** What it printed so far. */
  printed: () => string;
  post: (query: string, variables?: Record<string, unknown>) => Promise<unknown>;
  kill: (signal: NodeJS.Signals) => Promise<number | null>;
  /** Stops the process where it is, as a machine that sleeps; it knows nothing of it. */
  pause: () => void;
  resume: () => void;
}>;

export type Ended = Readonly<{ code: number | null; printed: string }>;

/** Beside us where tests are programs themselves. */
const MAIN =
  [join(__dirname, "../../src/main.js"), join(__dirname, "../../dist/main.js")].find(existsSync) ?? "";
export const BUILT_TOKEN = "a-token-for-tests-of-the-built-server";

/** Starts the program that people start, as a process of its own: what `npm run build` made. */
export async function startBuiltServer(environment: Record<string, string>): Promise<BuiltServer | Ended> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env["PATH"] ?? "",
      PORT: "0",
      ADMIN_TOKEN: BUILT_TOKEN,
      LOG_LEVEL: "warn",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const address = await new Promise<string | null>((resolve) => {
    const read = (chunk: Buffer) => {
      printed += chunk.toString();
      const found = /ready at (http:\S+)/.exec(printed)?.[1];
      if (found !== undefined && printed.includes("Admin token")) resolve(found);
    };
    child.stderr.on("data", (chunk: Buffer) => keepLog(chunk.toString()));
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    void ended.then(() => resolve(null));
  });
  if (address === null) return { code: await ended, printed };
  return {
    address,
    printed: () => printed,
    post: (query, variables = {}) => post(address, query, variables),
    kill(signal) {
      child.kill(signal);
      return ended;
    },
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
  };
}

/** @throws if the server could not be started. */
export async function startedServer(environment: Record<string, string>): Promise<BuiltServer> {
  const started = await startBuiltServer(environment);
  if ("code" in started) throw new Error(`The server ended with ${started.code}: ${started.printed}`);
  return started;
}

async function post(address: string, query: string, variables: Record<string, unknown>): Promise<unknown> {
  const response = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${BUILT_TOKEN}` },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as { data?: unknown; errors?: unknown };
  if (body.errors) throw new Error(JSON.stringify(body.errors));
  return body.data;
}
