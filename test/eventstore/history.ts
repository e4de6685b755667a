import type { RecordedEvent } from "../../src/eventstore/eventStore";

/** One append as its caller saw it. Its events carry the operation's number as their data. */
export type Operation = Readonly<{
  number: number;
  stream: string;
  count: number;
  /** Instants of one clock that all share: an operation that ended before another began must come first in the log. */
  began: number;
  ended: number;
  outcome:
    Readonly<{ kind: "ok"; revision: number; position: string }> | Readonly<{ kind: "conflict" | "unknown" }>;
}>;

type Log = readonly RecordedEvent<{ operation: number }>[];

/** Everything in which a log contradicts what callers and readers were told; empty if it is sound. */
export function contradictions(
  operations: readonly Operation[],
  log: Log,
  readers: readonly Log[],
): string[] {
  const byOperation = new Map<number, RecordedEvent<{ operation: number }>[]>();
  for (const event of log) {
    const { operation } = event.data;
    byOperation.set(operation, [...(byOperation.get(operation) ?? []), event]);
  }
  return [
    ...operations.flatMap((operation) => misplaced(operation, byOperation.get(operation.number) ?? [])),
    ...gaps(log),
    ...outOfOrder(operations),
    ...readers.flatMap((seen, index) => differences(index, seen, log)),
  ];
}

function misplaced({ number, count, stream, outcome }: Operation, events: Log): string[] {
  const what = `operation ${number} (${outcome.kind})`;
  if (outcome.kind === "conflict") return events.length === 0 ? [] : [`${what} is in the log`];
  if (outcome.kind === "unknown" && events.length === 0) return [];
  if (events.length !== count) return [`${what} has ${events.length} of ${count} events in the log`];
  const [first, last] = [events[0], events.at(-1)];
  if (!first || !last) return [];
  const found: string[] = [];
  if (events.some((event) => event.stream !== stream)) found.push(`${what} is in another stream`);
  if (last.revision - first.revision !== count - 1) found.push(`${what} is torn`);
  if (outcome.kind === "ok" && (last.revision !== outcome.revision || last.position !== outcome.position)) {
    found.push(`${what} was told ${outcome.revision} and stands at ${last.revision}`);
  }
  return found;
}

function gaps(log: Log): string[] {
  const revisions = new Map<string, number>();
  return log.flatMap(({ stream, revision, position }, index) => {
    const expected = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    return [
      ...(revision === expected ? [] : [`${stream} goes from ${expected - 1} to ${revision}`]),
      ...(Number(position) === index + 1 ? [] : [`position ${position} is the log's number ${index + 1}`]),
    ];
  });
}

/** By the latest begin seen so far, so that every pair is compared in one pass from the end. */
function outOfOrder(operations: readonly Operation[]): string[] {
  const done = operations.flatMap(({ number, began, ended, outcome }) =>
    outcome.kind === "ok" ? [{ number, began, ended, position: outcome.position }] : [],
  );
  return done.flatMap((later) =>
    done
      .filter((earlier) => earlier.ended < later.began && earlier.position > later.position)
      .map(
        (earlier) => `operation ${earlier.number} ended before ${later.number} began, and stands behind it`,
      ),
  );
}

function differences(reader: number, seen: Log, log: Log): string[] {
  const index = log.findIndex(({ id }, place) => seen[place]?.id !== id);
  if (index === -1 && seen.length === log.length) return [];
  return [`reader ${reader} saw ${seen.length} of ${log.length} events, and something else at ${index}`];
}
