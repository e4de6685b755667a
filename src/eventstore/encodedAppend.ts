import { invariant } from "../lib/invariant";
import { appendId, eventId } from "./eventIds";
import { NO_STREAM, type Append, type NewEvent } from "./eventStore";

export const NAME_LENGTH_MAX = 512;
export const SCHEMA_VERSION_MAX = 32_767;
export const EVENT_BYTES_MAX = 1_048_576;
export const APPEND_BYTES_MAX = 32 * 1_048_576;

/** An append as stores write it: checked, with its ids, everything as text. */
export type EncodedAppend = Readonly<{
  id: string;
  stream: string;
  expectedRevision: number;
  events: readonly EncodedEvent[];
  meta: string;
  recordedAt: string;
  /** Of all data and meta, about. */
  bytes: number;
}>;

export type EncodedEvent = Readonly<{ id: string; type: string; schemaVersion: number; data: string }>;

/** Throws if the append could not be stored as it is: that is the caller's error and no reason to try again. */
export function encodeAppend(append: Append): EncodedAppend {
  const { stream, commandId, expectedRevision, events, meta } = append;
  invariant(isName(stream), `"${stream}" cannot name a stream`);
  invariant(commandId !== "", `an append to ${stream} has no command id`);
  invariant(
    Number.isSafeInteger(expectedRevision) && expectedRevision >= NO_STREAM,
    `${expectedRevision} cannot be the revision of ${stream}`,
  );
  invariant(events.length > 0, `an append to ${stream} has no events`);
  invariant(
    !Number.isNaN(Date.parse(meta.recordedAt)),
    `an append to ${stream} was recorded at "${meta.recordedAt}"`,
  );

  const encodedMeta = JSON.stringify(meta);
  const encoded = events.map((event, ordinal) => encodeEvent(event, stream, commandId, ordinal));
  const bytes = encoded.reduce((sum, { data }) => sum + data.length + encodedMeta.length, 0);
  invariant(bytes <= APPEND_BYTES_MAX, `an append to ${stream} is larger than ${APPEND_BYTES_MAX} bytes`);
  return {
    id: appendId(stream, commandId),
    stream,
    expectedRevision,
    events: encoded,
    meta: encodedMeta,
    recordedAt: new Date(meta.recordedAt).toISOString(),
    bytes,
  };
}

function encodeEvent(event: NewEvent, stream: string, commandId: string, ordinal: number): EncodedEvent {
  const { type, schemaVersion } = event;
  // TypeScript takes it for a string, but it gives undefined for undefined and for functions.
  const data: string | undefined = JSON.stringify(event.data);
  invariant(isName(type), `"${type}" cannot be the type of an event for ${stream}`);
  invariant(isSchemaVersion(schemaVersion), `${type} for ${stream} has no schema version`);
  invariant(data !== undefined, `the data of ${type} for ${stream} is not JSON`);
  invariant(
    Buffer.byteLength(data) <= EVENT_BYTES_MAX,
    `the data of ${type} for ${stream} is larger than ${EVENT_BYTES_MAX} bytes`,
  );
  return { id: eventId(stream, commandId, ordinal), type, schemaVersion, data };
}

function isSchemaVersion(version: number): boolean {
  return Number.isSafeInteger(version) && version >= 0 && version <= SCHEMA_VERSION_MAX;
}

/** Neither empty nor too long, and no character that a store cannot keep or a message cannot show. */
function isName(name: string): boolean {
  return (
    name.length > 0 &&
    name.length <= NAME_LENGTH_MAX &&
    !/[\p{Cc}\p{Surrogate}\p{Noncharacter_Code_Point}]/u.test(name)
  );
}
