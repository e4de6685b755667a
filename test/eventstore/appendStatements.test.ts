import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { APPEND_BATCH, batchParameters } from "../../src/eventstore/appendStatements";
import { createBatchWriter, type BatchWriter, type Verdict } from "../../src/eventstore/batchWriter";
import { encodeAppend, type EncodedAppend } from "../../src/eventstore/encodedAppend";
import { NO_STREAM } from "../../src/eventstore/eventStore";
import { until } from "../support/until";
import { appendOf, many, newStream } from "./appends";
import { freshLog, type TestLog } from "./log";

let log: TestLog;
let writer: BatchWriter;

beforeAll(async () => {
  log = await freshLog();
  writer = createBatchWriter({ url: log.url });
});

afterAll(async () => {
  await writer.close();
  await log.drop();
});

const judge = (batch: readonly EncodedAppend[]): Promise<Verdict[]> =>
  log.database.query<Verdict>(APPEND_BATCH, batchParameters(batch));

/** One append of a history: to which stream, how far its expectation is off, how many events; or a repeat of an earlier one. */
const steps = fc.array(
  fc.record({
    stream: fc.constantFrom("a", "b", "c"),
    isOffBy: fc.constantFrom(0, 0, 0, 0, -1, 1, 5),
    events: fc.integer({ min: 1, max: 4 }),
    repeats: fc.option(fc.nat(9), { freq: 2 }),
  }),
  { maxLength: 30 },
);
type Steps = typeof steps extends fc.Arbitrary<infer Value> ? Value : never;

/** Goes through a history, and says what was answered to each append and what then stands in the log. */
async function live(history: Steps, write: (batch: readonly EncodedAppend[]) => Promise<Verdict[]>) {
  // Names that no other history has, but sort and read alike.
  const run = randomUUID();
  const [head] = await log.database.query<{ position: number }>("select position from log.head");
  const start = head?.position ?? 0;
  const revisions = new Map<string, number>();
  const made: EncodedAppend[] = [];
  const verdicts: Verdict[] = [];
  for (const [index, { stream, isOffBy, events, repeats }] of history.entries()) {
    const last = revisions.get(stream) ?? NO_STREAM;
    const repeated = repeats === null ? undefined : made[repeats];
    const expectedRevision = Math.max(NO_STREAM, last + isOffBy);
    const commandId = `${run}-${index}`;
    const anew = appendOf(`${run}-${stream}`, expectedRevision, { commandId, events: many(events) });
    // A repeat expects what it did then, or was decided anew.
    const append = repeated
      ? { ...repeated, expectedRevision: isOffBy === 0 ? last : repeated.expectedRevision }
      : encodeAppend(anew);
    made.push(append);
    const [verdict] = await write([append]);
    if (!verdict) throw new Error("There is no verdict.");
    verdicts.push({ ...verdict, last_position: Math.max(0, verdict.last_position - start) });
    if (verdict.outcome === "appended") revisions.set(append.stream.slice(-1), verdict.last_revision);
  }
  const rows = await log.database.query(
    `select e.position - $2 as position, right(e.stream, 1) as stream, e.revision, e.type, e.schema_version, e.data,
            replace(e.meta, $1, '') as meta, e.recorded_at
       from log.events e where e.stream like $1 || '%' order by e.position`,
    [run, start],
  );
  const appends = await log.database.query(
    `select right(a.stream, 1) as stream, a.first_revision, a.last_revision, a.last_position - $2 as last_position
       from log.appends a where a.stream like $1 || '%' order by a.last_position`,
    [run, start],
  );
  return { verdicts, rows, appends };
}

describe("an append that is written alone", () => {
  it("is answered and stored as the judge of batches would", async () => {
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const lived = await live(history, writer.write);
        expect(lived).toEqual(await live(history, judge));
        for (const { outcome } of lived.verdicts) outcomes.add(outcome);
      }),
      { numRuns: 40 },
    );
    expect([...outcomes].sort()).toEqual(["appended", "conflict", "duplicate"]);
  });

  it("has the ids of its events in their order", async () => {
    const append = encodeAppend(appendOf(newStream(), NO_STREAM, { events: many(12) }));
    await writer.write([append]);
    const rows = await log.database.query(
      "select id, data from log.events where stream = $1 order by revision",
      [append.stream],
    );
    expect(rows).toEqual(append.events.map(({ id, data }) => ({ id, data })));
  });

  /** Lets `append` look at the log and wait for the head, and another writer commit `first` meanwhile. */
  async function overtaken(first: EncodedAppend, append: EncodedAppend): Promise<Verdict | undefined> {
    let result: Promise<Verdict[]> = Promise.resolve([]);
    await log.database.transaction(async (connection) => {
      await connection.query(APPEND_BATCH, batchParameters([first]));
      result = writer.write([append]);
      await until("the append waits for the head", async () => {
        const [blocked] = await log.database.query(
          "select count(*) as count from pg_locks where not granted",
        );
        return blocked?.["count"] !== 0;
      });
    });
    return (await result)[0];
  }

  const encoded = (stream: string, expectedRevision: number): EncodedAppend =>
    encodeAppend(appendOf(stream, expectedRevision));

  it("is in conflict if another took its revision after it had looked", async () => {
    const stream = newStream();
    const verdict = await overtaken(encoded(stream, NO_STREAM), encoded(stream, NO_STREAM));
    expect(verdict).toMatchObject({ outcome: "conflict", last_revision: 0 });
    await expectNoGaps();
  });

  it("is a duplicate if it was written elsewhere after it had looked", async () => {
    const append = encoded(newStream(), NO_STREAM);
    const verdict = await overtaken(append, append);
    expect(verdict).toMatchObject({ outcome: "duplicate", last_revision: 0 });
    expect(await overtaken(encoded(newStream(), NO_STREAM), append)).toEqual(verdict);
    await expectNoGaps();
  });

  it("is written if the event that it expects came only after it had looked", async () => {
    const stream = newStream();
    const verdict = await overtaken(encoded(stream, NO_STREAM), encoded(stream, 0));
    expect(verdict).toMatchObject({ outcome: "appended", last_revision: 1 });
    await expectNoGaps();
  });

  it("comes after another's to another stream, for which it waited", async () => {
    const [first, second] = [encoded(newStream(), NO_STREAM), encoded(newStream(), NO_STREAM)];
    expect(await overtaken(first, second)).toMatchObject({ outcome: "appended" });
    const rows = await log.database.query<{ stream: string }>(
      "select stream from log.events order by position desc limit 2",
    );
    expect(rows.map(({ stream }) => stream)).toEqual([second.stream, first.stream]);
    await expectNoGaps();
  });

  async function expectNoGaps(): Promise<void> {
    const [row] = await log.database.query(
      "select count(*) as count, max(position) as last, (select position from log.head) as head from log.events",
    );
    expect(row).toEqual({ count: row?.["last"], last: row?.["last"], head: row?.["last"] });
  }
});
