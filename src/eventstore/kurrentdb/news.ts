import { recordedEvent, type Reading, type StoredEvent } from "./events";
import { positionIn } from "./position";
import type { EncodedAppend } from "../encodedAppend";
import { START, type Position, type RecordedEvent, type Wake } from "../eventStore";
import { UnreadableEvent } from "../unreadableEvent";

/** What the subscription brings: told to whoever listens, and to those here who wait for their own appends. */
export interface LogNews {
  /** The latest position that anybody here knows of. */
  known(): Position;
  note(position: Position): void;
  /** From now on everything after this is delivered. */
  begin(after: Position): void;
  deliver(event: StoredEvent): void;
  /** Takes these events for ours when they come. Null while none will come. */
  expect(appends: readonly EncodedAppend[]): Expectation | null;
}

/** How long to wait for an event while none comes at all, and how long while others do. */
export type Patience = Readonly<{ silenceMs: number; atMostMs: number }>;

export interface Expectation {
  /** The last event of each append, as they stand in the log; null if they do not come in time, though others do. */
  arrived(patience: Patience): Promise<readonly StoredEvent[] | null>;
  forget(): void;
}

/**
 * Those who wait for their appends go on in the same turn, and their next ones share a packet: one by one, each would cost
 * half as much again.
 */
const TURNS_MAX = 16;

export function createLogNews(reading: Reading, wake: (wake: Wake) => void): LogNews {
  /** Events that were sent from here, and what to do when they come. */
  const expected = new Map<string, (event: StoredEvent) => void>();
  let known: Position = START;
  let delivered = 0;
  /** The event before those that wait to be told of; null while nothing is delivered. */
  let before: Position | null = null;
  let waiting: { event: StoredEvent; arrive: ((event: StoredEvent) => void) | undefined }[] = [];

  function note(position: Position): void {
    if (position > known) known = position;
  }

  /** Events that come in one go are told of together: as long as each turn of the loop brings some. */
  function tellAll(told = 0, turns = 0): void {
    setImmediate(() => {
      const isComing = waiting.length > told && turns < TURNS_MAX;
      if (isComing) tellAll(waiting.length, turns + 1);
      else tell();
    });
  }

  function tell(): void {
    const events = waiting;
    waiting = [];
    for (const group of byOrigin(events)) {
      const stored = group.map(({ event }) => event);
      wake(wakeFor(stored, before ?? START, reading, group[0]?.arrive !== undefined));
      const last = stored.at(-1);
      if (last) before = positionIn(last.position);
    }
    for (const { event, arrive } of events) arrive?.(event);
  }

  return {
    known: () => known,
    note,
    begin(after) {
      note(after);
      before = after;
      // Of what was appended since somebody began to listen, and before this, nobody has told.
      wake({ streams: null, isLocal: false, appended: null });
    },
    deliver(event) {
      delivered += 1;
      note(positionIn(event.position));
      if (waiting.length === 0) tellAll();
      waiting.push({ event, arrive: expected.get(event.id) });
      expected.delete(event.id);
    },
    expect: (appends) => (before === null ? null : expectationOf(appends, expected, () => delivered)),
  };
}

function expectationOf(
  appends: readonly EncodedAppend[],
  expected: Map<string, (event: StoredEvent) => void>,
  delivered: () => number,
): Expectation {
  const ids = appends.flatMap(({ events }) => events.map(({ id }) => id));
  const lastIds = appends.map(({ events }) => events.at(-1)?.id ?? "");
  const found = new Map<string, StoredEvent>();
  let complete: (events: readonly StoredEvent[]) => void = () => undefined;
  const all = new Promise<readonly StoredEvent[]>((resolve) => (complete = resolve));
  const arrive = (event: StoredEvent): void => {
    found.set(event.id, event);
    const lasts = lastIds.flatMap((id) => found.get(id) ?? []);
    if (lasts.length === lastIds.length) complete(lasts);
  };
  for (const id of ids) expected.set(id, arrive);
  return {
    arrived: (patience) => foundInTime(all, patience, delivered),
    forget() {
      for (const id of ids) if (expected.get(id) === arrive) expected.delete(id);
    },
  };
}

/** Where much is appended, what was appended later waits behind it: reading it would only make all wait longer. */
function foundInTime<Found>(
  found: Promise<Found>,
  { silenceMs, atMostMs }: Patience,
  delivered: () => number,
): Promise<Found | null> {
  const end = performance.now() + atMostMs;
  return new Promise((resolve) => {
    let before = delivered();
    const look = (): void => {
      const isMoving = delivered() > before;
      before = delivered();
      if (isMoving && performance.now() < end) timer.refresh();
      else resolve(null);
    };
    const timer = setTimeout(look, silenceMs);
    void found.then((events) => {
      clearTimeout(timer);
      resolve(events);
    });
  });
}

type Waiting = Readonly<{ event: StoredEvent; arrive: ((event: StoredEvent) => void) | undefined }>;

/** Neighbours that were all sent from here, or all not. */
function byOrigin(events: readonly Waiting[]): Waiting[][] {
  const groups: Waiting[][] = [];
  for (const one of events) {
    const group = groups.at(-1);
    const isSame = group !== undefined && (group[0]?.arrive === undefined) === (one.arrive === undefined);
    if (isSame) group.push(one);
    else groups.push([one]);
  }
  return groups;
}

function wakeFor(stored: readonly StoredEvent[], after: Position, reading: Reading, isLocal: boolean): Wake {
  const streams = [...new Set(stored.map(({ stream }) => stream.slice(reading.prefix.length)))];
  const events = allOf(stored, reading);
  if (events === null) return { streams, isLocal, appended: null };
  const bytes = stored.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
  return { streams, isLocal, appended: { after, events, bytes } };
}

/** Null if one cannot be read: whoever reads the log will meet it, and say so. */
function allOf(stored: readonly StoredEvent[], reading: Reading): RecordedEvent[] | null {
  try {
    return stored.map((event) => recordedEvent(event, reading));
  } catch (error) {
    if (error instanceof UnreadableEvent) return null;
    throw error;
  }
}
