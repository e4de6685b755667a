import { fillAudience } from "./audienceData";
import { benchDatabase } from "./benchDatabase";
import { freshFolder, removeFolder, startBuiltServer, type RunningServer } from "./runningServer";

const APP = "bench";
const USERS = Number(process.env["AUDIENCE_USERS"] ?? 200_000);
const EVENTS = Number(process.env["AUDIENCE_EVENTS"] ?? 4_000_000);
const ESTIMATES = 20;
const BATCH = 500;
const BATCHES = 40;

const CONDITIONS: Readonly<Record<string, object>> = {
  "of properties": { city: "city-3", age: { $lt: 30 } },
  "of what was done in 30 days": { $performed: { event: "Event-3", withinDays: 30 } },
  "of what was ever done": { $performed: { event: "Event-3", count: { $gte: 2 } } },
};

/** Sizes of segments and what-if over made users with 30 properties and events of 50 kinds, and how fast events are taken. */
export async function runAudienceBench(): Promise<void> {
  await benchDatabase(async (url) => {
    const dataDir = freshFolder();
    const server = await startBuiltServer(dataDir, { DATABASE_URL: url });
    try {
      await server.send(
        `mutation { createApp(input: { slug: "${APP}", name: "Bench" }) { errors { code } } }`,
      );
      const loadedMs = await timed(() => fillAudience(url, { app: APP, users: USERS, events: EVENTS }));
      console.log(`${USERS} users, ${EVENTS} events made in ${(loadedMs / 1_000).toFixed(0)} s`);
      for (const [what, condition] of Object.entries(CONDITIONS)) await measureSizes(server, what, condition);
      await measureWhatIf(server);
      await measureTrack(server);
    } finally {
      await server.stop();
      removeFolder(dataDir);
    }
  }, SETTINGS);
}

/** As for a database with a machine of its own; what is embedded shares one. */
const SETTINGS = { shared_buffers: "512MB", max_wal_size: "4GB" };

type FoundJob = { status: string; startedAt: string; finishedAt: string; result: { users: number } };

async function measureSizes({ send, memory }: RunningServer, what: string, condition: object): Promise<void> {
  const made = (await send(
    `mutation($condition: JSON!) { createSegment(input: { app: "${APP}", name: "${what}", condition: $condition }) { segment { id } } }`,
    { condition },
  )) as { createSegment: { segment: { id: string } } };
  const { id } = made.createSegment.segment;
  const times: number[] = [];
  let estimate: unknown = null;
  for (let index = 0; index < ESTIMATES; index += 1) {
    times.push(
      await timed(async () => {
        estimate = await send(
          `{ segment(id: "${id}") { estimatedSize { users usersError percentage error } } }`,
        );
      }),
    );
  }
  times.sort((a, b) => a - b);
  const started = (await send(
    `mutation { measureSegment(input: { segmentId: "${id}" }) { job { id } } }`,
  )) as { measureSegment: { job: { id: string } } };
  let job: FoundJob | null = null;
  while (job?.status !== "DONE") {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const found = await send(
      `{ job(id: "${started.measureSegment.job.id}") { status startedAt finishedAt result } }`,
    );
    ({ job } = found as { job: FoundJob });
    if (job.status === "FAILED") throw new Error(`${what} could not be measured`);
  }
  const exactMs = Date.parse(job.finishedAt) - Date.parse(job.startedAt);
  console.log(
    `a segment ${what}: estimate p50 ${at(times, 0.5)}, p95 ${at(times, 0.95)} ms (aim 100 ms), exact ${exactMs} ms; ` +
      `${job.result.users} users, ${JSON.stringify(estimate)}; node ${memory().nodeMb.toFixed(0)} MB`,
  );
}

async function measureWhatIf({ send }: RunningServer): Promise<void> {
  const made = (await send(
    `mutation($condition: JSON!) {
    createKey(input: { app: "${APP}", name: "mode", type: INTEGER, defaultValue: 3 }) { errors { code } }
    createSegment(input: { app: "${APP}", name: "iPhones", condition: $condition }) { segment { id } }
  }`,
    { condition: { device: "iPhone" } },
  )) as { createSegment: { segment: { id: string } } };
  const config = (await send(
    `mutation { createConfig(input: { app: "${APP}", name: "Mode", keys: ["mode"], rules: [{ segmentId: "${made.createSegment.segment.id}", percentage: 50, values: [{ key: "mode", value: 4 }] }] }) { config { id } } }`,
  )) as { createConfig: { config: { id: string } } };
  const asked = `{ whatIf(app: "${APP}", changes: [{ configId: "${config.createConfig.config.id}", version: 1 }]) { users usersChanged } }`;
  const times: number[] = [];
  let told: unknown = null;
  for (let index = 0; index < 5; index += 1)
    times.push(await timed(async () => void (told = await send(asked))));
  times.sort((a, b) => a - b);
  console.log(
    `what if: p50 ${at(times, 0.5)}, slowest ${at(times, 0.99)} ms (aim 2,000 ms); ${JSON.stringify(told)}`,
  );
  const evaluation = `{ evaluate(app: "${APP}", user: { id: "u", properties: { device: "iPhone" } }) { object } }`;
  const alone = await evaluationsIn(send, evaluation, 3_000);
  let isOver = false;
  const asking = (async () => {
    while (!isOver) await send(asked);
  })();
  const beside = await evaluationsIn(send, evaluation, 3_000);
  isOver = true;
  await asking;
  console.log(
    `evaluations by 4 clients: ${alone.toFixed(0)}/s alone, ${beside.toFixed(0)}/s while what-if runs (${((100 * beside) / alone).toFixed(0)} %)`,
  );
}

async function evaluationsIn(send: RunningServer["send"], document: string, forMs: number): Promise<number> {
  let done = 0;
  const startedAt = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() - startedAt < forMs) {
      await send(document);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: 4 }, client));
  return (done * 1_000) / (performance.now() - startedAt);
}

async function measureTrack({ send }: RunningServer): Promise<void> {
  const document = `mutation($input: TrackInput!) { track(input: $input) { accepted errors { message } } }`;
  const inputOf = (batch: number, count: number) => ({
    app: APP,
    events: Array.from({ length: count }, (_, index) => ({
      ...{ id: `t-${batch}-${index}`, userId: `user-${1 + ((batch * 7_919 + index * 31) % USERS)}` },
      ...{ name: `Event-${index % 50}`, properties: { amount: index, category: `c${index % 12}` } },
    })),
  });
  const run = async (clients: number, first: number, requests: number, count: number): Promise<number> => {
    let next = first;
    const client = async (): Promise<void> => {
      while (next < first + requests) await send(document, { input: inputOf(next++, count) });
    };
    return timed(() => Promise.all(Array.from({ length: clients }, client)));
  };
  const batchesMs = await run(4, 0, BATCHES, BATCH);
  const singlesMs = await run(16, BATCHES, 4_000, 1);
  console.log(
    `track: ${((BATCHES * BATCH * 1_000) / batchesMs).toFixed(0)} events/s in batches of ${BATCH}, ${((4_000 * 1_000) / singlesMs).toFixed(0)} requests/s of one event`,
  );
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

const at = (times: readonly number[], share: number): string =>
  (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN).toFixed(0);
