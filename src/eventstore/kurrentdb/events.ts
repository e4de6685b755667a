import { jsonEvent, type EventData, type JSONType } from "@eventstore/db-client";
import type { ReadResp } from "@eventstore/db-client/generated/streams_pb";
import { positionIn, type LogPosition } from "./position";
import { invariant } from "../../lib/invariant";
import type { EncodedAppend } from "../encodedAppend";
import type { EventMeta, RecordedEvent } from "../eventStore";
import { inPlaceOf, type SkippedEvents } from "../skippedEvents";
import { UnreadableEvent } from "../unreadableEvent";

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

/** Which streams are ours, and what of them was skipped. */
export type Reading = Readonly<{ prefix: string; skippedEvents: SkippedEvents }>;

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
export function recordedEvent(stored: StoredEvent, { prefix, skippedEvents }: Reading): RecordedEvent {
  const { id, revision, type } = stored;
  const stream = stored.stream.slice(prefix.length);
  const place = { id, stream, revision, type, position: positionIn(stored.position) };
  const instead = inPlaceOf(place, skippedEvents);
  if (instead) return instead;
  const unreadable = (reason: string): never => {
    throw new UnreadableEvent(place, reason, " in KurrentDB");
  };
  if (stored.contentType !== JSON_CONTENT) return unreadable("it is not JSON");
  const metadata = parsed(stored.metadata);
  if (!isMetadata(metadata)) return unreadable("its metadata is not what we write");
  const { schemaVersion, ...meta } = metadata;
  const data = dataOf(stored) ?? unreadable("its data is no JSON");
  return { ...place, schemaVersion: Number(schemaVersion), data: data.value, meta };
}

const JSON_CONTENT = "application/json";
const STRICT_TEXT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Null if it is no JSON, which null is. */
function dataOf({ data }: StoredEvent): Readonly<{ value: unknown }> | null {
  try {
    return { value: JSON.parse(STRICT_TEXT.decode(data)) };
  } catch {
    return null;
  }
}

type StoredMetadata = EventMeta & Readonly<{ schemaVersion: string }>;

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
