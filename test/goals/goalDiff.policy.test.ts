import fc from "fast-check";
import { goalDiff } from "../../src/goals/goalDiff.policy";
import type { TrackedEvent } from "../../src/goals/goal.events";
import { diff } from "../../src/lib/diff";
import { HIDDEN } from "../../src/lib/diffRule";
import { jsonEquals } from "../../src/lib/json";

const between = (before: readonly TrackedEvent[], after: readonly TrackedEvent[]) =>
  diff({ id: "a", events: before }, { id: "b", events: after }, goalDiff({ id: HIDDEN })).map(
    ({ path, before: old, after: now }) => ({ path, before: old, after: now }),
  );
const charged = (amount: number): TrackedEvent => ({ name: "Charged", where: { amount: { $gt: amount } } });
const seen: TrackedEvent = { name: "a/b", where: null };

describe("the difference between two goals", () => {
  it("shows events that came or went, and what was edited in a condition", () => {
    expect(between([charged(1), seen], [charged(2)])).toEqual([
      { path: "events/a~1b", before: seen, after: null },
      { path: "events/Charged/where/amount/$gt", before: 1, after: 2 },
    ]);
    expect(between([], [seen])).toEqual([{ path: "events/a~1b", before: null, after: seen }]);
  });

  it("shows a condition that came or went", () =>
    expect(between([{ name: "Charged", where: null }], [charged(1)])).toEqual([
      { path: "events/Charged/where", before: null, after: { amount: { $gt: 1 } } },
    ]));

  it("leaves out what is the same, where an event stands under several conditions", () =>
    expect(between([charged(1), charged(2)], [charged(3), charged(1)])).toEqual([
      { path: "events/Charged/where/amount/$gt", before: 2, after: 3 },
    ]));

  it("shows all events if only their order is another one", () =>
    expect(between([charged(1), seen], [seen, charged(1)])).toEqual([
      { path: "events", before: [charged(1), seen], after: [seen, charged(1)] },
    ]));

  it("is empty if and only if they are equal", () => {
    const where = fc.constantFrom(null, {}, { a: 1 }, { a: 2 }, { $or: [{ a: 1 }, { b: 2 }] });
    const events = fc.array(fc.record({ name: fc.constantFrom("A", "B"), where }), { maxLength: 3 });
    fc.assert(
      fc.property(events, events, (before, after) => {
        expect(between(before, after).length === 0).toBe(jsonEquals(before, after));
      }),
    );
  });
});
