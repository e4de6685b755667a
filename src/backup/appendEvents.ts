import type { KeptEvent } from "./format";
import { INSTANCE_STREAM } from "../apps/instance.events";
import { NO_STREAM, type Append, type EventStore } from "../eventstore/eventStore";
import { eventId } from "../eventstore/eventIds";
import { invariant } from "../lib/invariant";

/** Appends that are under way together, at most. */
export const APPENDS_UNDER_WAY_MAX = 1_000;
/** Of their data, about. */
export const BYTES_UNDER_WAY_MAX = 16 * 1_048_576;

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
 * Appends events of another log as they were appended there: the same streams, revisions, ids and metadata, and nothing of the
 * instance's stream earlier or later than before. Apps' streams go side by side, since nothing is made of the order between
 * them, and waiting for each append would take as long as a round trip for each. Repeating it adds nothing.
 */
export function createEventAppender(store: Pick<EventStore, "append">): EventAppender {
  const sender = createSender(store);
  let open: Together | null = null;

  async function close(): Promise<void> {
    if (!open) return;
    const { append, ids } = open;
    open = null;
    const isOurs = ids.every((id, ordinal) => id === eventId(append.stream, append.commandId, ordinal));
    invariant(
      isOurs,
      `the events of command ${append.commandId} in ${append.stream} have other ids than its own`,
    );
    await sender.send(append);
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
      await sender.settled();
    },
  };
}

type Sender = Readonly<{
  /** Resolves when the next may be sent. @throws what an earlier one failed with. */
  send(append: Append): Promise<void>;
  settled(): Promise<void>;
}>;

function createSender(store: Pick<EventStore, "append">): Sender {
  let [appends, bytes, isOfInstance] = [0, 0, true];
  let failure: { error: unknown } | null = null;
  let isOver = (): void => undefined;

  /** Waits until so little is under way. */
  async function until(isLittle: () => boolean): Promise<void> {
    while (!isLittle()) await new Promise<void>((resolve) => (isOver = resolve));
    if (failure) throw failure.error;
  }

  async function write(append: Append, size: number): Promise<void> {
    try {
      const { outcome } = await store.append(append);
      invariant(
        outcome !== "conflict",
        `the log has other events in ${append.stream} after revision ${append.expectedRevision} already`,
      );
    } catch (error) {
      failure ??= { error };
    } finally {
      appends -= 1;
      bytes -= size;
      isOver();
    }
  }

  const settled = (): Promise<void> => until(() => appends === 0);
  return {
    settled,
    async send(append) {
      const isInstance = append.stream === INSTANCE_STREAM;
      if (isInstance !== isOfInstance) await settled();
      isOfInstance = isInstance;
      await until(() => appends < APPENDS_UNDER_WAY_MAX && bytes < BYTES_UNDER_WAY_MAX);
      const size = JSON.stringify(append.events).length;
      appends += 1;
      bytes += size;
      void write(append, size);
    },
  };
}
