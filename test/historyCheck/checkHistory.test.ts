import fc from "fast-check";
import { checkHistory, inWords } from "../support/history/checkHistory";
import type { ContradictionKind, History, LoggedEvent, Operation } from "../support/history/history";
import { historyOf, steps, type Flaw, type Step } from "./plannedHistory";

const kindsIn = (history: History): ContradictionKind[] => [
  ...new Set(checkHistory(history).map(({ kind }) => kind)),
];

const isSure = (one: Step): boolean => one.stream === "app-a" && one.count === 3 && one.before === 5;
const sureStep = (planned: readonly Step[], fate: Step["fate"]): number =>
  planned.findIndex((one) => isSure(one) && one.fate === fate);

describe("the check of a history", () => {
  it("finds nothing in a lawful one", () =>
    fc.assert(
      fc.property(steps, (planned) => {
        expect(inWords(checkHistory(historyOf(planned)))).toEqual([]);
      }),
    ));

  it("says what it finds in words", () => {
    const planned: Step[] = [{ stream: "app-a", count: 5, fate: "ok", before: 1, after: 1 }];
    const history = historyOf(planned, { step: 0, events: "one less" });
    expect(inWords(checkHistory(history))).toEqual([
      "half: operation 0 (ok) is there by 4 of 5 events, at " +
        [1, 2, 3, 4].map((number) => `revision ${number - 1} (position 00000${number})`).join(", "),
    ]);
  });

  it.each<[ContradictionKind, Step["fate"], Flaw["events"]]>([
    ["lost", "ok", "none"],
    ["half", "ok", "one less"],
    ["half", "unknown, there", "one less"],
    ["twice", "ok", "again"],
    ["twice", "unknown, there", "again"],
    ["refused", "refused", "as if accepted"],
  ])("finds what is %s, of one that is %s and there %s", (kind, fate, events) =>
    fc.assert(
      fc.property(steps, (planned) => {
        const history = historyOf(planned, { step: sureStep(planned, fate), events });
        expect(kindsIn(history)).toEqual([kind]);
      }),
    ),
  );

  it.each<[ContradictionKind, (history: History, sure: Operation) => History]>([
    ["unasked", without],
    ["misplaced", (history, sure) => answered(history, sure, 1)],
    ["misplaced", (history, sure) => answered(history, sure, -1)],
    [
      "torn",
      (history, sure) =>
        changedEvent(history, sure, 1, (event) => ({ ...event, stream: "app-c", revision: 0 })),
    ],
    ["gap", withGap],
    [
      "disorder",
      (history, sure) => changedEvent(history, sure, 1, (event) => ({ ...event, position: "000000" })),
    ],
    ["idTwice", (history, sure) => changedEvent(history, sure, 1, (event, { id }) => ({ ...event, id }))],
    ["late", (history, sure) => changedOperation(history, sure, { began: -2_000, ended: -1_000 })],
    ["missed", (history, sure) => seenOtherwise(history, sure, ([_, ...rest]) => rest)],
    [
      "repeated",
      (history, sure) => seenOtherwise(history, sure, ([first = "", ...rest]) => [first, first, ...rest]),
    ],
    [
      "reordered",
      (history, sure) => seenOtherwise(history, sure, ([a = "", b = "", ...rest]) => [b, a, ...rest]),
    ],
    ["foreign", (history, sure) => seenOtherwise(history, sure, (ids) => ["of another log", ...ids])],
  ])("finds what is %s", (kind, spoil) =>
    fc.assert(
      fc.property(steps, (planned) => {
        const before: Step = { stream: "app-b", count: 1, fate: "ok", before: 1, after: 1 };
        const history = historyOf([before, ...planned]);
        const sure = history.operations[1 + sureStep(planned, "ok")];
        expect(sure).toBeDefined();
        if (sure) expect(kindsIn(spoil(history, sure))).toContain(kind);
      }),
    ),
  );
});

function without(history: History, { id }: Operation): History {
  return { ...history, operations: history.operations.filter((one) => one.id !== id) };
}

function changedOperation(history: History, { id }: Operation, change: Partial<Operation>): History {
  const operations = history.operations.map((one) => (one.id === id ? { ...one, ...change } : one));
  return { ...history, operations };
}

function answered(history: History, sure: Operation, by: number): History {
  const at = sure.outcome.kind === "ok" ? sure.outcome.at : null;
  if (!at) throw new Error("It was told a place.");
  return changedOperation(history, sure, {
    outcome: { kind: "ok", at: { ...at, revision: (at.revision ?? 0) + by } },
  });
}

/** `number` is among the operation's events; the change is given the first of them too. */
function changedEvent(
  history: History,
  { id }: Operation,
  number: number,
  change: (event: LoggedEvent, first: LoggedEvent) => LoggedEvent,
): History {
  const own = history.log.filter(({ operation }) => operation === id);
  const [first] = own;
  const log = history.log.map((event) => (event === own[number] && first ? change(event, first) : event));
  return { ...history, log };
}

/** From the operation on, the stream's revisions are one higher than they would be. */
function withGap(history: History, { id }: Operation): History {
  const begins = history.log.findIndex(({ operation }) => operation === id);
  const log = history.log.map((event, index) =>
    index >= begins && event.stream === "app-a" ? { ...event, revision: event.revision + 1 } : event,
  );
  return { ...history, log };
}

/** One follower is given the events of the operation otherwise. */
function seenOtherwise(
  history: History,
  { id }: Operation,
  change: (ids: readonly string[]) => readonly string[],
): History {
  const own = history.log.filter(({ operation }) => operation === id).map((event) => event.id);
  const followers = history.followers.map((follower) => {
    if (follower.stream !== "app-a") return follower;
    const at = follower.seen.indexOf(own[0] ?? "");
    const [before, after] = [follower.seen.slice(0, at), follower.seen.slice(at + own.length)];
    return { ...follower, seen: [...before, ...change(own), ...after] };
  });
  return { ...history, followers };
}
