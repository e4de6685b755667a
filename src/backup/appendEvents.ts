import type { KeptEvent } from "./format";
import { NO_STREAM, type Append, type EventStore } from "../eventstore/eventStore";
import { eventId } from "../eventstore/eventIds";
import { invariant } from "../lib/invariant";

/** Appends of one stream that go out together; whatever follows in another stream waits, so that the order stays. */
export const APPENDS_TOGETHER_MAX = 100;

export interface EventAppender {
  push(events: readonly KeptEvent[]): Promise<void>;
  /** Appends what was still waiting for its rest. */
  end(): Promise<void>;
}

/** What came together in the other log, as far as is known. */
type Together = Readonly<{ append: Append; ids: readonly string[] }>;

function withEvent(open: Together | null, event: KeptEvent): Together {
  const { id, stream, revision, type, schemaVersion, data, meta } = event;
  const added = { type, schemaVersion, data };
  if (open) {
    return { append: { ...open.append, events: [...open.append.events, added] }, ids: [...open.ids, id] };
  }
  const expectedRevision = revision === 0 ? NO_STREAM : revision - 1;
  return {
    append: { stream, expectedRevision, commandId: meta.commandId, events: [added], meta },
    ids: [id],
  };
}

/**
 * Appends events of another log as they were appended there: the same streams, revisions, ids, metadata and order. Repeating
 * it adds nothing.
 */
export function createEventAppender(store: Pick<EventStore, "append">): EventAppender {
  let open: Together | null = null;
  let waiting: Append[] = [];

  async function flush(): Promise<void> {
    const together = waiting;
    waiting = [];
    const results = await Promise.all(together.map((append) => store.append(append)));
    for (const [index, result] of results.entries()) {
      const { stream, expectedRevision } = together[index] ?? {};
      invariant(
        result.outcome !== "conflict",
        `the log has other events in ${stream} after revision ${expectedRevision} already`,
      );
    }
  }

  async function close(): Promise<void> {
    if (!open) return;
    const { append, ids } = open;
    open = null;
    const isOurs = ids.every((id, ordinal) => id === eventId(append.stream, append.commandId, ordinal));
    invariant(
      isOurs,
      `the events of command ${append.commandId} in ${append.stream} have other ids than its own`,
    );
    if (waiting.length >= APPENDS_TOGETHER_MAX || (waiting[0] && waiting[0].stream !== append.stream)) {
      await flush();
    }
    waiting.push(append);
  }

  return {
    async push(events) {
      for (const event of events) {
        const { stream, meta } = event;
        const isMore = open?.append.stream === stream && open.append.commandId === meta.commandId;
        if (!isMore) await close();
        open = withEvent(open, event);
      }
    },
    async end() {
      await close();
      await flush();
    },
  };
}
