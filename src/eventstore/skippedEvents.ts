import type { EventMeta, RecordedEvent } from "./eventStore";
import type { EventFacts } from "./unreadableEvent";
import { EVENT_SKIPPED, type EventSkipped } from "../lib/eventSkipped";
import type { Queryable } from "../postgres/database";

export const EVENT_SKIPPED_VERSION = 1;

/** An operator's decision on one event of the log. */
export type SkippedEvent = Readonly<{
  stream: string;
  revision: number;
  /** Of the event that stands there. */
  storedId: string;
  /** Of the event in its place. */
  id: string;
  type: string;
  reason: string;
  meta: EventMeta;
}>;

/** By `placeOf`. */
export type SkippedEvents = ReadonlyMap<string, SkippedEvent>;

export const NOTHING_SKIPPED: SkippedEvents = new Map();

const placeOf = ({ stream, revision }: Pick<EventFacts, "stream" | "revision">): string =>
  `${revision}@${stream}`;

/** The event that readers get in place of a stored one; null if that was not skipped. */
export function inPlaceOf(
  stored: EventFacts & Pick<RecordedEvent, "position">,
  skippedEvents: SkippedEvents,
): RecordedEvent<EventSkipped["data"]> | null {
  // Nearly always, and this is asked of every event.
  if (skippedEvents.size === 0) return null;
  const skipped = skippedEvents.get(placeOf(stored));
  if (skipped?.storedId !== stored.id) return null;
  const { stream, revision, position } = stored;
  const { id, type, reason, meta } = skipped;
  return {
    ...{ id, stream, revision, position, meta },
    type: EVENT_SKIPPED,
    schemaVersion: EVENT_SKIPPED_VERSION,
    data: { type, note: reason },
  };
}

type SkippedRow = Readonly<Omit<SkippedEvent, "meta"> & { meta: string }>;

/** Nobody skips an event while the log is in use, so whoever opens the log needs to read them once. */
export async function readSkippedEvents(database: Queryable): Promise<SkippedEvents> {
  const rows = await database.query<SkippedRow>(
    `select s.stream, s.revision, s.stored_id as "storedId", s.id, s.type, s.reason, s.meta from log.skipped_events s`,
  );
  return new Map(
    // Written below and nowhere else.
    rows.map((row) => [placeOf(row), { ...row, meta: JSON.parse(row.meta) as EventMeta }]),
  );
}

export async function writeSkippedEvent(database: Queryable, skipped: SkippedEvent): Promise<void> {
  const { stream, revision, storedId, id, type, reason, meta } = skipped;
  await database.query(
    `insert into log.skipped_events (stream, revision, stored_id, id, type, reason, meta)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [stream, revision, storedId, id, type, reason, JSON.stringify(meta)],
  );
}
