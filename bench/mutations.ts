import { removeFolder, startBuiltServer, type RunningServer } from "./runningServer";

const CONNECTIONS = 16;
const SECONDS = 8;

/** Mutations per second through GraphQL: decided, appended, projected and read back; in one app, and over fifty. */
export async function runMutationBench(): Promise<void> {
  const server = await startBuiltServer();
  try {
    await measureAll(server);
  } finally {
    await server.stop();
    removeFolder(server.dataDir);
  }
}

async function measureAll(server: RunningServer): Promise<void> {
  for (const apps of [1, 50]) {
    const slugs = Array.from({ length: apps }, (_, index) => `bench-${apps}-${index}`);
    for (const app of slugs) await prepare(server, app);
    await measure(server, slugs, 2);
    const { perSecond, nodeMs, postgresMs } = await measure(server, slugs, SECONDS);
    console.log(
      `mutations at ${CONNECTIONS} connections over ${apps} app(s): ${perSecond.toFixed(0)} per second; ` +
        `CPU for each: node ${nodeMs.toFixed(2)} ms, PostgreSQL ${postgresMs.toFixed(2)} ms`,
    );
  }
  const { nodeMb, postgresMb } = server.memory();
  console.log(
    `memory under that load: node ${nodeMb.toFixed(0)} MB, PostgreSQL ${postgresMb.toFixed(0)} MB (proportional)`,
  );
}

async function prepare({ send }: RunningServer, app: string): Promise<void> {
  await send(
    `mutation($app: String!) { createApp(input: { slug: $app, name: "Bench" }) { errors { message } } }`,
    { app },
  );
  await send(
    `mutation($app: String!) { createKey(input: { app: $app, name: "k", type: INTEGER, defaultValue: 0 }) { errors { message } } }`,
    { app },
  );
}

type Measured = Readonly<{ perSecond: number; nodeMs: number; postgresMs: number }>;

/** Each edit differs from the one before, so that none is a no-op. */
async function measure(
  { send, cpu }: RunningServer,
  apps: readonly string[],
  seconds: number,
): Promise<Measured> {
  const endsAt = performance.now() + seconds * 1000;
  let done = 0;
  const startedAt = performance.now();
  const before = cpu();
  const worker = async (_: unknown, first: number) => {
    for (let index = first; performance.now() < endsAt; index += CONNECTIONS) {
      const answer = (await send(EDIT, { app: apps[index % apps.length], value: ++counter })) as {
        editKey: { errors: unknown[]; key: { defaultValue: number } };
      };
      if (answer.editKey.errors.length > 0) throw new Error(JSON.stringify(answer.editKey.errors));
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const after = cpu();
  return {
    perSecond: (done * 1000) / (performance.now() - startedAt),
    nodeMs: (after.nodeMs - before.nodeMs) / done,
    postgresMs: (after.postgresMs - before.postgresMs) / done,
  };
}

let counter = 0;
const EDIT = `mutation($app: String!, $value: JSON!) { editKey(input: { app: $app, name: "k", defaultValue: $value }) { key { name defaultValue } errors { code message } } }`;
