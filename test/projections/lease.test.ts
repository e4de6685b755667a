import { silent } from "../../src/lib/logger";
import type { Database } from "../../src/postgres/database";
import { createLease, type Lease } from "../../src/postgres/lease";
import { serverSecret } from "../../src/postgres/serverSecret";
import { until } from "../support/until";
import { thingsDatabase, type ThingsDatabase } from "./things";

const DURATION_MS = 600;

describe("a lease", () => {
  let server: ThingsDatabase;
  let database: Database;
  const started: Lease[] = [];

  beforeAll(async () => {
    server = await thingsDatabase();
    database = server.open();
  });
  afterEach(() => Promise.all(started.splice(0).map((lease) => lease.stop())));
  afterAll(() => server.drop());

  function lease(name: string, owner: string, options: { nowMs?: () => number } = {}): Lease {
    const made = createLease({ database, logger: silent, name, owner, durationMs: DURATION_MS, ...options });
    started.push(made);
    return made;
  }

  it("is held by one at a time", async () => {
    const [a, b] = [lease("one", "a"), lease("one", "b")];
    expect(await a.start()).toBe(true);
    expect(await b.start()).toBe(false);
    expect([a.isHeld(), b.isHeld(), b.token()]).toEqual([true, false, null]);
  });

  it("goes to the next one with a greater token when it is given up", async () => {
    const [a, b] = [lease("two", "a"), lease("two", "b")];
    await a.start();
    const token = a.token();
    await a.stop();
    expect(a.isHeld()).toBe(false);
    expect(await b.start()).toBe(true);
    expect(b.token()).toBe(Number(token) + 1);
  });

  it("is renewed for as long as its owner lives", async () => {
    const [a, b] = [lease("three", "a"), lease("three", "b")];
    await a.start();
    await b.start();
    const untilOf = async () => {
      const [row] = await database.query<{ at: string }>(
        "select expires_at as at from server.leases where name = 'three'",
      );
      return row?.at ?? "";
    };
    const first = await untilOf();
    await until("it was renewed", async () => (await untilOf()) > first);
    expect([a.isHeld(), b.isHeld()]).toEqual([true, false]);
  });

  it("is not held any more by the owner's own clock, before another one can have it", async () => {
    let nowMs = 0;
    const a = lease("four", "a", { nowMs: () => nowMs });
    await a.start();
    nowMs = DURATION_MS - 1;
    expect(a.isHeld()).toBe(true);
    nowMs = DURATION_MS;
    expect(a.isHeld()).toBe(false);
    expect(a.token()).toBeNull();
  });

  it("is taken over when it runs out, and says so", async () => {
    const b = lease("five", "b");
    const heard: boolean[] = [];
    b.onChanged((isHeld) => heard.push(isHeld));
    await database.query(
      "insert into server.leases values ('five', 'a server that died', 7, clock_timestamp() + interval '200 milliseconds')",
    );
    expect(await b.start()).toBe(false);
    await until("it was taken over", () => b.isHeld());
    expect(b.token()).toBe(8);
    expect(heard).toEqual([true]);
  });
});

describe("a server's secret", () => {
  let server: ThingsDatabase;

  beforeAll(async () => {
    server = await thingsDatabase();
  });
  afterAll(() => server.drop());

  it("is made once, at random, and the same for all servers", async () => {
    const asked = [server.open(), server.open()].map((database) => serverSecret(database, "cursors"));
    const [first, second] = await Promise.all(asked);
    expect(first).toEqual(second);
    expect(first).toHaveLength(32);
    expect(await serverSecret(server.open(), "another")).not.toEqual(first);
  });
});
