import { randomUUID } from "node:crypto";
import { NO_STREAM } from "../../src/eventstore/eventStore";
import { pruneAppends } from "../../src/eventstore/pruneAppends";
import { until } from "../support/until";
import { appendOf, many, newStream, noted, readLog, succeeded } from "./appends";
import { describeEventStore } from "./contract";
import { freshLog, type TestLog } from "./log";

let log: TestLog;

beforeAll(async () => {
  log = await freshLog();
});

afterAll(() => log.drop());

describeEventStore("PostgreSQL", async () => log.open());

describe("the log in PostgreSQL", () => {
  it("adds nothing for a repeat that was decided anew at a newer revision", async () => {
    const [store, other] = [log.open(), log.open()];
    const append = appendOf(newStream(), NO_STREAM);
    const first = succeeded(await store.append(append));
    await other.append(appendOf(append.stream, 0));
    expect(await other.append({ ...append, expectedRevision: 1 })).toEqual({
      ...first,
      outcome: "duplicate",
    });
  });

  it("has positions and revisions without a gap", async () => {
    const store = log.open();
    await Promise.all(
      [many(1), many(3), many(2)].map((events) => store.append(appendOf(newStream(), NO_STREAM, { events }))),
    );
    const [gaps] = await log.database.query(`
      select count(*) as events, max(position) as last, (select position from log.head) as head,
             (select count(*) from (select from log.events e group by e.stream
                                    having max(e.revision) <> count(*) - 1) as broken) as broken
        from log.events`);
    expect(gaps).toEqual({ events: gaps?.["last"], last: gaps?.["last"], head: gaps?.["last"], broken: 0 });
  });

  it("keeps when each event was recorded", async () => {
    const store = log.open();
    const stream = newStream();
    const at = (recordedAt: string) => ({ actor: "a", commandId: "c", recordedAt, fingerprint: "" });
    await store.append(appendOf(stream, NO_STREAM, { meta: at("2026-01-05T10:00:00.123Z") }));
    await store.append(appendOf(stream, 0, { meta: at("2026-01-05T10:00:01.456Z") }));
    const events = await log.database.query(
      "select recorded_at from log.events where stream = $1 order by revision",
      [stream],
    );
    expect(events.map((row) => row["recorded_at"])).toEqual([
      "2026-01-05T10:00:00.123Z",
      "2026-01-05T10:00:01.456Z",
    ]);
  });

  it("finds the append that the database refuses, and fails it alone", async () => {
    const store = log.open();
    // A year that JavaScript can write and PostgreSQL cannot read.
    const meta = { actor: "a", commandId: "c", recordedAt: "+012026-01-05T10:00:00.000Z", fingerprint: "" };
    const bad = newStream();
    const good = Array.from({ length: 20 }, () => newStream());
    const appends = good.map((stream) => store.append(appendOf(stream, NO_STREAM)));
    const refused = store.append(appendOf(bad, NO_STREAM, { meta }));
    const behind = store.append(appendOf(bad, 0));
    const more = good.map((stream) => store.append(appendOf(stream, 0)));
    await expect(refused).rejects.toThrow("+012026-01-05");
    expect(await behind).toEqual({ outcome: "conflict", actualRevision: NO_STREAM });
    const outcomes = (await Promise.all([...appends, ...more])).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(Array.from({ length: 40 }, () => "appended"));
    expect(await store.readStream(bad, 0, 10)).toEqual([]);
  });

  it("answers a repeat in the middle of a chain, and goes on behind it", async () => {
    const store = log.open();
    const repeated = appendOf(newStream(), NO_STREAM);
    await store.append(repeated);
    const results = await Promise.all([
      store.append(appendOf(repeated.stream, 0)),
      store.append(repeated),
      store.append(appendOf(repeated.stream, 1)),
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual(["appended", "duplicate", "appended"]);
  });

  it("writes 500 waiting appends of many streams in a few batches", async () => {
    const store = log.open();
    const streams = Array.from({ length: 500 }, () => newStream());
    await Promise.all(streams.map((stream) => store.append(appendOf(stream, NO_STREAM))));
    const batches = await log.database.query(
      "select distinct e.xmin::text from log.events e where e.stream = any($1)",
      [streams],
    );
    expect(batches.length).toBeLessThanOrEqual(2);
  });

  it("is the same log for every store that opens it", async () => {
    const [one, two] = [log.open(), log.open()];
    expect(await one.logId()).toBe(await two.logId());
    expect(await one.logId()).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("reads part of the log without reading the rest, however large", async () => {
    const store = log.open();
    await store.append(appendOf(newStream("rare-"), NO_STREAM));
    await store.append(appendOf(newStream(), NO_STREAM, { events: many(5_000) }));
    await log.database.query("analyze log.events");
    const plan = await log.database.query(`
      explain (format json) select e.position from log.events e
       where e.position > 0 and e.stream >= 'rare-' and e.stream < U&'rare-\\+10FFFF' order by e.position limit 10`);
    expect(JSON.stringify(plan)).not.toContain("Seq Scan");
  });
});

it("positions have no gaps and repeats are answered though the database would isolate transactions otherwise", async () => {
  const strict = await freshLog();
  try {
    const name = new URL(strict.url).pathname.slice(1);
    await strict.database.query(`alter database ${name} set default_transaction_isolation = 'serializable'`);
    const stores = [strict.open(), strict.open(), strict.open()];
    const appends = stores.flatMap((store) =>
      Array.from({ length: 20 }, () => store.append(appendOf(newStream(), NO_STREAM))),
    );
    const outcomes = (await Promise.all(appends)).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(["appended"]));
    expect(Number(await stores[0]?.head())).toBe(60);
  } finally {
    await strict.drop();
  }
});

describe("ids of appends", () => {
  it("are forgotten after 7 days, and not before", async () => {
    const store = log.open();
    const [young, old] = [appendOf(newStream(), NO_STREAM), appendOf(newStream(), NO_STREAM)];
    await store.append(young);
    await store.append(old);
    const age = "update log.appends set at = now() - $2::interval where stream = $1";
    await log.database.query(age, [young.stream, "6 days 23:59"]);
    await log.database.query(age, [old.stream, "7 days 1 minute"]);
    await pruneAppends(log.database);
    expect((await store.append(young)).outcome).toBe("duplicate");
    // Its expected revision still keeps it from being written twice.
    expect(await store.append(old)).toEqual({ outcome: "conflict", actualRevision: 0 });
  });

  it("are pruned by the way, in more than one round if there are many", async () => {
    await log.database.query(`
      insert into log.appends (id, stream, first_revision, last_revision, last_position, at)
      select gen_random_uuid(), 'old-' || n, 0, 0, n, now() - interval '8 days' from generate_series(1, 25000) n`);
    const store = log.open();
    await store.append(appendOf(newStream(), NO_STREAM));
    await until("the old ones are gone", async () => {
      const [old] = await log.database.query(
        "select count(*) as count from log.appends where stream like 'old-%'",
      );
      return old?.["count"] === 0;
    });
  });
});

describe("a reader of the log", () => {
  // The same reader, over numbers that are taken when a row is written and not when it becomes visible.
  it("would miss events if positions came from a sequence", async () => {
    await log.database.query(
      "create table sequenced (position bigint generated always as identity, note text)",
    );
    const seen: number[] = [];
    const read = async () => {
      const rows = await log.database.query<{ position: number }>(
        "select position from sequenced where position > $1 order by position",
        [seen.at(-1) ?? 0],
      );
      seen.push(...rows.map(({ position }) => position));
    };
    await log.database.transaction(async (slow) => {
      await slow.query("insert into sequenced (note) values ('slow')");
      await log.database.query("insert into sequenced (note) values ('fast')");
      await read();
    });
    await read();
    expect(seen).toEqual([2]);
  });

  it("misses none, though an append commits late and another one waits for it", async () => {
    const store = log.open();
    const from = await store.head();
    const [slow, fast] = [newStream(), newStream()];
    let waiting: Promise<unknown> = Promise.resolve();
    await log.database.transaction(async (connection) => {
      await connection.query(
        `select * from log.append_batch('w', array[gen_random_uuid()], array[$1], array[-1], array[1], array['{}'],
           array[now()], array[1], array[0], array[gen_random_uuid()], array['Noted'], array[1], array['1'])`,
        [slow],
      );
      waiting = store.append(appendOf(fast, NO_STREAM, { events: [noted(randomUUID())] }));
      await until("the other append waits for the head", async () => {
        const [blocked] = await log.database.query(
          "select count(*) as count from pg_locks where not granted",
        );
        return blocked?.["count"] !== 0;
      });
      expect(await readLog(store, from)).toEqual([]);
    });
    await waiting;
    expect((await readLog(store, from)).map(({ stream }) => stream)).toEqual([slow, fast]);
  });
});
