import { setTimeout as sleep } from "node:timers/promises";
import {
  NO_STREAM,
  START,
  StoreUnavailable,
  type EventStore,
  type RecordedEvent,
} from "../../src/eventstore/eventStore";
import { numberOf } from "../../src/eventstore/position";
import { verifyEvents } from "../../src/eventstore/verifyEvents";
import { checkHistory, inWords } from "../support/history/checkHistory";
import type { LoggedEvent, Operation } from "../support/history/history";
import { until } from "../support/until";
import { appendOf, noted, readLog } from "./appends";
import { freshLog, terminate, type TestLog } from "./log";

const WRITERS = 8;
const STREAMS = 5;
const OPERATIONS_PER_WRITER = 60;
const FAULTS = 6;

type Seen = RecordedEvent<{ operation: string }>[];

let log: TestLog;
let tick = 0;
let numbers = 0;

beforeAll(async () => {
  log = await freshLog();
});

afterAll(() => log.drop());

/** Appends for itself, racing with the others for few streams; expects what it was last told of a stream. */
async function write(store: EventStore, writer: number, operations: Operation[]): Promise<void> {
  const revisions = new Map<string, number>();
  for (let round = 0; round < OPERATIONS_PER_WRITER; round++) {
    const stream = `app-${(writer + round) % STREAMS}`;
    const expected = revisions.get(stream) ?? NO_STREAM;
    const counts = round % 4 === 0 ? [2, 1, 3] : [1 + (round % 3)];
    // Some are chains: each link is sent before the answer to the one before it.
    let next = expected;
    const chain = counts.map((count) => {
      const link = operate(store, stream, next, count, operations);
      next += count;
      return link;
    });
    for (const known of await Promise.all(chain)) if (known !== null) revisions.set(stream, known);
  }
}

/** The revision that the stream is now known to have; null if nothing is known. */
async function operate(
  store: EventStore,
  stream: string,
  expectedRevision: number,
  count: number,
  operations: Operation[],
): Promise<number | null> {
  const operation = { id: String(++numbers), stream, count, began: ++tick };
  const events = Array.from({ length: count }, () => noted({ operation: operation.id }));
  try {
    const result = await store.append(appendOf(stream, expectedRevision, { events }));
    const isConflict = result.outcome === "conflict";
    const outcome = isConflict ? ({ kind: "refused" } as const) : ({ kind: "ok", at: result } as const);
    operations.push({ ...operation, ended: ++tick, outcome });
    return isConflict ? result.actualRevision : result.revision;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    operations.push({ ...operation, ended: ++tick, outcome: { kind: "unknown" } });
    return null;
  }
}

/** Follows the log by `position > last` alone, from the beginning until told that it is over and all is read. */
async function follow(store: EventStore, isOver: () => boolean): Promise<Seen> {
  const seen: Seen = [];
  for (;;) {
    const wasOver = isOver();
    // The tests write nothing else.
    const page = (await store.readAll(seen.at(-1)?.position ?? START, 7)) as Seen;
    seen.push(...page);
    if (page.length > 0) continue;
    if (wasOver) return seen;
    await sleep(1);
  }
}

const logged = (events: Seen): LoggedEvent[] =>
  events.map((event) => ({ ...event, operation: event.data.operation }));

it("what callers and readers were told agrees with the log, whatever happens to connections", async () => {
  // The hasty one gives up early, so that outcomes stay unknown of appends that may come to be.
  const hasty = log.open({ deadlineMs: 5 });
  const stores = [log.open(), log.open()];
  const operations: Operation[] = [];
  let isOver = false;
  const readers = stores.map((store) => follow(store, () => isOver));
  const writers = Array.from({ length: WRITERS }, (_, writer) =>
    write(writer === 0 ? hasty : (stores[writer % stores.length] ?? hasty), writer, operations),
  );
  const written = Promise.all(writers);
  for (let fault = 1; fault <= FAULTS; fault++) {
    const reached = (fault * WRITERS * OPERATIONS_PER_WRITER) / (FAULTS + 1);
    await until(`${reached} operations are done`, () => operations.length >= reached, 25_000);
    await terminate(log.database, "product-experiences writer");
  }
  await written;
  // Closed, so that nothing is written any more that nobody waits for.
  await Promise.all([hasty.close(), ...stores.map((store) => store.close())]);
  isOver = true;

  const store = log.open();
  const whole = logged((await readLog(store)) as Seen);
  const kinds = operations.map(({ outcome }) => outcome.kind);
  const followers = (await Promise.all(readers)).map((seen, index) => ({
    name: `reader ${index}`,
    stream: null,
    seen: seen.map(({ id }) => id),
  }));
  expect(inWords(checkHistory({ operations, log: whole, followers }))).toEqual([]);
  expect((await verifyEvents({ store, upcast: (event) => event, numberOf })).faults).toEqual([]);
  expect(whole.length).toBeGreaterThan(WRITERS * STREAMS);
  for (const kind of ["ok", "refused"]) expect(kinds).toContain(kind);
}, 60_000);
