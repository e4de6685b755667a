import {
  createAppendQueue,
  REVISION_NEVER,
  type AppendQueue,
  type SendBatch,
} from "../../src/eventstore/appendQueue";
import { encodeAppend, type EncodedAppend } from "../../src/eventstore/encodedAppend";
import { NO_STREAM, StoreUnavailable, type AppendResult } from "../../src/eventstore/eventStore";
import { positionOf } from "../../src/eventstore/position";
import {
  BATCH_APPENDS_MAX,
  BATCH_BYTES_MAX,
  WAITING_BYTES_MAX,
  type WaitingLimits,
} from "../../src/eventstore/waitingAppends";
import { appendOf, many, newStream, noted } from "./appends";

const encoded = (stream = newStream(), expectedRevision = NO_STREAM, data: unknown = 1): EncodedAppend =>
  encodeAppend(appendOf(stream, expectedRevision, { events: [noted(data)] }));

const appended = (append: EncodedAppend): AppendResult => ({
  outcome: "appended",
  revision: append.expectedRevision + append.events.length,
  position: positionOf(1),
});

const conflict: AppendResult = { outcome: "conflict", actualRevision: 7 };

/** A queue that writes down each batch, and answers it by `send`. */
function recording(
  send: SendBatch,
  limits: WaitingLimits = {},
): { queue: AppendQueue; batches: EncodedAppend[][] } {
  const batches: EncodedAppend[][] = [];
  const queue = createAppendQueue((batch) => {
    batches.push([...batch]);
    return send(batch);
  }, limits);
  return { queue, batches };
}

/** A promise that waits to be let go. */
function latch(): { held: Promise<void>; release: () => void } {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { held, release };
}

const sizes = (batches: EncodedAppend[][]): number[] => batches.map(({ length }) => length);
const always: SendBatch = async (batch) => batch.map(appended);
const away: SendBatch = async () => {
  throw new StoreUnavailable("away");
};

describe("a batch", () => {
  it.each([
    [BATCH_APPENDS_MAX, [BATCH_APPENDS_MAX]],
    [BATCH_APPENDS_MAX + 1, [BATCH_APPENDS_MAX, 1]],
  ])("holds up to its maximum of appends: %d", async (count, expected) => {
    const { queue, batches } = recording(always);
    await Promise.all(Array.from({ length: count }, () => queue.append(encoded())));
    expect(sizes(batches)).toEqual(expected);
  });

  it("holds up to its maximum of bytes, or one append that is larger", async () => {
    const { queue, batches } = recording(always);
    const large = (parts: number) => ({ ...encoded(), bytes: BATCH_BYTES_MAX / parts });
    await Promise.all(
      [large(2), large(2), large(2), large(0.5), large(1)].map((append) => queue.append(append)),
    );
    expect(sizes(batches)).toEqual([2, 1, 1, 1]);
  });

  it("takes what came while the one before it was written, one batch at a time", async () => {
    let underWay = 0;
    const { queue, batches } = recording(async (batch) => {
      expect(++underWay).toBe(1);
      if (batches.length === 1) for (let i = 0; i < 9; i++) later.push(queue.append(encoded()));
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      return batch.map(appended);
    });
    const later: Promise<unknown>[] = [];
    await queue.append(encoded());
    await Promise.all(later);
    expect(sizes(batches)).toEqual([1, 9]);
  });

  it("never holds the same append twice", async () => {
    const { queue, batches } = recording(always);
    const append = encoded();
    await Promise.all([queue.append(append), queue.append(encoded()), queue.append(append)]);
    expect(sizes(batches)).toEqual([2, 1]);
  });
});

