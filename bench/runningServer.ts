import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type RunningServer = Readonly<{
  address: string;
  token: string;
  dataDir: string;
  /** From spawning node until the server said that it is ready. */
  startMs: number;
  send: (document: string, variables?: Record<string, unknown>) => Promise<unknown>;
  memory: () => { nodeMb: number; postgresMb: number };
  stop: (signal?: NodeJS.Signals) => Promise<void>;
}>;

const TOKEN = "bench-admin-token-of-sufficient-length-0123456789";

/** Starts the built server as people do, as a process of its own with an embedded database. */
export async function startBuiltServer(port: number, dataDir = freshFolder()): Promise<RunningServer> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["dist/main.js"], {
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, ADMIN_TOKEN: TOKEN, LOG_LEVEL: "warn" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await readyLine(child);
  const startMs = performance.now() - startedAt;
  const address = `http://127.0.0.1:${port}`;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return {
    address,
    token: TOKEN,
    dataDir,
    startMs,
    send: (document, variables) => send(address, agent, document, variables),
    memory: () => memoryOf(child.pid ?? 0),
    async stop(signal = "SIGTERM") {
      agent.destroy();
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill(signal);
      await ended;
    },
  };
}

export function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), "pe-bench-"));
}
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

function readyLine(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes("http://")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${printed}`)));
  });
}

function send(
  address: string,
  agent: Agent,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<unknown> {
  const body = JSON.stringify({ query, variables });
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      authorization: `Bearer ${TOKEN}`,
    };
    const sent = request(`${address}/graphql`, { method: "POST", agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const answer = JSON.parse(Buffer.concat(chunks).toString()) as { data: unknown; errors?: unknown };
        if (answer.errors) reject(new Error(JSON.stringify(answer.errors)));
        else resolve(answer.data);
      });
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

/** Proportional memory of node, and of all processes of its database. */
function memoryOf(pid: number): { nodeMb: number; postgresMb: number } {
  const descendants = childrenOf(pid).flatMap((child) => [
    child,
    ...childrenOf(child).flatMap((c) => [c, ...childrenOf(c)]),
  ]);
  const postgresMb = descendants.reduce((sum, child) => sum + pssMb(child), 0);
  return { nodeMb: pssMb(pid), postgresMb };
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .trim()
      .split(/\s+/)
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}

function pssMb(pid: number): number {
  try {
    const match = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
    return Number(match?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
