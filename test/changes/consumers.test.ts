import "reflect-metadata";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { CONSUMERS_PER_APP_MAX, PARTITIONS_MAX } from "../../src/changes/consumers.policy";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { makeToken } from "../access/tokens";
import { until } from "../support/until";
import { startTestServer, type TestServer } from "../support/wholeServer";

type Item = {
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
const SHOWN = "name partitions { number lagEvents lagSeconds holder cursor leasedUntil acknowledgedAt }";

let first: TestServer;
let second: TestServer;
let apps = 0;
let app: string;
const open: (() => Promise<unknown>)[] = [];

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

async function mutate(name: string, input: object, selection = "errors { code path }", at = first) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
  const data = await at.send(`mutation($input: ${type}) { r: ${name}(input: $input) { ${selection} } }`, {
    input: { app, name: "cache", ...input },
  });
  return at.read<{ errors: Refusals; consumer?: ConsumerShown | null }>(data, "r");
}
const codes = async (answer: Promise<{ errors: Refusals }>) => (await answer).errors.map(({ code }) => code);
const create = (input: object = {}) => mutate("createConsumer", { startAt: "BEGINNING", ...input });
const acknowledge = ({ cursor, lease }: Item, at = first) =>
  codes(mutate("ackChanges", { cursor, lease }, undefined, at));
const makeKey = (name: string) =>
  first.send(
    `mutation { createKey(input: { app: "${app}", name: "${name}", type: STRING, defaultValue: "" }) { errors { code } } }`,
  );

/** An instance: what it is sent, and what ended it. */
function instance(at: TestServer, more: object = {}, token = at.token) {
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
async function letLeaseRunOut(): Promise<void> {
  const database = createDatabase(first.databaseUrl, { connectionsMax: 1 });
  await database.query(
    "update server.consumer_partitions set leased_until = clock_timestamp() where app = $1 and leased_until is not null",
    [app],
  );
  await database.close();
}

/** How many wait for the partitions of consumers. */
async function waiting(database: Database): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    "select count(*)::integer as count from pg_locks where relation = 'server.consumer_partitions'::regclass and not granted",
  );
  return row?.count ?? 0;
}

/** How often the partition of the app's consumer has changed hands. */
async function fenceOf(database: Database): Promise<number> {
  const [row] = await database.query<{ fence: number }>(
    "select fence from server.consumer_partitions where app = $1",
    [app],
  );
  return row?.fence ?? 0;
}

async function shown(at = first): Promise<ConsumerShown | null> {
  const data = await at.send(`{ consumer(app: "${app}", name: "cache") { ${SHOWN} } }`);
  return at.read<ConsumerShown | null>(data, "consumer");
}

const untilNobodyWorks = () =>
  until("the lease was given up", async () => (await shown())?.partitions[0]?.holder === null);

