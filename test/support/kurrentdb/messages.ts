import { StreamIdentifier, UUID } from "@eventstore/db-client/generated/shared_pb";
import { ReadResp } from "@eventstore/db-client/generated/streams_pb";
import type { DoubleEvent } from "./log";
import type { Profile } from "./profiles";

const UNKNOWN_POSITION = String(2n ** 64n - 1n);
const TICKS_PER_MS = 10_000n;

export function eventMessage(event: DoubleEvent, ofStream: boolean, profile: Profile): ReadResp {
  const { stream, revision, type, contentType } = event;
  const recorded = new ReadResp.ReadEvent.RecordedEvent();
  const id = new UUID();
  id.setString(event.id);
  const position = ofStream && !profile.hasStreamPositions ? UNKNOWN_POSITION : String(event.position);
  recorded.setId(id);
  recorded.setStreamIdentifier(identifierOf(stream));
  recorded.setStreamRevision(String(revision));
  recorded.setCommitPosition(position).setPreparePosition(position);
  const facts = recorded.getMetadataMap();
  facts.set("type", type);
  facts.set("content-type", contentType);
  facts.set("created", String(BigInt(event.createdAtMs) * TICKS_PER_MS));
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  const read = new ReadResp.ReadEvent();
  read.setEvent(recorded);
  if (!ofStream) read.setCommitPosition(position);
  return new ReadResp().setEvent(read);
}

export function identifierOf(stream: string): StreamIdentifier {
  const identifier = new StreamIdentifier();
  identifier.setStreamName(new Uint8Array(Buffer.from(stream, "utf8")));
  return identifier;
}

export function nameOf(identifier: StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString("utf8");
}

/** Clients send ids as text, or as two numbers. */
export function uuidOf(uuid: UUID | undefined): string {
  const parts = uuid?.getStructured();
  if (!parts) return uuid?.getString() ?? "";
  const hex = [parts.getMostSignificantBits(), parts.getLeastSignificantBits()]
    .map((bits) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, "0"))
    .join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

export function confirmation(): ReadResp {
  const confirmed = new ReadResp.SubscriptionConfirmation();
  confirmed.setSubscriptionId("a subscription");
  return new ReadResp().setConfirmation(confirmed);
}

export const caughtUp = (): ReadResp => new ReadResp().setCaughtUp(new ReadResp.CaughtUp());

export function checkpoint(position: bigint): ReadResp {
  const reached = new ReadResp.Checkpoint();
  reached.setCommitPosition(String(position));
  reached.setPreparePosition(String(position));
  return new ReadResp().setCheckpoint(reached);
}

export function streamNotFound(stream: string): ReadResp {
  const missing = new ReadResp.StreamNotFound();
  missing.setStreamIdentifier(identifierOf(stream));
  return new ReadResp().setStreamNotFound(missing);
}
