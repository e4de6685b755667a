import { encodeAppend } from "../../src/eventstore/encodedAppend";
import { APPEND_BATCH, batchParameters } from "../../src/eventstore/appendStatements";
import { NO_STREAM, type Wake } from "../../src/eventstore/eventStore";
import { until } from "../support/until";
import { appendOf, newStream } from "./appends";
import { freshLog, terminate, type TestLog } from "./log";

const LISTENER = "product-experiences listener";

let log: TestLog;

beforeAll(async () => {
  log = await freshLog();
});

afterAll(() => log.drop());

describe("what was appended elsewhere", () => {
  const openBoth = async (pollIntervalMs: number) => {
    const [here, elsewhere] = [log.open({ pollIntervalMs }), log.open()];
    return { here, elsewhere, wakes: await hearing(here) };
  };

  /** What a store is told from now on. */
  async function hearing(store = log.open({ pollIntervalMs: 60_000 })): Promise<Wake[]> {
    const wakes: Wake[] = [];
    store.onAppended((wake) => wakes.push(wake));
    // The first wake says that it listens, and that it may have missed something until then.
    await until("it listens", () => wakes.length > 0);
    wakes.length = 0;
    return wakes;
  }

  it("is told by NOTIFY, with its streams", async () => {
    const { elsewhere, wakes } = await openBoth(60_000);
    const stream = newStream();
    await elsewhere.append(appendOf(stream, NO_STREAM));
    await until("the append is told of", () => wakes.length > 0);
    expect(wakes).toEqual([{ streams: [stream], isLocal: false, appended: null }]);
  });

  it("is told without names if they would not fit, and the append succeeds", async () => {
    const { elsewhere, wakes } = await openBoth(60_000);
    const streams = Array.from({ length: 30 }, () => newStream('app-"').padEnd(300, '"'));
    await Promise.all(streams.map((stream) => elsewhere.append(appendOf(stream, NO_STREAM))));
    await until("the appends are told of", () => wakes.some((wake) => wake.streams === null));
  });

  it("is not told twice in the process that appended", async () => {
    const { here, elsewhere, wakes } = await openBoth(60_000);
    const third = await hearing();
    const [own, foreign] = [newStream(), newStream()];
    await here.append(appendOf(own, NO_STREAM));
    // Notifications keep their order, so its own comes before the one of what is appended only now.
    await until("the others are told", () => third.some(({ streams }) => streams?.includes(own)));
    await elsewhere.append(appendOf(foreign, NO_STREAM));
    await until("the other append is told of", () => wakes.some(({ isLocal }) => !isLocal));
    expect(wakes).toEqual([
      { streams: [own], isLocal: true, appended: expect.objectContaining({ events: [expect.anything()] }) },
      { streams: [foreign], isLocal: false, appended: null },
    ]);
  });

  it("is told though the process that committed it did not live to tell, once somebody repeats the append", async () => {
    const { elsewhere, wakes } = await openBoth(60_000);
    const append = appendOf(newStream(), NO_STREAM);
    // As one process wrote it that then died.
    await log.database.query(APPEND_BATCH, batchParameters([encodeAppend(append)]));
    expect(await elsewhere.append(append)).toMatchObject({ outcome: "duplicate" });
    await until("the append is told of", () => wakes.length > 0);
    expect(wakes).toEqual([{ streams: [append.stream], isLocal: false, appended: null }]);
  });

  it("is told of by the time that the store is closed", async () => {
    const { elsewhere, wakes } = await openBoth(60_000);
    const streams = [newStream(), newStream(), newStream()];
    for (const stream of streams) await elsewhere.append(appendOf(stream, NO_STREAM));
    await elsewhere.close();
    const told = () => new Set(wakes.flatMap(({ streams }) => streams ?? []));
    await until("all are told of", () => streams.every((stream) => told().has(stream)));
  });

  it("is told of at most once for each append, and all of it", async () => {
    const { elsewhere, wakes } = await openBoth(60_000);
    const streams = Array.from({ length: 60 }, () => newStream());
    for (const stream of streams) await elsewhere.append(appendOf(stream, NO_STREAM));
    const told = () => new Set(wakes.flatMap(({ streams }) => streams ?? []));
    await until("all are told of", () => streams.every((stream) => told().has(stream)));
    expect(wakes.length).toBeLessThanOrEqual(streams.length);
  });

  it("is told by the poll if the notification was lost", async () => {
    const { wakes } = await openBoth(20);
    // The first of two wakes may be of what was there before.
    await silently(newStream());
    await until("the poll has seen something", () => wakes.length > 0);
    await silently(newStream());
    await until("the poll has seen it", () => wakes.length > 1);
    expect(wakes.every(({ streams, isLocal }) => streams === null && !isLocal)).toBe(true);
  });

  it("is told after the listening connection was lost, and heard again", async () => {
    const { elsewhere, wakes } = await openBoth(60_000);
    await terminate(log.database, LISTENER);
    await until("it listens again", () => wakes.some(({ streams }) => streams === null));
    wakes.length = 0;
    const stream = newStream();
    await elsewhere.append(appendOf(stream, NO_STREAM));
    await until("the append is told of", () => wakes.some(({ streams }) => streams?.includes(stream)));
  });

  it("is not told by what others send on the channel", async () => {
    const { elsewhere, wakes } = await openBoth(60_000);
    for (const payload of ["", "nonsense", "null", "{}", '{"writer":1,"after":0,"upTo":1,"streams":null}']) {
      await log.database.query("select pg_notify('log_appended', $1)", [payload]);
    }
    const stream = newStream();
    await elsewhere.append(appendOf(stream, NO_STREAM));
    await until("the append is told of", () => wakes.length > 0);
    expect(wakes).toEqual([{ streams: [stream], isLocal: false, appended: null }]);
  });

  /** Appends as a process would whose notification nobody hears: the head moves, and that is all. */
  async function silently(stream: string): Promise<void> {
    await log.database.query(`
      with moved as (update log.head set position = position + 1 returning position)
      insert into log.events (position, stream, revision, id, type, schema_version, data, meta, recorded_at)
      select m.position, '${stream}', 0, gen_random_uuid(), 'Noted', 1, '1', '{}', now() from moved m`);
  }
});
