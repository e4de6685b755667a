import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { removeFolder, startBuiltServer, type RunningServer } from "./runningServer";

const CONNECTIONS = 16;
const WARM_UP_MS = 2_000;
const MEASURE_MS = 4_000;
const ROUNDS = 3;

/** Ten fields that need no database: what the edge itself costs. */
const SMALL = `{ viewer { ${["id", "role", ..."abcdefgh"].map((name, index) => (index < 2 ? name : `${name}: id`)).join(" ")} } }`;
const APP = `{ app(slug: "bench") { id slug name createdAt environments { id name } } }`;

/** GraphQL queries per second, each beside a plain route that gives the same answer, in turns. */
export async function runGraphqlBench(): Promise<void> {
  const server = await startBuiltServer();
  try {
    await server.send(
      `mutation { createApp(input: { slug: "bench", name: "Bench" }) { errors { message } } }`,
    );
    await compare(server, "small query, 10 fields", SMALL);
    await compare(server, "an app with its environments, read from the database", APP);
    const { nodeMb, postgresMb } = server.memory();
    console.log(
      `memory: node ${nodeMb.toFixed(0)} MB, PostgreSQL ${postgresMb.toFixed(0)} MB (proportional)`,
    );
  } finally {
    await server.stop();
    removeFolder(server.dataDir);
  }
}

async function compare(server: RunningServer, what: string, query: string): Promise<void> {
  const answer = JSON.stringify({ data: await server.send(query) });
  const plain = await startPlainRoute(answer);
  try {
    const graphqlRates: number[] = [];
    const plainRates: number[] = [];
    // In turns, so that whatever else the machine does strikes both.
    for (let round = 0; round < ROUNDS; round += 1) {
      plainRates.push(await load(plain.address, server.token, query));
      graphqlRates.push(await load(server.address, server.token, query));
    }
    const ours = median(graphqlRates);
    const yardstick = median(plainRates);
    console.log(
      `${what}: ${ours.toFixed(0)} per second; plain route ${yardstick.toFixed(0)}; ratio ${(ours / yardstick).toFixed(2)}`,
    );
  } finally {
    plain.process.kill();
    await once(plain.process, "exit");
  }
}

async function startPlainRoute(answer: string): Promise<{ address: string; process: ChildProcess }> {
  const child = spawn(process.execPath, ["dist-bench/bench/plainRoute.js", "0", answer], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = (await once(child.stdout, "data")) as [Buffer];
  return { address: printed.toString().trim(), process: child };
}

async function load(address: string, token: string, query: string): Promise<number> {
  const options = [address, token, query, CONNECTIONS, WARM_UP_MS, MEASURE_MS].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, [
    "dist-bench/bench/httpLoad.js",
    ...options,
  ]);
  return Number(stdout);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
