import { makeLargeApp } from "./largeApp";
import { freshFolder, removeFolder, startBuiltServer, type RunningServer } from "./runningServer";

const APP = "large";
const ROUNDS = 5;
const EXPORT_MS_AIM = 1_000;
const IMPORT_MS_AIM = 3_000;

/** A large app as one document: exported, looked at for changes, and imported into empty apps. */
export async function runDefinitionBench(): Promise<void> {
  const dataDir = freshFolder();
  try {
    // The first start makes the database, which the app is then written to.
    await (await startBuiltServer(dataDir)).stop();
    await makeLargeApp(dataDir, APP);
    const server = await startBuiltServer(dataDir);
    try {
      await measureAll(server);
    } finally {
      await server.stop();
    }
  } finally {
    removeFolder(dataDir);
  }
}

async function measureAll({ send, memory }: RunningServer): Promise<void> {
  // The first request after a start reads everything from the log.
  const cold = await timed(() => exported(send));
  const { definition } = cold.answer;
  const size = Math.round(JSON.stringify(definition).length / 1024);
  console.log(`export, the first since the start: ${cold.ms.toFixed(0)} ms, ${size} KB`);
  await repeated(`export (aim ${EXPORT_MS_AIM} ms)`, () => exported(send));
  await repeated("import of what is there, which changes nothing", () => imported(send, APP, definition));
  await repeated(`import into an empty app (aim ${IMPORT_MS_AIM} ms)`, async (round) => {
    await must(send(CREATE, { slug: `copy-${round}` }));
    return () => imported(send, `copy-${round}`, definition);
  });
  const { nodeMb, postgresMb } = memory();
  console.log(
    `memory then: node ${nodeMb.toFixed(0)} MB, PostgreSQL ${postgresMb.toFixed(0)} MB (proportional)`,
  );
}

/** What `prepare` answers, if that is a function, is what is measured. */
async function repeated(what: string, prepare: (round: number) => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { answer, ms } = await timed(() => prepare(round));
    times.push(typeof answer === "function" ? (await timed(answer as () => Promise<unknown>)).ms : ms);
  }
  console.log(`${what}: ${times.map((ms) => ms.toFixed(0)).join(", ")} ms`);
}

async function timed<Answer>(run: () => Promise<Answer>): Promise<{ answer: Answer; ms: number }> {
  const startedAt = performance.now();
  const answer = await run();
  return { answer, ms: performance.now() - startedAt };
}

type Send = RunningServer["send"];

async function exported(send: Send): Promise<{ definition: object }> {
  const answer = await send(`{ exportApp(app: "${APP}") { definition revision } }`);
  return (answer as { exportApp: { definition: object } }).exportApp;
}

function imported(send: Send, app: string, definition: object): Promise<void> {
  return must(send(IMPORT, { input: { app, definition } }));
}

async function must(answer: Promise<unknown>): Promise<void> {
  const { r } = (await answer) as { r: { errors: readonly unknown[] } };
  if (r.errors.length > 0) throw new Error(JSON.stringify(r.errors));
}

const CREATE = `mutation($slug: String!) { r: createApp(input: { slug: $slug, name: "Copy" }) { errors { code message } } }`;
const IMPORT = `mutation($input: ImportAppInput!) { r: importApp(input: $input) { changes { action kind name } errors { code message path } } }`;