describe("a named consumer", () => {
  it("goes on behind what was acknowledged, on any server", async () => {
    await create();
    await makeKey("a");
    const one = instance(first);
    const created = await one.event();
    const environment = await one.event();
    expect(await acknowledge(created)).toEqual([]);
    await one.close();
    await untilNobodyWorks();
    const other = instance(second);
    expect(await other.event()).toMatchObject({ event: environment.event });
  });

  it("has one instance at a time; another one is refused until that one ends", async () => {
    await create();
    const one = instance(first);
    await one.item();
    expect(await instance(second).refusal()).toBe("CONSUMER_BUSY");
    await one.close();
    await untilNobodyWorks();
    expect((await instance(second).item()).kind).toBe("CHECKPOINT");
  });

  it("is another instance's when the lease has run out: the first can neither acknowledge nor go on", async () => {
    await create();
    const one = instance(first);
    const item = await one.event();
    await letLeaseRunOut();
    const other = instance(second);
    const same = await other.event();
    expect(same.event).toEqual(item.event);
    expect(await acknowledge(item)).toEqual(["LEASE_LOST"]);
    expect(await acknowledge(same, second)).toEqual([]);
    expect(await one.refusal()).toBe("LEASE_LOST");
  });

  it("is acknowledged forwards alone, and a repeat is harmless", async () => {
    await create();
    const one = instance(first);
    const [earlier, later] = [await one.event(), await one.event()];
    expect(await acknowledge(later)).toEqual([]);
    expect(await acknowledge(later)).toEqual([]);
    expect(await acknowledge(earlier)).toEqual(["CURSOR_BEHIND"]);
  });

  it("shows how far it is behind, and who works for it", async () => {
    await create();
    await makeKey("a");
    const one = instance(first, { instance: "cache-1" });
    const item = await one.event();
    expect(await shown(second)).toMatchObject({
      partitions: [{ number: 0, lagEvents: 3, holder: "cache-1" }],
    });
    await acknowledge(item);
    const behind = await shown();
    expect(behind).toMatchObject({ partitions: [{ lagEvents: 2, cursor: item.cursor }] });
    expect(behind?.partitions[0]?.lagSeconds).toBeGreaterThan(0);
    await one.event();
    await acknowledge(await one.event());
    expect(await shown()).toMatchObject({ partitions: [{ lagEvents: 0, lagSeconds: 0 }] });
  });

  it("can be reset to any place, which whoever works for it is told", async () => {
    await create();
    const one = instance(first);
    const [created] = [await one.event(), await one.event()];
    const last = await one.item();
    expect(await acknowledge(last)).toEqual([]);
    expect(await codes(mutate("resetConsumer", { after: created?.cursor }))).toEqual([]);
    expect(await acknowledge(last)).toEqual(["LEASE_LOST"]);
    expect(await one.refusal()).toBe("LEASE_LOST");
    expect((await instance(second).event()).event?.sequence).toBe("00000000000000000001");
  });

  it("can be reset to a time, and deleted", async () => {
    await create({ startAt: "NOW" });
    expect(await shown()).toMatchObject({ partitions: [{ lagEvents: 0 }] });
    await mutate("resetConsumer", { since: "2020-01-01T00:00:00Z" });
    expect(await shown()).toMatchObject({ partitions: [{ lagEvents: 2 }] });
    expect(await codes(mutate("deleteConsumer", {}))).toEqual([]);
    expect(await shown()).toBeNull();
    expect(await codes(mutate("deleteConsumer", {}))).toEqual(["NOT_FOUND"]);
    expect(await codes(mutate("resetConsumer", {}))).toEqual(["NOT_FOUND"]);
    expect(await instance(first).refusal()).toBe("NOT_FOUND");
  });

  it("spreads over instances by thing: each change comes to one of them, and those of a thing in order", async () => {
    await create({ partitions: 3 });
    for (let key = 0; key < 12; key++) await makeKey(`k${key}`);
    for (let key = 0; key < 12; key++)
      await first.send(
        `mutation { editKey(input: { app: "${app}", name: "k${key}", description: "again" }) { errors { code } } }`,
      );
    const received = await Promise.all(
      [first, second, first].map(async (at) => {
        const one = instance(at);
        const events: NonNullable<Item["event"]>[] = [];
        for (let item = await one.item(); item.kind !== "CAUGHT_UP"; item = await one.item()) {
          if (item.event) events.push(item.event);
        }
        return events;
      }),
    );
    expect(await instance(second).refusal()).toBe("CONSUMER_BUSY");
    const all = received.flat().map(({ sequence }) => Number(sequence));
    expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 26 }, (_, index) => index));
    expect(received.filter((events) => events.length > 0).length).toBeGreaterThan(1);
    const owners = received.map((events) => new Set(events.map(({ subject }) => subject)));
    expect(owners.reduce((sum, { size }) => sum + size, 0)).toBe(
      new Set(received.flat().map((e) => e.subject)).size,
    );
    for (const events of received) {
      const sequences = events.map(({ sequence }) => sequence);
      expect(sequences).toEqual([...sequences].sort());
    }
  });

  it("is for the tokens of servers to follow and to acknowledge", async () => {
    await create();
    const { secret } = await makeToken(first, { name: "cache", app, kind: "SERVER" });
    const { cursor, lease } = await instance(first, {}, secret).event();
    const { body } = await first.post(
      {
        query: "mutation($input: AckChangesInput!) { r: ackChanges(input: $input) { errors { code } } }",
        variables: { input: { app, name: "cache", cursor, lease } },
      },
      { authorization: `Bearer ${secret}` },
    );
    expect(body).toEqual({ data: { r: { errors: [] } } });
  });

  it("is followed as server-sent events too", async () => {
    const at = `${first.address}/changes?app=${app}&consumer=cache`;
    const headers = { authorization: `Bearer ${first.token}` };
    expect((await fetch(at, { headers })).status).toBe(404);
    await create();
    const one = await fetch(at, { headers });
    expect(one.status).toBe(200);
    expect((await fetch(at, { headers })).status).toBe(409);
    await one.body?.cancel();
  });

  it("is nobody's when who asked for it went before the first item was there", async () => {
    await create();
    const gone = new AbortController();
    const database = createDatabase(first.databaseUrl, { connectionsMax: 2 });
    await database.transaction(async (connection) => {
      await connection.query("lock table server.consumer_partitions in access exclusive mode");
      const asked = fetch(`${first.address}/changes?app=${app}&consumer=cache`, {
        headers: { authorization: `Bearer ${first.token}` },
        signal: gone.signal,
      }).catch(() => null);
      await until("the server waits for a partition", async () => (await waiting(database)) > 0);
      gone.abort();
      await asked;
      // What is answered later was asked later: the server has seen that the other one went.
      await first.send("{ __typename }");
    });
    await until("a partition was taken and given up", async () => (await fenceOf(database)) === 2);
    await database.close();
  });

  it("lists the consumers of an app by name", async () => {
    for (const name of ["b", "a", "c"]) await create({ name });
    const data = await first.send(
      `{ consumers(app: "${app}", first: 2) { nodes { name } totalCount pageInfo { hasNextPage endCursor } } }`,
    );
    expect(data).toMatchObject({
      consumers: { nodes: [{ name: "a" }, { name: "b" }], totalCount: 3, pageInfo: { hasNextPage: true } },
    });
    const end = first.read(data, "consumers.pageInfo.endCursor");
    const rest = await first.send(`{ consumers(app: "${app}", after: "${end}") { nodes { name } } }`);
    expect(rest).toEqual({ consumers: { nodes: [{ name: "c" }] } });
  });
});

