import { createDatabase } from "../../src/postgres/pool";
import { DatabaseUnavailable, type Database } from "../../src/postgres/database";
import { freshDatabase } from "../support/postgres";

let url: string;
let database: Database;
let drop: () => Promise<void>;

beforeAll(async () => {
  ({ url, drop } = await freshDatabase());
  database = createDatabase(url);
  await database.query("create table things (id bigint primary key)");
});

afterAll(async () => {
  await database.close();
  await drop();
});

const ids = async () =>
  (await database.query<{ id: number }>("select id from things order by id")).map(({ id }) => id);

async function one(select: string, on: Database = database): Promise<unknown> {
  const [row] = await on.query<{ value: unknown }>(`select ${select} as value`);
  return row?.value;
}

/** A process id of the server, which `pg_terminate_backend` can end as a failover or a restart would. */
const PID = "select pg_backend_pid() as pid";

describe("columns become values", () => {
  it.each([
    ["9007199254740991::bigint", 9007199254740991],
    ["count(*)", 1],
    ["null::bigint", null],
    ["'2026-01-01T00:00:00Z'::timestamptz", "2026-01-01T00:00:00.000Z"],
    ["'2026-01-01T00:00:00.5Z'::timestamptz", "2026-01-01T00:00:00.500Z"],
    ["'2026-01-01T05:30:00.123999+05:30'::timestamptz", "2026-01-01T00:00:00.123Z"],
    ["'12026-01-01T00:00:00Z'::timestamptz", "+012026-01-01T00:00:00.000Z"],
    ["'infinity'::timestamptz", "infinity"],
    [`'{"b": [1, null], "a": 2}'::json`, { b: [1, null], a: 2 }],
    [`'"text"'::jsonb`, "text"],
    ["1.5::numeric", "1.5"],
    ["array[1, 2]", [1, 2]],
    ["array[3, null]::bigint[]", [3, null]],
    ["array[['2026-01-01T00:00:00Z']]::timestamptz[]", [["2026-01-01T00:00:00.000Z"]]],
  ])("%s", async (select, value) => {
    expect(await one(select)).toEqual(value);
  });

  it("refuses a bigint that a number cannot hold", async () => {
    await expect(one("9007199254740992::bigint")).rejects.toThrow("not a safe integer");
    expect(await one("1")).toBe(1);
  });

  it("reads the same times on a server that was told to use another time zone", async () => {
    const elsewhere = new URL(url);
    elsewhere.searchParams.set("options", "-c TimeZone=Asia/Kathmandu -c DateStyle=ISO");
    const other = createDatabase(elsewhere.href);
    const value = await one("'2026-01-01T00:00:00.25Z'::timestamptz", other);
    await other.close();
    expect(value).toBe("2026-01-01T00:00:00.250Z");
  });
});

describe("a transaction", () => {
  afterEach(() => database.query("delete from things"));

  it("commits what it did when its work resolves, and answers with the result", async () => {
    const answer = await database.transaction(async (connection) => {
      await connection.query("insert into things values ($1)", [1]);
      return "done";
    });
    expect(answer).toBe("done");
    expect(await ids()).toEqual([1]);
  });

  it("leaves nothing when its work rejects, and rejects with the same error", async () => {
    const failure = new Error("changed my mind");
    const result = database.transaction(async (connection) => {
      await connection.query("insert into things values ($1)", [1]);
      throw failure;
    });
    await expect(result).rejects.toBe(failure);
    expect(await ids()).toEqual([]);
  });

  it("sends queries that are asked at the same time one after the other", async () => {
    await database.transaction((connection) =>
      Promise.all([1, 2, 3].map((id) => connection.query("insert into things values ($1)", [id]))),
    );
    expect(await ids()).toEqual([1, 2, 3]);
  });

  it("waits for queries under way before it rolls back", async () => {
    const result = database.transaction((connection) =>
      Promise.all([
        connection.query("select 1 / 0"),
        connection.query("select pg_sleep(0.05)"),
        connection.query("insert into things values (1)"),
      ]),
    );
    await expect(result).rejects.toMatchObject({ code: "22012" });
    expect(await ids()).toEqual([]);
  });

  it("does not pretend to have committed when a statement's error was swallowed", async () => {
    const result = database.transaction(async (connection) => {
      await connection.query("insert into things values (1)");
      await connection.query("select 1 / 0").catch(() => undefined);
    });
    await expect(result).rejects.toThrow("went on after one of its statements had failed");
    expect(await ids()).toEqual([]);
  });

  it("refuses the use of its connection after its end", async () => {
    const leaked = await database.transaction((connection) => Promise.resolve(connection));
    await expect(leaked.query("select 1")).rejects.toThrow("used after its end");
  });
});

