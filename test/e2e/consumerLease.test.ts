import { createDatabase } from "../../src/postgres/pool";
import type { Database } from "../../src/postgres/database";
import { startedServer, type BuiltServer } from "../support/builtServer";
import { startConsumerInstance, type ConsumerInstance, type ConsumerItem } from "../support/consumerInstance";
import { freshDatabase } from "../support/postgres";
import { rounds } from "../support/rounds";
import { until } from "../support/until";

/** How often an instance loses its server, and then the next one its life. */
const ROUNDS = rounds(1, 10);
const KEYS = 6;
const PARTITIONS = 2;
/** How many changes an instance has in hand, of those that it was sent and did not acknowledge, when it ends. */
const IN_HAND = 3;

jest.setTimeout(rounds(120_000, 900_000));

type Event = NonNullable<ConsumerItem["event"]>;

let drop: () => Promise<void>;
let database: Database;
let environment: Record<string, string>;
let mortal: BuiltServer;
let lasting: BuiltServer;
let isEditing: boolean;
let editing: Promise<void>;
/** What the instances of each partition acknowledged, one after the other. */
let acknowledged: Event[][];

beforeEach(async () => {
  const fresh = await freshDatabase();
  ({ drop } = fresh);
  environment = { DATABASE_URL: fresh.url };
  database = createDatabase(fresh.url, { connectionsMax: 1 });
  lasting = await startedServer(environment);
  mortal = await startedServer(environment);
  await lasting.post(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
  for (let key = 0; key < KEYS; key++) {
    await lasting.post(
      `mutation { createKey(input: { app: "shop", name: "k${key}", type: STRING, defaultValue: "" }) { errors { code } } }`,
    );
  }
  await lasting.post(
    `mutation { createConsumer(input: { app: "shop", name: "cache", partitions: ${PARTITIONS}, startAt: BEGINNING }) { errors { code } } }`,
  );
  acknowledged = Array.from({ length: PARTITIONS }, () => []);
  isEditing = true;
  editing = edit();
});
afterEach(async () => {
  isEditing = false;
  await editing;
  await mortal.kill("SIGKILL");
  await lasting.kill("SIGTERM");
  await database.close();
  await drop();
});

/** Key by key, while instances come and go. */
async function edit(): Promise<void> {
  for (let index = 0; isEditing; index++) {
    await lasting.post(
      `mutation { editKey(input: { app: "shop", name: "k${index % KEYS}", defaultValue: "${index}" }) { errors { code } } }`,
    );
  }
}

const partitionOf = ([first]: readonly ConsumerItem[]): number => Number(first?.lease.split("-")[0]);
const withEvent = (items: readonly ConsumerItem[]) => items.filter(({ event }) => event !== null);
const eventsOf = (items: readonly ConsumerItem[]): Event[] =>
  items.flatMap(({ event }) => (event ? [event] : []));

const start = (at: BuiltServer): Promise<ConsumerInstance> =>
  startConsumerInstance(at, { app: "shop", consumer: "cache" });

/** As often as it takes until there is a partition to have. */
async function insist(at: BuiltServer): Promise<ConsumerInstance> {
  for (;;) {
    const instance = await start(at);
    if (instance.status === 200) return instance;
    expect(instance.status).toBe(409);
  }
}

async function acknowledge(item: ConsumerItem | undefined): Promise<string[]> {
  const answer = (await lasting.post(
    `mutation($input: AckChangesInput!) { r: ackChanges(input: $input) { errors { code } } }`,
    { input: { app: "shop", consumer: "cache", cursor: item?.cursor, lease: item?.lease } },
  )) as { r: { errors: { code: string }[] } };
  return answer.r.errors.map(({ code }) => code);
}

/** Acknowledges all but the last few of what an instance was sent. */
async function workOff({ items }: ConsumerInstance): Promise<void> {
  await until("it has something in hand", () => withEvent(items).length > 2 * IN_HAND);
  const done = withEvent(items).slice(0, -IN_HAND);
  expect(await acknowledge(done.at(-1))).toEqual([]);
  acknowledged[partitionOf(items)]?.push(...eventsOf(done));
}

/** What it was sent behind what was acknowledged. */
function inHand({ items }: ConsumerInstance): ConsumerItem[] {
  const last = acknowledged[partitionOf(items)]?.at(-1)?.sequence ?? "";
  return withEvent(items).filter(({ event }) => event !== null && event.sequence > last);
}

/** When the lease of a partition ends, or has ended. */
async function leaseEnd(partition: number): Promise<number> {
  const [row] = await database.query<{ until: string }>(
    "select leased_until as until from server.consumer_partitions where app = 'shop' and number = $1",
    [partition],
  );
  return new Date(row?.until ?? "").getTime();
}

/** One has gone and another one came: it has the same partition, and begins with what the first had in hand. */
async function mustGoOn(gone: ConsumerInstance, next: ConsumerInstance): Promise<void> {
  const before = inHand(gone);
  await until("it was sent what the other one had", () => withEvent(next.items).length >= before.length);
  expect(partitionOf(next.items)).toBe(partitionOf(gone.items));
  expect(eventsOf(next.items).slice(0, before.length)).toEqual(eventsOf(before));
  expect(await acknowledge(before.at(-1))).toEqual(["LEASE_LOST"]);
}

async function everyEvent(): Promise<Event[]> {
  const events: Event[] = [];
  for (let place = "startAt: BEGINNING"; ;) {
    const { changes } = (await lasting.post(
      `{ changes(app: "shop", ${place}, first: 1000) { items { event { id subject sequence } } endCursor hasMore } }`,
    )) as { changes: { items: { event: Event }[]; endCursor: string; hasMore: boolean } };
    events.push(...changes.items.map(({ event }) => event));
    if (!changes.hasMore) return events;
    place = `after: "${changes.endCursor}"`;
  }
}

describe("instances of a consumer that are killed, or whose server is", () => {
  it("are followed by others, which lose nothing and keep the order of each thing", async () => {
    const steady = await start(lasting);
    let one = await start(mortal);
    for (let round = 0; round < ROUNDS; round++) {
      await workOff(one);
      await mortal.kill("SIGKILL");
      await one.kill();
      const leasedUntilMs = await leaseEnd(partitionOf(one.items));
      // A dead server cannot give the lease back, so it has to run out.
      const next = await insist(lasting);
      expect(Date.now()).toBeGreaterThanOrEqual(leasedUntilMs);
      await mustGoOn(one, next);

      mortal = await startedServer(environment);
      await workOff(next);
      await next.kill();
      // The server lives, and gives back what a dead instance held.
      one = await insist(mortal);
      await mustGoOn(next, one);
    }
    await workOff(steady);
    isEditing = false;
    await editing;

    const all = await everyEvent();
    const whole = () =>
      [one, steady].map((instance) => [
        ...(acknowledged[partitionOf(instance.items)] ?? []),
        ...eventsOf(inHand(instance)),
      ]);
    await until("everything was sent", () => whole().flat().length >= all.length);
    const ofEach = whole();
    const bySequence = ofEach.flat().sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
    expect(bySequence.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    const subjects = ofEach.map((events) => new Set(events.map(({ subject }) => subject)));
    expect([...(subjects[0] ?? [])].filter((subject) => subjects[1]?.has(subject))).toEqual([]);
    for (const events of ofEach) {
      const sequences = events.map(({ sequence }) => sequence);
      expect(sequences).toEqual(sequences.toSorted());
    }
    await one.kill();
    await steady.kill();
  });
});
