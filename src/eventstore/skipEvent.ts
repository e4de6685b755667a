import { eventId } from "./eventIds";
import type { EventMeta, EventStore, Position, RecordedEvent } from "./eventStore";
import { writeSkippedEvent, type SkippedEvent } from "./skippedEvents";
import { UnreadableEvent } from "./unreadableEvent";
import { EVENT_SKIPPED } from "../lib/eventSkipped";
import { StartupRefused } from "../lib/startupRefused";
import type { Queryable } from "../postgres/database";

export const SKIP_REASON_LENGTH_MAX = 500;
/** Who is said to have recorded what stands in the place of an event that does not say who recorded it. */
export const OPERATOR = "operator";
/** More events than come of one command. */
const ORDINALS_MAX = 10_000;

export type SkipOptions = Readonly<{
  /** Of the read models, by the connection that keeps everybody else from using the log. */
  connection: Queryable;
  store: Pick<EventStore, "readStream" | "readAll">;
  upcast: (event: RecordedEvent) => RecordedEvent;
  stream: string;
  revision: number;
  reason: string;
}>;

/** `fault` says what was wrong with it. */
export type Skipped = Readonly<{ event: SkippedEvent; fault: string }>;

/**
 * Makes every reader of the log get an event that says so in the place of one which nobody can read, or at which a read model
 * stands still. What stands in the log stays there. @throws {StartupRefused} of any other event.
 */
export async function skipEvent(options: SkipOptions): Promise<Skipped> {
  const { connection, stream, revision, reason } = options;
  const found = await findFault(options);
  const { id, type, meta } = found.event;
  const isOurs = meta !== null && isIdOf(id, stream, meta.commandId);
  const ownMeta = isOurs ? meta : await metaInPlace(options, id);
  const event: SkippedEvent = {
    ...{ stream, revision, type, reason, storedId: id },
    id: isOurs ? id : eventId(stream, ownMeta.commandId, 0),
    meta: ownMeta,
  };
  await writeSkippedEvent(connection, event);
  return { event, fault: found.fault };
}

type Found = Readonly<{
  event: Readonly<{ id: string; type: string; meta: EventMeta | null }>;
  fault: string;
}>;

async function findFault(options: SkipOptions): Promise<Found> {
  const { store, upcast, stream, revision } = options;
  try {
    const [event] = await store.readStream(stream, revision, 1);
    if (event?.revision !== revision) {
      throw new StartupRefused(`There is no event of revision ${revision} in ${stream}.`);
    }
    if (event.type === EVENT_SKIPPED) throw new StartupRefused("That event was skipped before.");
    const fault = faultOf(event, upcast) ?? (await failureAt(options, event.position));
    if (fault !== null) return { event, fault };
    throw new StartupRefused(
      `Event ${revision} of ${stream} (${event.type}) can be read, and no read model stands still at it: nothing is skipped.`,
    );
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
    return { event: { ...error.event, meta: null }, fault: error.message };
  }
}

function faultOf(event: RecordedEvent, upcast: SkipOptions["upcast"]): string | null {
  try {
    upcast(event);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What a read model says that stands still right before the event at this position. */
async function failureAt({ connection, store }: SkipOptions, position: Position): Promise<string | null> {
  const failed = await connection.query<{ position: Position; failure: string }>(
    "select c.position, c.failure from server.checkpoints c where c.failure is not null",
  );
  for (const { position: reached, failure } of failed) {
    const [next] = await store.readAll(reached, 1);
    if (next?.position === position) return failure;
  }
  return null;
}

/** Whether the event came from a command of ours, so that a copy of the log can give it the same id again. */
function isIdOf(id: string, stream: string, commandId: string): boolean {
  for (let ordinal = 0; ordinal < ORDINALS_MAX; ordinal++) {
    if (eventId(stream, commandId, ordinal) === id) return true;
  }
  return false;
}

/** For an event that does not say so: as if it was recorded at the same time as the one before it. */
async function metaInPlace({ store, stream, revision }: SkipOptions, id: string): Promise<EventMeta> {
  const [before] = revision === 0 ? [] : await store.readStream(stream, revision - 1, 1);
  const recordedAt = before?.meta.recordedAt ?? new Date(0).toISOString();
  return { actor: OPERATOR, commandId: `in place of ${id}`, recordedAt, fingerprint: "" };
}
