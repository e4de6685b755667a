import fc from "fast-check";
import type { Follower, History, LoggedEvent, Operation } from "../support/history/history";

/** A lawful history, step by step: each step is an operation that came to the log then, or did not come at all. */
export type Step = Readonly<{
  stream: string;
  count: number;
  fate: "ok" | "ok, without a place" | "unknown, there" | "unknown, not there" | "refused";
  /** How long before and after its moment the caller began and was told. */
  before: number;
  after: number;
}>;

const STREAMS = ["app-a", "app-b"];
const MOMENTS_APART = 10;

const step: fc.Arbitrary<Step> = fc.record({
  stream: fc.constantFrom(...STREAMS),
  count: fc.integer({ min: 1, max: 4 }),
  fate: fc.constantFrom("ok", "ok, without a place", "unknown, there", "unknown, not there", "refused"),
  before: fc.integer({ min: 1, max: 50 }),
  after: fc.integer({ min: 1, max: 50 }),
});

/** Any steps, with four among them whose fate is sure, so that there is something to spoil. */
export const steps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(fc.array(step, { maxLength: 20 }), fc.array(step, { maxLength: 20 }))
  .map(([some, others]) => [...some, ...SURE, ...others]);

const sure = (fate: Step["fate"]): Step => ({ stream: "app-a", count: 3, fate, before: 5, after: 5 });
const SURE = [sure("ok"), sure("ok"), sure("unknown, there"), sure("refused")];

/** What went wrong with one step as it came to the log. */
export type Flaw = Readonly<{ step: number; events: "none" | "one less" | "again" | "as if accepted" }>;

/** The history of these steps; it is lawful if it has no flaw. */
export function historyOf(planned: readonly Step[], flaw: Flaw | null = null): History {
  const log: LoggedEvent[] = [];
  const revisions = new Map<string, number>();
  const write = (id: string, { stream }: Step, count: number): void => {
    for (let event = 0; event < count; event++) {
      const revision = (revisions.get(stream) ?? -1) + 1;
      revisions.set(stream, revision);
      const position = String(log.length + 1).padStart(6, "0");
      log.push({ id: `event ${log.length}`, stream, revision, position, operation: id });
    }
  };
  const operations = planned.map((one, index): Operation => {
    const id = String(index);
    const fault = flaw?.step === index ? flaw.events : null;
    write(id, one, countOf(one, fault));
    if (fault === "again") write(id, one, one.count);
    const moment = index * MOMENTS_APART;
    const times = { began: moment - one.before, ended: moment + one.after };
    return { id, stream: one.stream, count: one.count, ...times, outcome: outcomeOf(one, log.at(-1)) };
  });
  return { operations, log, followers: followersOf(log) };
}

function countOf({ fate, count }: Step, fault: Flaw["events"] | null): number {
  if (fault === "none") return 0;
  if (fault === "one less") return count - 1;
  const isThere = fault === "as if accepted" || !["unknown, not there", "refused"].includes(fate);
  return isThere ? count : 0;
}

function outcomeOf({ fate }: Step, last: LoggedEvent | undefined): Operation["outcome"] {
  if (fate === "refused") return { kind: "refused" };
  if (fate.startsWith("unknown")) return { kind: "unknown" };
  return {
    kind: "ok",
    at: fate === "ok" && last ? { revision: last.revision, position: last.position } : null,
  };
}

function followersOf(log: readonly LoggedEvent[]): Follower[] {
  return [null, ...STREAMS].map((stream) => ({
    name: stream ?? "of all",
    stream,
    seen: log.filter((event) => stream === null || event.stream === stream).map(({ id }) => id),
  }));
}
