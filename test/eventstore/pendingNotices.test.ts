import fc from "fast-check";
import { payloadOf, parseNotice } from "../../src/eventstore/appendNotice";
import { createHeadCoverage } from "../../src/eventstore/headCoverage";
import {
  createPendingNotices,
  NAMED_STREAMS_MAX,
  PENDING_RANGES_MAX,
  type Appended,
} from "../../src/eventstore/pendingNotices";

/** Batches that lie side by side in the log: each is ours or another writer's, or a repeat that wrote nothing. */
const batches = fc.array(
  fc.record({
    by: fc.constantFrom("us", "another", "a repeat"),
    events: fc.integer({ min: 1, max: 5 }),
    stream: fc.constantFrom("app-a", "app-b", "app-c"),
    isTakenAfter: fc.boolean(),
  }),
  { maxLength: 40 },
);

function positionsOf({ after, upTo }: Appended): number[] {
  return Array.from({ length: upTo - after }, (_, index) => after + 1 + index);
}

describe("what is to be told", () => {
  it("is exactly what was added, whatever others wrote in between", () => {
    fc.assert(
      fc.property(batches, (log) => {
        const pending = createPendingNotices();
        const [ours, told, named] = [[] as number[], [] as Appended[], new Set<string>()];
        let head = 0;
        for (const { by, events, stream, isTakenAfter } of log) {
          const appended = { streams: [stream], after: head, upTo: head + events };
          if (by === "a repeat") pending.add({ ...appended, after: 0, upTo: 0 });
          else head += events;
          if (by === "us") {
            pending.add(appended);
            ours.push(...positionsOf(appended));
          }
          if (by !== "another") named.add(stream);
          if (isTakenAfter) told.push(...pending.take());
        }
        told.push(...pending.take());
        expect(pending.isEmpty()).toBe(true);
        expect(told.flatMap(positionsOf)).toEqual(ours);
        expect(new Set(told.flatMap(({ streams }) => streams ?? []))).toEqual(named);
      }),
    );
  });

  it("says of neighbours that they lie side by side", () => {
    const pending = createPendingNotices();
    pending.add({ streams: ["a"], after: 3, upTo: 5 });
    pending.add({ streams: ["b", "a"], after: 5, upTo: 6 });
    pending.add({ streams: ["c"], after: 9, upTo: 10 });
    expect(pending.take()).toEqual([
      { streams: ["a", "b"], after: 3, upTo: 6 },
      { streams: ["c"], after: 9, upTo: 10 },
    ]);
  });

  it.each([
    [NAMED_STREAMS_MAX, true],
    [NAMED_STREAMS_MAX + 1, false],
  ])("of %d streams in a row, names them: %s", (count, areNamed) => {
    const pending = createPendingNotices();
    const names = Array.from({ length: count }, (_, index) => `app-${index}`);
    names.forEach((name, index) => pending.add({ streams: [name], after: index, upTo: index + 1 }));
    expect(pending.take()).toEqual([{ streams: areNamed ? names : null, after: 0, upTo: count }]);
  });

  it.each([
    [PENDING_RANGES_MAX, PENDING_RANGES_MAX],
    [PENDING_RANGES_MAX + 1, 0],
  ])("of %d batches with gaps between them, says the places of %d", (count, places) => {
    const pending = createPendingNotices();
    for (let index = 0; index < count; index++) {
      pending.add({ streams: ["a"], after: 2 * index, upTo: 2 * index + 1 });
    }
    const taken = pending.take();
    expect(taken.flatMap(positionsOf)).toHaveLength(places);
    if (places === 0) expect(taken).toEqual([{ streams: null, after: 0, upTo: 0 }]);
  });
});

describe("a notice", () => {
  const notice = { writer: "w", after: 3, upTo: 5, streams: ["app-a", 'app-"'] };

  it("is read as it was written", () => {
    expect(parseNotice(payloadOf(notice))).toEqual(notice);
    expect(parseNotice(payloadOf({ ...notice, streams: null }))).toEqual({ ...notice, streams: null });
  });

  it.each([
    ["a", 3_996, true],
    ["a", 3_997, false],
    ["é", 1_998, true],
    ["é", 1_999, false],
  ])("names a stream of %s × %d: %s", (letter, count, isNamed) => {
    const streams = [letter.repeat(count)];
    expect(parseNotice(payloadOf({ ...notice, streams }))?.streams).toEqual(isNamed ? streams : null);
  });

  it("covers nothing if it says no place", () => {
    const coverage = createHeadCoverage();
    coverage.cover(0, 0);
    expect(coverage.advance(1)).toBe(true);
  });
});