describe("an append at fault", () => {
  const refusing =
    (bad: ReadonlySet<string>): SendBatch =>
    async (batch) => {
      if (batch.some(({ id }) => bad.has(id))) throw new Error("malformed");
      return batch.map((append) =>
        append.expectedRevision === REVISION_NEVER ? conflict : appended(append),
      );
    };

  it("fails alone, wherever it stands", async () => {
    for (const position of [0, 6, 12]) {
      const appends = Array.from({ length: 13 }, () => encoded());
      const { queue } = recording(refusing(new Set([appends[position]?.id ?? ""])));
      const settled = await Promise.allSettled(appends.map((append) => queue.append(append)));
      const failed = settled.flatMap(({ status }, index) => (status === "rejected" ? [index] : []));
      expect(failed).toEqual([position]);
    }
  });

  it("fails alone among others at fault", async () => {
    const appends = Array.from({ length: 8 }, () => encoded());
    const bad = appends.filter((_, index) => index % 3 === 0);
    const { queue } = recording(refusing(new Set(bad.map(({ id }) => id))));
    const settled = await Promise.allSettled(appends.map((append) => queue.append(append)));
    const statuses = settled.map(({ status }) => status === "rejected");
    expect(statuses).toEqual(appends.map((append) => bad.includes(append)));
  });

  it("puts those of its stream behind it in conflict, and no others", async () => {
    const bad = encoded();
    const { queue } = recording(refusing(new Set([bad.id])));
    const [first, second, other] = await Promise.allSettled([
      queue.append(bad),
      queue.append(encoded(bad.stream, 0)),
      queue.append(encoded()),
    ]);
    expect(first.status).toBe("rejected");
    expect(second).toEqual({ status: "fulfilled", value: conflict });
    expect(other).toMatchObject({ value: { outcome: "appended" } });
  });
});

describe("a conflict", () => {
  it("dooms those of its stream that wait already, and none that come after the answer", async () => {
    const stream = newStream();
    const { queue, batches } = recording(async (batch) => {
      if (batches.length === 1) waiting.push(queue.append(encoded(stream, 7)), queue.append(encoded()));
      return batches.length === 1 ? [conflict] : batch.map(appended);
    });
    const waiting: Promise<unknown>[] = [];
    await queue.append(encoded(stream, 0));
    const after = queue.append(encoded(stream, 7));
    await Promise.all([...waiting, after]);
    const expected = batches
      .slice(1)
      .flat()
      .map((append) => append.expectedRevision);
    expect(expected).toEqual([REVISION_NEVER, NO_STREAM, 7]);
  });

  it("is answered before any success of its batch", async () => {
    const answers: string[] = [];
    const { queue } = recording(async () => [appended(encoded()), conflict]);
    const note = ({ outcome }: AppendResult) => answers.push(outcome);
    await Promise.all([queue.append(encoded()).then(note), queue.append(encoded()).then(note)]);
    expect(answers).toEqual(["conflict", "appended"]);
  });
});

