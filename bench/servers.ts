import { freshFolder, removeFolder, startBuiltServer, type RunningServer } from "./runningServer";
import { silent } from "../src/lib/logger";
import { migrate } from "../src/postgres/migrations";

const PUBLICATIONS = 500;

/** How long after one server acknowledged a publication the other one answers by it, in both directions. */
export async function runServersBench(url: string): Promise<void> {
  await migrate(url, "migrations", silent);
  const folder = freshFolder();
  const environment = { DATABASE_URL: url };
  const servers = [await startBuiltServer(folder, environment), await startBuiltServer(folder, environment)];
  const [a, b] = servers as [RunningServer, RunningServer];
  try {
    const configId = await prepare(a);
    // The one that projects and schedules hears of its own appends otherwise than of those of others.
    await measure("published by the one that leads", [a, b], configId);
    await measure("published by the other one", [b, a], configId);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    removeFolder(folder);
  }
}

async function prepare({ send }: RunningServer): Promise<string> {
  await send(`mutation { createApp(input: { slug: "bench", name: "Bench" }) { errors { message } } }`);
  await send(
    `mutation { createKey(input: { app: "bench", name: "k", type: INTEGER, defaultValue: 0 }) { errors { message } } }`,
  );
  const { r } = (await send(
    `mutation { r: createConfig(input: { app: "bench", name: "c", keys: ["k"], rules: [{ values: [{ key: "k", value: 1 }] }] }) { config { id } } }`,
  )) as { r: { config: { id: string } } };
  await send(
    `mutation($id: ID!) { editConfig(input: { configId: $id, rules: [{ values: [{ key: "k", value: 2 }] }] }) { errors { message } } }`,
    { id: r.config.id },
  );
  return r.config.id;
}

async function measure(
  what: string,
  [publishing, asked]: readonly [RunningServer, RunningServer],
  configId: string,
): Promise<void> {
  const tookMs: number[] = [];
  for (let index = 0; index < PUBLICATIONS; index += 1) {
    const version = (index % 2) + 1;
    await publish(publishing, configId, version);
    const acknowledgedAtMs = performance.now();
    while ((await valueAt(asked)) !== version);
    tookMs.push(performance.now() - acknowledgedAtMs);
  }
  tookMs.sort((x, y) => x - y);
  const at = (share: number) => (tookMs[Math.ceil(tookMs.length * share) - 1] ?? NaN).toFixed(1);
  console.log(
    `${what}: the other answers by it after p50 ${at(0.5)}, p99 ${at(0.99)}, at most ${at(1)} ms ` +
      `(${PUBLICATIONS} publications; with the time of the request that asks)`,
  );
}

async function publish({ send }: RunningServer, id: string, version: number): Promise<void> {
  const { r } = (await send(
    `mutation($id: ID!, $version: Int!) { r: publishConfig(input: { configId: $id, version: $version }) { errors { message } } }`,
    { id, version },
  )) as { r: { errors: { message: string }[] } };
  if (r.errors.length > 0) throw new Error(JSON.stringify(r.errors));
}

async function valueAt({ send }: RunningServer): Promise<unknown> {
  const { evaluate } = (await send(`{ evaluate(app: "bench", user: { id: "u" }) { object } }`)) as {
    evaluate: { object: { k: unknown } };
  };
  return evaluate.object.k;
}
