import type { ClientBase } from "pg";
import { DatabaseUnavailable, type Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { openSession } from "../../src/postgres/session";
import { createSilenceWatch } from "../../src/postgres/silence";
import { freshDatabase } from "../support/postgres";
import { startTcpProxy, type TcpProxy } from "../support/tcpProxy";
import { until } from "../support/until";

const SILENCE_MS = 200;
/** Of which nobody hears within the time that a test may take. */
const NO_LIMIT = { statementTimeoutMs: 0, silenceMs: SILENCE_MS };

let url: string;
let drop: () => Promise<void>;
let direct: Database;
let proxy: TcpProxy;
let database: Database;

beforeAll(async () => {
  ({ url, drop } = await freshDatabase());
  direct = createDatabase(url);
});

afterAll(async () => {
  await direct.close();
  await drop();
});

beforeEach(async () => {
  proxy = await startTcpProxy(url);
  database = createDatabase(proxy.url, { ...NO_LIMIT, connectionsMax: 1 });
  await database.query("select 1");
});

afterEach(async () => {
  await proxy.close();
  await database.close();
});

/** How many backends are at work on what the test asks. */
async function working(): Promise<number> {
  const [row] = await direct.query<{ count: number }>(
    "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()",
  );
  return row?.count ?? 0;
}

async function swallowed(ask: () => Promise<unknown>): Promise<unknown> {
  proxy.setMode("blackHole");
  const failed = ask().then(
    () => "answered",
    (error: unknown) => error,
  );
  await until("it was swallowed", () => proxy.swallowed() > 0);
  // The network is well again, and what was asked is gone for good.
  proxy.setMode("pass");
  return failed;
}

it("a question that a network swallowed fails soon, and the next one is asked over another connection", async () => {
  expect(await swallowed(() => database.query("select 1"))).toBeInstanceOf(DatabaseUnavailable);
  expect(await database.query("select 2 as two")).toEqual([{ two: 2 }]);
});

it("a question whose answer was swallowed fails soon", async () => {
  const failed = expect(database.query("select pg_sleep(0.5)")).rejects.toThrow(DatabaseUnavailable);
  await until("the server is at work", async () => (await working()) === 1);
  proxy.setMode("blackHole");
  await until("it has answered", async () => (await working()) === 0);
  proxy.setMode("pass");
  await failed;
});

it("a transaction is given up where a network swallowed one of its questions", async () => {
  const work = database.transaction(async (connection) => {
    await connection.query("create table half_done ()");
    const failed = await swallowed(() => connection.query("select 1"));
    expect(failed).toBeInstanceOf(DatabaseUnavailable);
    throw failed;
  });
  await expect(work).rejects.toThrow(DatabaseUnavailable);
  expect(await database.query("select to_regclass('half_done') as made")).toEqual([{ made: null }]);
});

it("a session is lost when a network swallowed what it asked", async () => {
  const session = await openSession(proxy.url, NO_LIMIT);
  const lost = new Promise<Error>((resolve) => session.onLost(resolve));
  expect(await swallowed(() => session.query("select 1"))).toBeInstanceOf(DatabaseUnavailable);
  expect(await lost).toBeInstanceOf(DatabaseUnavailable);
});

it("a statement that works for much longer is left to work", async () => {
  const seconds = (6 * SILENCE_MS) / 1_000;
  const [row] = await database.query<{ worked: boolean }>("select pg_sleep($1) is not null as worked", [
    seconds,
  ]);
  expect(row).toEqual({ worked: true });
});

it("who waits for a lock is left to wait", async () => {
  await direct.query("create table locked ()");
  const held = direct.transaction(async (connection) => {
    await connection.query("lock table locked");
    await connection.query("select pg_sleep($1)", [(5 * SILENCE_MS) / 1_000]);
  });
  await until("it is held", async () => (await working()) === 1);
  expect(await database.query("select * from locked")).toEqual([]);
  await held;
});

it("one who works on between two statements of a transaction is not cut", async () => {
  const answered = await database.transaction(async (connection) => {
    await connection.query("select 1");
    await new Promise((resolve) => setTimeout(resolve, 5 * SILENCE_MS));
    return connection.query("select 2 as two");
  });
  expect(answered).toEqual([{ two: 2 }]);
});

describe("where nobody can be asked", () => {
  it("is waited on, and asked again and again", async () => {
    const asked: (readonly number[])[] = [];
    const watch = createSilenceWatch((backends) => {
      asked.push(backends);
      return Promise.reject(new Error("The network is a black hole for everybody."));
    }, SILENCE_MS);
    const destroyed: string[] = [];
    const stream = { bytesRead: 0, destroy: () => destroyed.push("cut") };
    const client = { processID: 7, connection: { stream } } as unknown as ClientBase;
    let answer = (_: string): void => undefined;
    const answered = watch.during(client, () => new Promise<string>((resolve) => (answer = resolve)));
    await until("it was asked three times", () => asked.length >= 3);
    answer("late");
    expect(await answered).toBe("late");
    expect([asked[0], destroyed]).toEqual([[7], []]);
  });
});
