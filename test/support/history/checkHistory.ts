import type { Contradiction, Follower, History, LoggedEvent, Operation } from "./history";

/** Everything in which a log contradicts what callers and followers were told; empty if it is sound. Takes linear time, but for sorting. */
export function checkHistory({ operations, log, followers }: History): Contradiction[] {
  const byOperation = groupBy(log, ({ operation }) => operation);
  return [
    ...operations.flatMap((operation) => faultsOf(operation, byOperation.get(operation.id) ?? [])),
    ...unasked(operations, byOperation),
    ...faultsInOrder(log),
    ...late(operations, log),
    ...followers.flatMap((follower) => faultsSeen(follower, log)),
  ];
}

/** One line for each. */
export function inWords(contradictions: readonly Contradiction[]): string[] {
  return contradictions.map(({ kind, words }) => `${kind}: ${words}`);
}

function faultsOf(operation: Operation, events: readonly LoggedEvent[]): Contradiction[] {
  const { id, count, outcome } = operation;
  const what = `operation ${id} (${outcome.kind})`;
  const [last] = events.slice(-1);
  if (!last)
    return outcome.kind === "ok"
      ? [{ kind: "lost", words: `${what} is not there: 0 of ${count} events` }]
      : [];
  if (outcome.kind === "refused") return [{ kind: "refused", words: `${what} is there` }];
  const there = `${what} is there by ${events.length} of ${count} events, at ${placesOf(events)}`;
  if (events.length < count) return [{ kind: "half", words: there }];
  if (events.length > count) return [{ kind: "twice", words: there }];
  return [...tornIn(operation, what, events), ...misplacedIn(operation, what, last)];
}

/** In one stream and next to each other there; other streams' events may stand between them. */
function tornIn({ stream }: Operation, what: string, events: readonly LoggedEvent[]): Contradiction[] {
  const isWhole = events.every(
    (event, index) => event.stream === stream && event.revision === (events[0]?.revision ?? 0) + index,
  );
  return isWhole ? [] : [{ kind: "torn", words: `${what} stands at ${placesOf(events)}, not in one piece` }];
}

function misplacedIn({ outcome }: Operation, what: string, last: LoggedEvent): Contradiction[] {
  const at = outcome.kind === "ok" ? outcome.at : null;
  const { revision = last.revision, position = last.position } = at ?? {};
  if (revision === last.revision && position === last.position) return [];
  return [
    {
      kind: "misplaced",
      words: `${what} was told ${placeOf({ revision, position })} and ends at ${placeOf(last)}`,
    },
  ];
}

function unasked(
  operations: readonly Operation[],
  byOperation: ReadonlyMap<string, readonly LoggedEvent[]>,
): Contradiction[] {
  const known = new Set(operations.map(({ id }) => id));
  return [...byOperation]
    .filter(([id]) => !known.has(id))
    .map(([id, events]) => ({
      kind: "unasked",
      words: `operation ${id} is known to nobody and stands at ${placesOf(events)}`,
    }));
}

function faultsInOrder(log: readonly LoggedEvent[]): Contradiction[] {
  const revisions = new Map<string, number>();
  const ids = new Set<string>();
  return log.flatMap((event, index): Contradiction[] => {
    const { id, stream, revision } = event;
    const expected = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    const isRepeated = ids.has(id);
    ids.add(id);
    const before = log[index - 1];
    return [
      ...(revision === expected
        ? []
        : [{ kind: "gap", words: `revision ${revision} of ${stream} follows ${expected - 1}` } as const]),
      ...(before === undefined || before.position < event.position
        ? []
        : [{ kind: "disorder", words: `${placeOf(event)} follows ${placeOf(before)}` } as const]),
      ...(isRepeated
        ? [{ kind: "idTwice", words: `event ${id} stands at ${placeOf(event)} again` } as const]
        : []),
    ];
  });
}

/** From the end of the log on, with the one that was acknowledged first among all that stand behind. */
function late(operations: readonly Operation[], log: readonly LoggedEvent[]): Contradiction[] {
  const indexes = new Map(log.map(({ operation }, index) => [operation, index]));
  const there = operations
    .flatMap((operation) => {
      const index = indexes.get(operation.id);
      return index === undefined ? [] : [{ operation, index }];
    })
    .sort((a, b) => b.index - a.index);
  let first: Operation | null = null;
  const found: Contradiction[] = [];
  for (const { operation } of there) {
    if (first !== null && first.ended < operation.began) {
      const words = `operation ${operation.id} began after ${first.id} was acknowledged, and stands before it`;
      found.push({ kind: "late", words });
    }
    if (operation.outcome.kind === "ok" && operation.ended < (first?.ended ?? Infinity)) first = operation;
  }
  return found;
}

function faultsSeen({ name, stream, seen }: Follower, log: readonly LoggedEvent[]): Contradiction[] {
  const expected = log.filter((event) => stream === null || event.stream === stream);
  const places = new Map(expected.map(({ id }, place) => [id, place]));
  const given = new Set<string>();
  const found: Contradiction[] = [];
  let furthest = -1;
  for (const [index, id] of seen.entries()) {
    const place = places.get(id);
    const isRepeated = given.has(id);
    given.add(id);
    const what = `${name} was given event ${id} as its number ${index}`;
    if (place === undefined) found.push({ kind: "foreign", words: `${what}, which is not there` });
    else if (isRepeated) found.push({ kind: "repeated", words: `${what}, and before` });
    else if (place < furthest) found.push({ kind: "reordered", words: `${what}, and one behind it before` });
    furthest = Math.max(furthest, place ?? -1);
  }
  const missed = expected.filter(({ id }) => !given.has(id));
  const [firstMissed] = missed;
  if (firstMissed)
    found.push({
      kind: "missed",
      words: `${name} was not given ${missed.length} of ${expected.length} events, first that at ${placeOf(firstMissed)}`,
    });
  return found;
}

const placeOf = ({ revision, position }: Pick<LoggedEvent, "revision" | "position">): string =>
  `revision ${revision} (position ${position})`;

const placesOf = (events: readonly LoggedEvent[]): string => events.map(placeOf).join(", ");

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
