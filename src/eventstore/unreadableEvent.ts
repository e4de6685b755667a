/** What can be said of an event that stands in the log and cannot be read. */
export type EventFacts = Readonly<{ id: string; stream: string; revision: number; type: string }>;

/** An event in one of our streams that we have not written, or that was damaged since. */
export class UnreadableEvent extends Error {
  constructor(
    readonly event: EventFacts,
    reason: string,
    where = "",
  ) {
    const { id, type, revision, stream } = event;
    super(
      `Event ${id} (${type}, revision ${revision} of ${stream}${where}) is in a stream of ours and cannot be read: ${reason}.`,
    );
    this.name = "UnreadableEvent";
  }
}

/** All before the first that cannot be read. @throws {UnreadableEvent} if that is the first of all. */
export function readable<Stored, Read>(page: readonly Stored[], read: (stored: Stored) => Read): Read[] {
  const events: Read[] = [];
  for (const stored of page) {
    try {
      events.push(read(stored));
    } catch (error) {
      if (!(error instanceof UnreadableEvent) || events.length === 0) throw error;
      break;
    }
  }
  return events;
}
