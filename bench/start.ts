import { appendMany } from "./manyEvents";
import { freshFolder, removeFolder, startBuiltServer, type RunningServer } from "./runningServer";

const ROUNDS = 3;
const EVENTS = 100_000;

/** How long a start takes: on an empty folder, on an existing database, and with a long log. */
export async function runStartBench(): Promise<void> {
  const fresh: number[] = [];
  const existing: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const folder = freshFolder();
    const first = await startBuiltServer(folder);
    fresh.push(first.startMs);
    await first.stop();
    const second = await startBuiltServer(folder);
    existing.push(second.startMs);
    await second.stop();
    removeFolder(folder);
  }
  console.log(`start on an empty folder: ${list(fresh)} ms (aim 2,500)`);
  console.log(`start on an existing database: ${list(existing)} ms (aim 1,200)`);
  await longLog();
}

async function longLog(): Promise<void> {
  const folder = freshFolder();
  const first = await startBuiltServer(folder);
  await first.stop();
  await appendMany(folder, EVENTS);
  const second = await startBuiltServer(folder);
  await untilProjected(second);
  await second.stop();
  const startedAt = performance.now();
  const third = await startBuiltServer(folder);
  await untilReady(third.address);
  const readyMs = performance.now() - startedAt;
  const asked = performance.now();
  await third.send(`{ evaluate(app: "bench", user: { id: "u" }) { revision } }`);
  console.log(
    `restart with ${EVENTS} events in the log: ready after ${readyMs.toFixed(0)} ms (aim 3,000), ` +
      `first evaluation ${(performance.now() - asked).toFixed(0)} ms later`,
  );
  await third.stop();
  removeFolder(folder);
}

/** A mutation is answered when the read models show it, so when they have everything before it too. */
async function untilProjected({ send }: RunningServer): Promise<void> {
  const endsAt = performance.now() + 300_000;
  while (performance.now() < endsAt) {
    const isDone = await send(EDIT, { value: Date.now() }).then(
      () => true,
      () => false,
    );
    if (isDone) return;
  }
  throw new Error("the read models were not up to date within five minutes");
}

const EDIT = `mutation($value: JSON!) { editKey(input: { app: "bench", name: "k", defaultValue: $value }) { errors { message } } }`;

async function untilReady(address: string): Promise<void> {
  const endsAt = performance.now() + 120_000;
  while (performance.now() < endsAt) {
    const response = await fetch(`${address}/health/ready`);
    if (response.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("the server was not ready within two minutes");
}

const list = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join(", ");