describe("making a consumer", () => {
  it.each([
    ["no name", { name: "" }, ["INVALID"]],
    ["a name with a blank", { name: "my cache" }, ["INVALID"]],
    ["a name that is too long", { name: "a".repeat(65) }, ["INVALID"]],
    ["the longest name", { name: "a".repeat(64) }, []],
    ["no partition", { partitions: 0 }, ["INVALID"]],
    ["too many partitions", { partitions: PARTITIONS_MAX + 1 }, ["INVALID"]],
    ["the most partitions", { partitions: PARTITIONS_MAX }, []],
  ])("takes or refuses %s", async (_, input, expected) => {
    expect(await codes(create(input))).toEqual(expected);
  });

  it("refuses a name that is taken, also to those who ask at once", async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => codes(create())));
    expect(answers.sort()).toEqual([[], ["TAKEN"], ["TAKEN"], ["TAKEN"], ["TAKEN"]]);
  });

  it("refuses one more than an app may have", async () => {
    for (let index = 0; index < CONSUMERS_PER_APP_MAX; index++)
      expect(await codes(create({ name: `c${index}` }))).toEqual([]);
    expect(await codes(create())).toEqual(["LIMIT_REACHED"]);
  });

  it.each([
    ["an app that there is not", { app: "nowhere" }, "NOT_FOUND"],
    ["a cursor that is none", { startAt: null, after: "forged" }, "CURSOR_UNKNOWN"],
    ["two places", { after: "forged" }, "BAD_USER_INPUT"],
  ])("is refused for %s", async (_, wrong, code) => {
    const { body } = await first.post({
      query:
        "mutation($input: CreateConsumerInput!) { r: createConsumer(input: $input) { errors { code } } }",
      variables: { input: { app, name: "cache", startAt: "BEGINNING", ...wrong } },
    });
    expect(body.errors?.map(({ extensions }) => extensions?.["code"])).toEqual([code]);
  });

  it("does not mix with a start of one's own, nor with a name of an instance that is too long", async () => {
    await create();
    const cursor = (await shown())?.partitions[0]?.cursor;
    expect(await instance(first, { after: cursor }).refusal()).toBe("BAD_USER_INPUT");
    expect(await instance(first, { instance: "a".repeat(65) }).refusal()).toBe("BAD_USER_INPUT");
  });
});