describe("while the store is away", () => {
  it("the same batch is sent again, and what came meanwhile after it", async () => {
    const { queue, batches } = recording(async (batch) => {
      if (batches.length === 1) later.push(queue.append(encoded()));
      return batches.length < 3 ? away(batch) : always(batch);
    });
    const later: Promise<unknown>[] = [];
    const append = encoded();
    expect((await queue.append(append)).outcome).toBe("appended");
    await Promise.all(later);
    expect(batches.slice(0, 3)).toEqual([[append], [append], [append]]);
    expect(sizes(batches)).toEqual([1, 1, 1, 1]);
  });

  it("every append is answered at its deadline with the reason, also one never sent", async () => {
    const { queue } = recording(away, { deadlineMs: 100 });
    const first = queue.append(encoded());
    const attempts = [first, ...Array.from({ length: 5 }, () => queue.append(encoded()))];
    for (const result of await Promise.allSettled(attempts)) {
      expect(result).toMatchObject({
        status: "rejected",
        reason: { name: "StoreUnavailable", cause: { message: "away" } },
      });
    }
  });

  it("an append has a millisecond more for each of its events", async () => {
    const { queue } = recording(away, { deadlineMs: 10 });
    await expect(
      queue.append(encodeAppend(appendOf(newStream(), NO_STREAM, { events: many(30) }))),
    ).rejects.toThrow("within 40 ms");
  });

  it("an append is answered at its deadline though the store says nothing at all", async () => {
    const { held, release } = latch();
    const { queue } = recording(async (batch) => (await held, batch.map(appended)), { deadlineMs: 50 });
    await expect(queue.append(encoded())).rejects.toThrow(StoreUnavailable);
    await expect(queue.append(encoded())).rejects.toThrow(StoreUnavailable);
    release();
    await queue.close();
  });

  it("an append that expired unsent is not sent later, and dooms those behind it", async () => {
    jest.useFakeTimers({ doNotFake: ["setImmediate", "nextTick", "queueMicrotask", "performance"] });
    try {
      const { held, release } = latch();
      const answer: SendBatch = async (batch) => (await held, batch.map(() => conflict));
      const { queue, batches } = recording(answer, { deadlineMs: 100 });
      const stream = newStream();
      const underWay = queue.append(encoded());
      while (batches.length === 0) await new Promise((resolve) => setImmediate(resolve));
      const expired = queue.append(encoded(stream, 0));
      jest.advanceTimersByTime(60);
      const behind = queue.append(encoded(stream, 1));
      jest.advanceTimersByTime(41);
      await expect(underWay).rejects.toThrow(StoreUnavailable);
      await expect(expired).rejects.toThrow(StoreUnavailable);
      release();
      expect(await behind).toEqual(conflict);
      const sent = batches.flat().filter((append) => append.stream === stream);
      expect(sent.map(({ expectedRevision }) => expectedRevision)).toEqual([REVISION_NEVER]);
    } finally {
      jest.useRealTimers();
    }
  });

  it.each([
    [3, 0],
    [4, 1],
  ])("of %d appends with room for 3 to wait, %d are refused at once", async (count, refused) => {
    const { held, release } = latch();
    const { queue, batches } = recording(async (batch) => (await held, batch.map(appended)), {
      waitingMax: 3,
    });
    const underWay = queue.append(encoded());
    while (batches.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const attempts = Array.from({ length: count }, () => queue.append(encoded()));
    const settled = Promise.allSettled(attempts);
    release();
    const rejected = (await settled).filter(({ status }) => status === "rejected");
    expect(rejected).toHaveLength(refused);
    expect((await underWay).outcome).toBe("appended");
  });
});

it("of appends whose bytes fill the room, none more is taken, however small", async () => {
  const { held, release } = latch();
  const { queue, batches } = recording(async (batch) => (await held, batch.map(appended)));
  const underWay = queue.append(encoded());
  while (batches.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const filling = queue.append({ ...encoded(), bytes: WAITING_BYTES_MAX });
  await expect(queue.append({ ...encoded(), bytes: 1 })).rejects.toThrow(StoreUnavailable);
  release();
  expect((await filling).outcome).toBe("appended");
  await underWay;
});

it("of a chain whose first append found no room, no later one succeeds in its place", async () => {
  const { held, release } = latch();
  const { queue, batches } = recording(async (batch) => (await held, batch.map(appended)));
  const underWay = queue.append(encoded());
  while (batches.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const filling = queue.append({ ...encoded(), bytes: WAITING_BYTES_MAX - 500_000 });
  const stream = newStream();
  const large = queue.append({ ...encoded(stream), bytes: 600_000 });
  const next = queue.append(encoded(stream, 0));
  await expect(large).rejects.toThrow(StoreUnavailable);
  release();
  await Promise.all([underWay, filling, next]);
  const sent = batches.flat().filter((append) => append.stream === stream);
  expect(sent.map(({ expectedRevision }) => expectedRevision)).toEqual([REVISION_NEVER]);
});

describe("closing", () => {
  it("answers what was accepted and refuses what comes later", async () => {
    const { queue } = recording(always);
    const accepted = queue.append(encoded());
    const closed = queue.close();
    await expect(queue.append(encoded())).rejects.toThrow(StoreUnavailable);
    expect((await accepted).outcome).toBe("appended");
    await closed;
  });
});
