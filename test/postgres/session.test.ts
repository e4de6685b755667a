import { DatabaseUnavailable } from "../../src/postgres/database";
import { CLOSE_TIMEOUT_MS, openSession, type Session } from "../../src/postgres/session";
import { freshDatabase } from "../support/postgres";
import { startTcpProxy, type TcpProxy } from "../support/tcpProxy";
import { until } from "../support/until";

let url: string;
let drop: () => Promise<void>;
let proxy: TcpProxy;

beforeAll(async () => {
  ({ url, drop } = await freshDatabase());
  proxy = await startTcpProxy(url);
});

afterAll(async () => {
  await proxy.close();
  await drop();
});

afterEach(() => proxy.setMode("pass"));

async function withSession(at: string, use: (session: Session) => Promise<void>): Promise<void> {
  const session = await openSession(at);
  try {
    await use(session);
  } finally {
    await session.close();
  }
}

const pidOf = async (session: Session): Promise<unknown> =>
  (await session.query("select pg_backend_pid() as pid"))[0]?.["pid"];

it("a session is one connection, whose queries run in their order", () =>
  withSession(url, async (session) => {
    const pids = await Promise.all([pidOf(session), pidOf(session), pidOf(session)]);
    expect(new Set(pids).size).toBe(1);
    await session.query("create temporary table notes (note text)");
    await Promise.all(
      ["a", "b", "c"].map((note) => session.query("insert into notes values ($1)", [note], "insert")),
    );
    const rows = await session.query("select string_agg(note, '') as notes from notes");
    expect(rows).toEqual([{ notes: "abc" }]);
  }));

it("a session goes on after a query that failed", () =>
  withSession(url, async (session) => {
    await expect(session.query("select 1 / 0")).rejects.toThrow("division by zero");
    expect(await session.query("select 1 as one")).toEqual([{ one: 1 }]);
  }));

it("a session hears notifications", () =>
  withSession(url, async (session) => {
    const heard: string[][] = [];
    session.onNotification((channel, payload) => heard.push([channel, payload]));
    await session.query("listen news");
    await session.query("select pg_notify('news', 'a'), pg_notify('news', '')");
    await until("both are heard", () => heard.length === 2);
    expect(heard).toEqual([
      ["news", "a"],
      ["news", ""],
    ]);
  }));

it("a session that is ended from the other side says so, once, also to who asks later", async () => {
  const session = await openSession(url);
  const causes: Error[] = [];
  session.onLost((cause) => causes.push(cause));
  const failed = session.query("select pg_terminate_backend(pg_backend_pid()), pg_sleep(10)");
  await expect(failed).rejects.toThrow(DatabaseUnavailable);
  await until("the loss is known", () => causes.length > 0);
  session.onLost((cause) => causes.push(cause));
  await expect(session.query("select 1")).rejects.toThrow(DatabaseUnavailable);
  await session.close();
  expect(causes).toHaveLength(2);
  expect(causes.every((cause) => cause instanceof DatabaseUnavailable)).toBe(true);
});

it("a session that is abandoned fails what is under way at once", async () => {
  const session = await openSession(url);
  const sleeping = session.query("select pg_sleep(60)");
  setImmediate(() => session.abandon());
  await expect(sleeping).rejects.toThrow(DatabaseUnavailable);
  await session.close();
});

it("closing does not count as a loss", async () => {
  const session = await openSession(url);
  let losses = 0;
  session.onLost(() => losses++);
  await session.close();
  await session.close();
  expect(losses).toBe(0);
});

it("closing ends though the other side has fallen silent", async () => {
  const session = await openSession(proxy.url);
  proxy.setMode("blackHole");
  const began = performance.now();
  await session.close();
  expect(performance.now() - began).toBeLessThan(CLOSE_TIMEOUT_MS + 4_000);
});

it.each(["cut", "blackHole"] as const)(
  "opening ends with DatabaseUnavailable while the network is a %s",
  async (mode) => {
    proxy.setMode(mode);
    await expect(openSession(proxy.url, { connectTimeoutMs: 200 })).rejects.toThrow(DatabaseUnavailable);
  },
);
