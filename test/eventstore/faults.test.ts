import { NO_STREAM, StoreUnavailable, type EventStore } from "../../src/eventstore/eventStore";
import type { PostgresEventStoreOptions } from "../../src/eventstore/postgres";
import { createDatabase } from "../../src/postgres/pool";
import { startTcpProxy, type TcpProxy } from "../support/tcpProxy";
import { until } from "../support/until";
import { appendOf, newStream } from "./appends";
import { freshLog, terminate, type TestLog } from "./log";

const WRITER = "product-experiences writer";
const DEADLINE_MS = 1_500;

let log: TestLog;
let proxy: TcpProxy;

beforeAll(async () => {
  log = await freshLog();
  proxy = await startTcpProxy(log.url);
});

afterAll(async () => {
  await proxy.close();
  await log.drop();
});

afterEach(() => proxy.setMode("pass"));

/** A store whose every connection goes through the proxy. */
async function throughProxy(
  use: (store: EventStore) => Promise<void>,
  options: Partial<PostgresEventStoreOptions> = {},
): Promise<void> {
  const database = createDatabase(proxy.url, { connectTimeoutMs: 500 });
  const short = { deadlineMs: DEADLINE_MS, attemptTimeoutMs: 300 };
  const store = log.open({ database, url: proxy.url, ...short, ...options });
  try {
    await use(store);
  } finally {
    proxy.setMode("pass");
    await store.close();
    await database.close();
  }
}

describe.each(["cut", "blackHole"] as const)("while the network to the database is a %s", (mode) => {
  it("appends are refused within their deadline, and go on by themselves when it is back", () =>
    throughProxy(async (store) => {
      const stream = newStream();
      expect((await store.append(appendOf(stream, NO_STREAM))).outcome).toBe("appended");
      proxy.setMode(mode);
      const began = performance.now();
      const attempts = Array.from({ length: 20 }, (_, index) => store.append(appendOf(stream, index)));
      for (const { status, reason } of (await Promise.allSettled(attempts)) as PromiseRejectedResult[]) {
        expect({ status, isUnavailable: reason instanceof StoreUnavailable }).toEqual({
          status: "rejected",
          isUnavailable: true,
        });
      }
      // Nobody waits for connecting, statement or TCP timeouts to add up: the margin is for a busy machine.
      expect(performance.now() - began).toBeLessThan(DEADLINE_MS + 5_000);
      proxy.setMode("pass");
      await until("appends succeed again", () => isAppended(store));
      // None of those refused was sent twice or in part; at most the ones under way came to be.
      const events = await log.open().readStream(stream, 0, 100);
      expect(events.map(({ revision }) => revision)).toEqual(events.map((_, index) => index));
    }));

  it("an append that began before it goes away is answered once it is back within the deadline", () =>
    throughProxy(
      async (store) => {
        const stream = newStream();
        await store.append(appendOf(stream, NO_STREAM));
        proxy.setMode(mode);
        const append = store.append(appendOf(stream, 0));
        const failing = log.open({ url: proxy.url, deadlineMs: 400, attemptTimeoutMs: 200 });
        await expect(failing.append(appendOf(newStream(), NO_STREAM))).rejects.toThrow(StoreUnavailable);
        proxy.setMode("pass");
        expect(await append).toMatchObject({ revision: 1 });
        expect(await log.open().readStream(stream, 0, 10)).toHaveLength(2);
      },
      { deadlineMs: 20_000 },
    ));
});

async function isAppended(store: EventStore): Promise<boolean> {
  try {
    return (await store.append(appendOf(newStream(), NO_STREAM))).outcome === "appended";
  } catch (error) {
    if (error instanceof StoreUnavailable) return false;
    throw error;
  }
}

