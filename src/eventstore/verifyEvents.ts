import { START, type EventStore, type Position, type RecordedEvent } from "./eventStore";

export const VERIFIED_AT_ONCE = 1_000;
/** Told of, at most; a log with more faults is as bad. */
export const FAULTS_MAX = 100;

export type VerifyOptions = Readonly<{
  store: Pick<EventStore, "readAll">;
  upcast: (event: RecordedEvent) => RecordedEvent;
  /** Of stores whose positions have no gaps, what number a position is; null of others. */
  numberOf: ((position: Position) => number) | null;
}>;

export type Verified = Readonly<{ events: number; streams: number; faults: readonly string[] }>;

/**
 * Reads the whole log and holds every event to what the log promises: positions that go up, without gaps where the store has
 * none, revisions of each stream from 0 without gaps, ids that come once, and a shape that today's code reads.
 * Ids are kept in memory meanwhile, which takes about 100 MB for a million events.
 */
export async function verifyEvents({ store, upcast, numberOf }: VerifyOptions): Promise<Verified> {
  const revisions = new Map<string, number>();
  const ids = new Set<string>();
  const faults: string[] = [];
  let last: Position = START;
  for (;;) {
    const page = await store.readAll(last, VERIFIED_AT_ONCE);
    for (const event of page) {
      faults.push(...faultsOf(event, { last, revisions, ids, numberOf, upcast }));
      revisions.set(event.stream, event.revision);
      ids.add(event.id);
      last = event.position;
      if (faults.length >= FAULTS_MAX) return { events: ids.size, streams: revisions.size, faults };
    }
    if (page.length < VERIFIED_AT_ONCE) return { events: ids.size, streams: revisions.size, faults };
  }
}

type SoFar = Pick<VerifyOptions, "numberOf" | "upcast"> &
  Readonly<{ last: Position; revisions: ReadonlyMap<string, number>; ids: ReadonlySet<string> }>;

function faultsOf(event: RecordedEvent, { last, revisions, ids, numberOf, upcast }: SoFar): string[] {
  const { id, stream, revision, position, type } = event;
  const name = `Event ${id} (${type}, revision ${revision} of ${stream})`;
  const faults: string[] = [];
  if (position <= last) faults.push(`${name} stands behind one of a later position.`);
  if (numberOf && numberOf(position) !== numberOf(last) + 1) {
    faults.push(`${name} has position ${numberOf(position)}, and the one before it ${numberOf(last)}.`);
  }
  const before = revisions.get(stream) ?? -1;
  if (revision !== before + 1)
    faults.push(`${name} follows revision ${before < 0 ? "none" : before} of its stream.`);
  if (ids.has(id)) faults.push(`${name} has the id of an event before it.`);
  try {
    upcast(event);
  } catch (error) {
    faults.push(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return faults;
}
