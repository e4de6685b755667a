import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { until } from "../support/until";
import { startTestServer, type TestServer } from "../support/wholeServer";

export type Item = {
  kind: string;
  cursor: string;
  lease: string;
  event: { subject: string; sequence: string } | null;
};
type Answer = {
  errors?: readonly { extensions?: Record<string, unknown> }[];
  data?: { changes: Item } | null;
};
type Refusals = { code: string; path: string[] }[];
type ConsumerShown = {
  name: string;
  cursor: string;
  lag: number;
  partitions: {
    number: number;
    lagEvents: number;
    lagSeconds: number;
    holder: string | null;
    cursor: string;
  }[];
};

const FOLLOW = `subscription($app: String!, $consumer: String, $instance: String, $after: String) {
  changes(app: $app, consumer: $consumer, instance: $instance, after: $after) { kind cursor lease event { subject sequence } }
}`;
const SHOWN =
  "name cursor lag partitions { number lagEvents lagSeconds holder cursor leasedUntil acknowledgedAt }";

/** Two servers on one database. */
export let first: TestServer;
export let second: TestServer;
/** A new one for each test. */
export let app: string;
let apps = 0;
const open: (() => Promise<unknown>)[] = [];

/** For a file of tests whose consumers are called `cache`. */
export function useTwoServers(): void {
  beforeAll(async () => {
    first = await startTestServer();
    second = await startTestServer({ on: first });
  });
  beforeEach(async () => {
    app = `shop-${apps++}`;
    await first.send(`mutation { createApp(input: { slug: "${app}", name: "Shop" }) { errors { code } } }`);
  });
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });
  afterAll(async () => {
    await second.stop();
    await first.stop();
  });
}

export async function mutate(name: string, input: object, at = first) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
  const data = await at.send(
    `mutation($input: ${type}) { r: ${name}(input: $input) { errors { code path } } }`,
    {
      input: { app, ...(name === "ackChanges" ? { consumer: "cache" } : { name: "cache" }), ...input },
    },
  );
  return at.read<{ errors: Refusals }>(data, "r");
}
export const codes = async (answer: Promise<{ errors: Refusals }>) =>
  (await answer).errors.map(({ code }) => code);
export const create = (input: object = {}) => mutate("createConsumer", { startAt: "BEGINNING", ...input });
export const acknowledge = ({ cursor, lease }: Item, at = first) =>
  codes(mutate("ackChanges", { cursor, lease }, at));
/** As who keeps no lease. */
export const acknowledgeFreely = (cursor: string | undefined) => codes(mutate("ackChanges", { cursor }));
export const makeKey = (name: string) =>
  first.send(
    `mutation { createKey(input: { app: "${app}", name: "${name}", type: STRING, defaultValue: "" }) { errors { code } } }`,
  );

/** An instance: what it is sent, and what ended it. */
export function instance(at: TestServer, more: object = {}, token = at.token) {
  const client = createClient({
    url: `${at.address.replace("http", "ws")}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  const variables = { app, consumer: "cache", ...more };
  const answers = client.iterate({ query: FOLLOW, variables }) as AsyncIterableIterator<Answer>;
  const next = async (): Promise<Answer> => {
    const { value, done } = await answers.next();
    if (done === true) throw new Error("It ended.");
    return value as Answer;
  };
  const close = async () => {
    await answers.return?.();
    await client.dispose();
  };
  open.push(close);
  return {
    close,
    async event(): Promise<Item> {
      for (;;) {
        const { data, errors } = await next();
        if (!data) throw new Error(JSON.stringify(errors));
        if (data.changes.kind === "EVENT") return data.changes;
      }
    },
    async item(): Promise<Item> {
      const { data, errors } = await next();
      if (!data) throw new Error(JSON.stringify(errors));
      return data.changes;
    },
    async refusal(): Promise<unknown> {
      for (;;) {
        const answer = await next().catch((error: unknown) => {
          const [refused] = error as NonNullable<Answer["errors"]>;
          return { errors: [refused] } as Answer;
        });
        if (answer.errors) return answer.errors[0]?.extensions?.["code"];
      }
    },
  };
}

/** As if the holder had been silent until its lease ran out. */
export async function letLeaseRunOut(): Promise<void> {
  const database = createDatabase(first.databaseUrl, { connectionsMax: 1 });
  await database.query(
    "update server.consumer_partitions set leased_until = clock_timestamp() where app = $1 and leased_until is not null",
    [app],
  );
  await database.close();
}

/** How many wait for the partitions of consumers. */
export async function waiting(database: Database): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    "select count(*)::integer as count from pg_locks where relation = 'server.consumer_partitions'::regclass and not granted",
  );
  return row?.count ?? 0;
}

/** How often the partition of the app's consumer has changed hands. */
export async function fenceOf(database: Database): Promise<number> {
  const [row] = await database.query<{ fence: number }>(
    "select fence from server.consumer_partitions where app = $1",
    [app],
  );
  return row?.fence ?? 0;
}

export async function shown(at = first): Promise<ConsumerShown | null> {
  const data = await at.send(`{ consumer(app: "${app}", name: "cache") { ${SHOWN} } }`);
  return at.read<ConsumerShown | null>(data, "consumer");
}

export const untilNobodyWorks = () =>
  until("the lease was given up", async () => (await shown())?.partitions[0]?.holder === null);