describe("when the connection is lost in the middle of an append", () => {
  /** Holds the head's lock, so that an append is under way for as long as `meanwhile` takes. */
  async function whileHeadIsLocked(meanwhile: () => Promise<void>): Promise<void> {
    await log.database.transaction(async (connection) => {
      await connection.query("select position from log.head for update");
      await meanwhile();
    });
  }

  const waitingForHead = async (): Promise<boolean> => {
    const [waiting] = await log.database.query(
      "select count(*) as count from pg_stat_activity where application_name = $1 and wait_event_type = 'Lock'",
      [WRITER],
    );
    return waiting?.["count"] !== 0;
  };

  it("it is sent again, and written once", async () => {
    const store = log.open();
    const append = appendOf(newStream(), NO_STREAM);
    let result: Promise<unknown> = Promise.resolve();
    await whileHeadIsLocked(async () => {
      result = store.append(append);
      await until("the append is under way", waitingForHead);
      expect(await terminate(log.database, WRITER)).toBeGreaterThan(0);
    });
    expect(await result).toMatchObject({ outcome: "appended", revision: 0 });
    expect(await store.readStream(append.stream, 0, 10)).toHaveLength(1);
  });

  /** Appends an event whose answer is lost; "appended" where the machine was too slow, so that a later attempt wrote it. */
  async function appendWithLostAnswer(store: EventStore): Promise<string> {
    const append = appendOf(newStream(), NO_STREAM);
    const direct = log.open();
    const isWritten = async (): Promise<boolean> =>
      (await direct.readStream(append.stream, 0, 10)).length === 1;
    const results: ReturnType<EventStore["append"]>[] = [];
    await whileHeadIsLocked(async () => {
      results.push(store.append(append));
      await until("the append is under way", waitingForHead);
      // From here on nothing comes back, but what was sent goes on in the server.
      proxy.setMode("blackHole");
    });
    await until("it was committed", isWritten, 2_000).catch(() => undefined);
    proxy.setMode("pass");
    const [result] = await Promise.all(results);
    expect(result).toMatchObject({ revision: 0 });
    expect(await isWritten()).toBe(true);
    return result?.outcome ?? "none";
  }

  it(
    "it is not written twice if it was committed and only the answer was lost",
    () =>
      throughProxy(
        async (store) => {
          await store.append(appendOf(newStream(), NO_STREAM));
          let outcome = "appended";
          for (let round = 0; outcome !== "duplicate" && round < 5; round++)
            outcome = await appendWithLostAnswer(store);
          expect(outcome).toBe("duplicate");
        },
        { deadlineMs: 25_000, attemptTimeoutMs: 3_000 },
      ),
    120_000,
  );

  it("those who listen are told of it nevertheless", () =>
    throughProxy(
      async (store) => {
        let wakes = 0;
        const append = appendOf(newStream(), NO_STREAM);
        store.onAppended(({ streams }) => {
          if (streams?.includes(append.stream)) wakes++;
        });
        await store.append(appendOf(newStream(), NO_STREAM));
        let result: Promise<unknown> = Promise.resolve();
        await whileHeadIsLocked(async () => {
          result = store.append(append);
          await until("the append is under way", waitingForHead);
          proxy.setMode("cut");
        });
        proxy.setMode("pass");
        await result;
        await until("it is told of", () => wakes > 0);
      },
      { deadlineMs: 20_000 },
    ));
});

describe("while the database is away from the start", () => {
  it("everything is refused as unavailable, and closing ends", async () => {
    const url = "postgres://postgres@127.0.0.1:1/nowhere";
    const database = createDatabase(url);
    const store = log.open({ database, url, deadlineMs: 300 });
    store.onAppended(() => undefined);
    await expect(store.append(appendOf(newStream(), NO_STREAM))).rejects.toThrow(StoreUnavailable);
    await expect(store.logId()).rejects.toThrow(StoreUnavailable);
    await expect(store.head()).rejects.toThrow(StoreUnavailable);
    await expect(store.readStream("app-x", 0, 1)).rejects.toThrow(StoreUnavailable);
    await store.close();
    await database.close();
  });
});