describe("a statement's own error", () => {
  it("passes as it is and costs no connection", async () => {
    const single = createDatabase(url, { connectionsMax: 1 });
    const [before] = await single.query(PID);
    await expect(single.query("select 1 / 0")).rejects.toMatchObject({ code: "22012" });
    await expect(single.query("insert into things values ($1)", ["x"])).rejects.toMatchObject({
      code: "22P02",
    });
    expect(await single.query(PID)).toEqual([before]);
    await single.close();
  });
});

describe("a database that is away is DatabaseUnavailable with its cause", () => {
  async function expectUnavailable(url: string, message: string): Promise<void> {
    const away = createDatabase(url, { connectTimeoutMs: 500 });
    const error: unknown = await away.query("select 1").catch((error: unknown) => error);
    await away.close();
    expect(error).toBeInstanceOf(DatabaseUnavailable);
    expect(error).toMatchObject({
      message: expect.stringContaining(message),
      cause: { message: expect.stringContaining(message) },
    });
  }

  it("when nothing listens there", () => expectUnavailable("postgres://x@127.0.0.1:1/x", "ECONNREFUSED"));

  it("when its socket does not exist", () =>
    expectUnavailable("postgres://x@localhost/x?host=/nowhere/at/all", "ENOENT"));

  it("when its host has no address", () =>
    expectUnavailable("postgres://x@nowhere.invalid/x", "nowhere.invalid"));

  it("when it is closed already", async () => {
    const closed = createDatabase(url);
    await closed.close();
    await closed.close();
    await expect(closed.query("select 1")).rejects.toBeInstanceOf(DatabaseUnavailable);
  });

  it("when it ends the connection in the middle of a query, and the next query works", async () => {
    const single = createDatabase(url, { connectionsMax: 1 });
    const result = single.query("select pg_terminate_backend(pg_backend_pid()), pg_sleep(5)");
    await expect(result).rejects.toMatchObject({ name: "DatabaseUnavailable", cause: { code: "57P01" } });
    expect(await single.query("select 1 as a")).toEqual([{ a: 1 }]);
    await single.close();
  });

  it("when it ends the connection in the middle of a transaction, of which nothing stays", async () => {
    const result = database.transaction(async (connection) => {
      await connection.query("insert into things values (77)");
      const [row] = await connection.query<{ pid: number }>(PID);
      await database.query("select pg_terminate_backend($1, 5000)", [row?.pid]);
      await connection.query("insert into things values (78)");
    });
    await expect(result).rejects.toBeInstanceOf(DatabaseUnavailable);
    expect(await ids()).toEqual([]);
  });

  it("not when an idle connection is ended: nobody notices", async () => {
    const single = createDatabase(url, { connectionsMax: 1 });
    const [row] = await single.query<{ pid: number }>(PID);
    await database.query("select pg_terminate_backend($1, 5000)", [row?.pid]);
    // The news may reach the pool after the next query was sent, which then fails as any other.
    await single.query("select 1").catch(() => undefined);
    expect(await single.query("select 1 as a")).toEqual([{ a: 1 }]);
    await single.close();
  });

  it("when a statement takes longer than it may", async () => {
    const hasty = createDatabase(url, { statementTimeoutMs: 50 });
    await expect(hasty.query("select pg_sleep(5)")).rejects.toMatchObject({
      name: "DatabaseUnavailable",
      cause: { code: "57014" },
    });
    await hasty.close();
  });

  it("when no connection becomes free in time, or too many calls wait for one", async () => {
    const narrow = createDatabase(url, { connectionsMax: 1, connectTimeoutMs: 2_000, waitingMax: 1 });
    await narrow.transaction(async (connection) => {
      const waiting = narrow.query("select 1");
      await expect(narrow.query("select 1")).rejects.toThrow("1 calls wait for it already");
      await expect(waiting).rejects.toBeInstanceOf(DatabaseUnavailable);
      await connection.query("select 1");
    });
    expect(await narrow.query("select 1 as a")).toEqual([{ a: 1 }]);
    await narrow.close();
  });
});

it("prepares a named statement once per connection", async () => {
  const single = createDatabase(url, { connectionsMax: 1 });
  for (const n of [1, 2]) {
    expect(await single.query("select $1::bigint as n", [n], "number")).toEqual([{ n }]);
  }
  expect(await single.query("select name from pg_prepared_statements")).toEqual([{ name: "number" }]);
  await single.close();
});
