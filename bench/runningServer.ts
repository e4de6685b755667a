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
  /** The answer as it comes, and how long it took to be whole: without what a client needs to read it. */
  ask: (document: string, variables?: Record<string, unknown>) => Promise<Asked>;
  memory: () => { nodeMb: number; postgresMb: number };
  /** What node, and its database with all that it ended, have used of the processors so far. */
  cpu: () => { nodeMs: number; postgresMs: number };
  stop: (signal?: NodeJS.Signals) => Promise<void>;
}>;

export type Asked = Readonly<{ text: string; ms: number }>;

const TOKEN = "bench-admin-token-of-sufficient-length-0123456789";

/** Starts the built server as `npm start` does, as a process of its own with an embedded database. */
export async function startBuiltServer(
  dataDir = freshFolder(),
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["--max-semi-space-size=8", "dist/main.js"], {
    env: {
      ...process.env,
      PORT: "0",
      DATA_DIR: dataDir,
      ADMIN_TOKEN: TOKEN,
      LOG_LEVEL: "warn",
      ...environment,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const address = await readyAddress(child);
  const startMs = performance.now() - startedAt;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const asking: RunningServer["ask"] = (document, variables) => ask(address, agent, document, variables);
  return {
    address,
    token: TOKEN,
    dataDir,
    startMs,
    ask: asking,
    send: async (document, variables) => dataOf(await asking(document, variables)),
    memory: () => memoryOf(child.pid ?? 0),
    cpu: () => cpuOf(child.pid ?? 0),
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

/** It listens where there is room, so that benches of several checkouts can run at once. */
function readyAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      const [address] = /http:\/\/[\d.]+:\d+(?=\s)/.exec(printed) ?? [];
      if (address !== undefined) resolve(address);
    });
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${printed}`)));
  });
}

function ask(
  address: string,
  agent: Agent,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Asked> {
  const body = JSON.stringify({ query, variables });
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      authorization: `Bearer ${TOKEN}`,
    };
    const sentAt = performance.now();
    const sent = request(`${address}/graphql`, { method: "POST", agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const ms = performance.now() - sentAt;
        resolve({ text: Buffer.concat(chunks).toString(), ms });
      });
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

function dataOf({ text }: Asked): unknown {
  const answer = JSON.parse(text) as { data: unknown; errors?: unknown };
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
}

/** Proportional memory of node, and of all processes of its database. */
function memoryOf(pid: number): { nodeMb: number; postgresMb: number } {
  const postgresMb = descendantsOf(pid).reduce((sum, child) => sum + pssMb(child), 0);
  return { nodeMb: pssMb(pid), postgresMb };
}

function cpuOf(pid: number): { nodeMs: number; postgresMs: number } {
  const postgresMs = descendantsOf(pid).reduce((sum, child) => {
    const { ownMs, endedMs } = cpuMs(child);
    return sum + ownMs + endedMs;
  }, 0);
  return { nodeMs: cpuMs(pid).ownMs, postgresMs };
}

function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
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

const MS_PER_TICK = 10;

/** Of a process, and of its children that have ended. */
function cpuMs(pid: number): { ownMs: number; endedMs: number } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [own = 0, ownKernel = 0, ended = 0, endedKernel = 0] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 15)
      .map(Number);
    return { ownMs: (own + ownKernel) * MS_PER_TICK, endedMs: (ended + endedKernel) * MS_PER_TICK };
  } catch {
    return { ownMs: 0, endedMs: 0 };
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
