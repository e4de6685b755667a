import type { EncodedAppend } from "./encodedAppend";
import type { AppendedEvents, EventMeta, RecordedEvent } from "./eventStore";
import { positionOf } from "./position";

/** An append that succeeded, with the revision and the position of its last event. */
export type Appended = Readonly<{ append: EncodedAppend; lastRevision: number; lastPosition: number }>;

/**
 * The events of appends as the log gives them, in its order; for stores that number all events 1, 2, 3… Null if others
 * stand between them, or there are none.
 */
export function appendedEvents(appends: readonly Appended[]): AppendedEvents | null {
  const ordered = appends.toSorted((a, b) => a.lastPosition - b.lastPosition);
  const [first] = ordered;
  if (!first) return null;
  const after = first.lastPosition - first.append.events.length;
  let upTo = after;
  for (const { append, lastPosition } of ordered) {
    upTo += append.events.length;
    if (upTo !== lastPosition) return null;
  }
  return {
    after: positionOf(after),
    events: ordered.flatMap(eventsOf),
    bytes: appends.reduce((sum, { append }) => sum + append.bytes, 0),
  };
}

function eventsOf({ append, lastRevision, lastPosition }: Appended): RecordedEvent[] {
  const { stream, events, meta } = append;
  return events.map(({ id, type, schemaVersion, data }, index) => {
    const fromLast = events.length - 1 - index;
    return {
      id,
      stream,
      revision: lastRevision - fromLast,
      position: positionOf(lastPosition - fromLast),
      type,
      schemaVersion,
      // Of the text that was written, and not of what it was made of: what is no JSON has left it.
      data: JSON.parse(data) as unknown,
      meta: JSON.parse(meta) as EventMeta,
    };
  });
}
