import { jsonEvent, type EventData, type JSONType } from "@eventstore/db-client";
import type { ReadResp } from "@eventstore/db-client/generated/streams_pb";
import { positionIn, type LogPosition } from "./position";
import { invariant } from "../../lib/invariant";
import type { EncodedAppend } from "../encodedAppend";
import type { EventMeta, RecordedEvent } from "../eventStore";

/** An event as KurrentDB has it. */
export type StoredEvent = Readonly<{
  id: string;
  /** With the prefix that marks it as ours. */
  stream: string;
  revision: number;
  position: LogPosition;
  type: string;
  contentType: string;
  data: Uint8Array;
  metadata: string;
}>;

/** An event in one of our streams that we have not written, or that was damaged since. */
export class UnreadableEvent extends Error {
  constructor({ id, type, revision, stream }: StoredEvent, reason: string) {
    super(
      `Event ${id} (${type}, revision ${revision} of ${stream} in KurrentDB) is in a stream of ours and cannot be read: ${reason}.`,
    );
    this.name = "UnreadableEvent";
  }
}

/** Null if it is no event, but news of the read itself. */
export function storedEventIn(message: ReadResp): StoredEvent | null {
  const event = message.getEvent()?.getEvent();
  const stream = event?.getStreamIdentifier();
  if (!event || !stream) return null;
  const facts = event.getMetadataMap();
  return {
    id: event.getId()?.getString() ?? "",
    stream: Buffer.from(stream.getStreamName_asU8()).toString("utf8"),
    revision: Number(event.getStreamRevision()),
    position: { commit: event.getCommitPosition(), prepare: event.getPreparePosition() },
    type: facts.get("type") ?? "",
    contentType: facts.get("content-type") ?? "",
    data: event.getData_asU8(),
    metadata: Buffer.from(event.getCustomMetadata_asU8()).toString("utf8"),
  };
}

/** @throws {UnreadableEvent} */
export function recordedEvent(stored: StoredEvent, prefix: string): RecordedEvent {
  const { id, stream, revision, type } = stored;
  if (stored.contentType !== JSON_CONTENT) throw new UnreadableEvent(stored, "it is not JSON");
  const { schemaVersion, ...meta } = metadataOf(stored);
  return {
    id,
    stream: stream.slice(prefix.length),
    revision,
    position: positionIn(stored.position),
    type,
    schemaVersion: Number(schemaVersion),
    data: dataOf(stored),
    meta,
  };
}

const JSON_CONTENT = "application/json";
const STRICT_TEXT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function dataOf(stored: StoredEvent): unknown {
  try {
    return JSON.parse(STRICT_TEXT.decode(stored.data));
  } catch {
    throw new UnreadableEvent(stored, "its data is no JSON");
  }
}

type StoredMetadata = EventMeta & Readonly<{ schemaVersion: string }>;

function metadataOf(stored: StoredEvent): StoredMetadata {
  const metadata = parsed(stored.metadata);
  if (!isMetadata(metadata)) throw new UnreadableEvent(stored, "its metadata is not what we write");
  return metadata;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const METADATA_NAMES = ["actor", "commandId", "recordedAt", "fingerprint", "schemaVersion"] as const;

function isMetadata(value: unknown): value is StoredMetadata {
  if (typeof value !== "object" || value === null) return false;
  const facts = new Map(Object.entries(value));
  return (
    facts.size === METADATA_NAMES.length &&
    METADATA_NAMES.every((name) => typeof facts.get(name) === "string") &&
    /^\d{1,5}$/.test(String(facts.get("schemaVersion")))
  );
}

/** For the client: it writes the same JSON anew. */
export function eventsToAppend({ events, meta }: EncodedAppend): EventData[] {
  return events.map(({ id, type, schemaVersion, data }) =>
    jsonEvent({
      id,
      type,
      // Of `encodeAppend`, which made it by JSON.stringify.
      data: JSON.parse(data) as JSONType,
      metadata: metadataToWrite(meta, schemaVersion),
    }),
  );
}

/** Only strings, as KurrentDB's newer calls want it. */
function metadataToWrite(meta: string, schemaVersion: number): StoredMetadata {
  return { ...(JSON.parse(meta) as EventMeta), schemaVersion: String(schemaVersion) };
}

/** The metadata that an append's last event has, if it was written by this very append. */
export function metadataOfLast({ events, meta }: EncodedAppend): string {
  const last = events.at(-1);
  invariant(last, "an append has events");
  return JSON.stringify(metadataToWrite(meta, last.schemaVersion));
}
