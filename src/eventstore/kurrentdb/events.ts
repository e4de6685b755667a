import { isUtf8 } from "node:buffer";
import type { ReadResp } from "@eventstore/db-client/generated/streams_pb";
import { JSON_CONTENT, type EventToWrite } from "./appendRequest";
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
    stream: textOf(stream.getStreamName_asU8()),
    revision: Number(event.getStreamRevision()),
    position: { commit: event.getCommitPosition(), prepare: event.getPreparePosition() },
    type: facts.get("type") ?? "",
    contentType: facts.get("content-type") ?? "",
    data: event.getData_asU8(),
    metadata: textOf(event.getCustomMetadata_asU8()),
  };
}

function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("utf8");
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
  const data = dataOf(stored);
  if (data === undefined) return unreadable("its data is no JSON");
  return { ...place, schemaVersion: Number(schemaVersion), data, meta };
}

/** Undefined if it is no JSON. */
function dataOf({ data }: StoredEvent): unknown {
  return isUtf8(data) ? parsed(textOf(data)) : undefined;
}

type StoredMetadata = EventMeta & Readonly<{ schemaVersion: string }>;

/** Undefined if it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const METADATA_NAMES = ["actor", "commandId", "recordedAt", "fingerprint", "schemaVersion"] as const;

function isMetadata(value: unknown): value is StoredMetadata {
  if (typeof value !== "object" || value === null) return false;
  const facts: Partial<Record<string, unknown>> = value;
  const { schemaVersion } = facts;
  return (
    Object.keys(facts).length === METADATA_NAMES.length &&
    METADATA_NAMES.every((name) => Object.hasOwn(facts, name) && typeof facts[name] === "string") &&
    typeof schemaVersion === "string" &&
    /^\d{1,5}$/.test(schemaVersion)
  );
}

export function eventsToWrite({ events, meta }: EncodedAppend): EventToWrite[] {
  return events.map(({ id, type, schemaVersion, data }) => ({
    ...{ id, type, data, metadata: metadataToWrite(meta, schemaVersion) },
  }));
}

/** The append's facts, which are an object that is not empty, and one more. Only strings, as KurrentDB's newer calls want it. */
function metadataToWrite(meta: string, schemaVersion: number): string {
  return `${meta.slice(0, -1)},"schemaVersion":"${schemaVersion}"}`;
}

/** The metadata that an append's last event has, if it was written by this very append. */
export function metadataOfLast({ events, meta }: EncodedAppend): string {
  const last = events.at(-1);
  invariant(last, "an append has events");
  return metadataToWrite(meta, last.schemaVersion);
}
