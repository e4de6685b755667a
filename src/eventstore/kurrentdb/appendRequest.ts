import { Empty, StreamIdentifier, UUID } from "@eventstore/db-client/generated/shared_pb";
import { AppendReq, type AppendResp } from "@eventstore/db-client/generated/streams_pb";
import { NO_STREAM, StoreUnavailable } from "../eventStore";

export const JSON_CONTENT = "application/json";

/** An event as it is sent; data and metadata are JSON. */
export type EventToWrite = Readonly<{ id: string; type: string; data: string; metadata: string }>;

export type Written =
  | Readonly<{ kind: "written"; /** Null if the server does not say. */ commit: bigint | null }>
  | Readonly<{ kind: "conflict"; actualRevision: number }>;

/** Where the events are to stand, which is the first message of an append. */
export function appendHeader(stream: string, expectedRevision: number): AppendReq {
  const identifier = new StreamIdentifier();
  identifier.setStreamName(bytesOf(stream));
  const options = new AppendReq.Options();
  options.setStreamIdentifier(identifier);
  if (expectedRevision === NO_STREAM) options.setNoStream(new Empty());
  else options.setRevision(String(expectedRevision));
  return new AppendReq().setOptions(options);
}

/** Each event is a message of its own. Its JSON is sent as it is: the official client would parse it and write it anew. */
export function proposedMessage({ id, type, data, metadata }: EventToWrite): AppendReq {
  const uuid = new UUID();
  uuid.setString(id);
  const message = new AppendReq.ProposedMessage().setId(uuid);
  message.setData(bytesOf(data)).setCustomMetadata(bytesOf(metadata));
  message.getMetadataMap().set("type", type).set("content-type", JSON_CONTENT);
  return new AppendReq().setProposedMessage(message);
}

/** @throws {StoreUnavailable} if the server ended the call without saying what became of it. */
export function writtenIn(answer: AppendResp): Written {
  const wrong = answer.getWrongExpectedVersion();
  if (wrong) {
    const hasStream = wrong.hasCurrentRevision();
    return { kind: "conflict", actualRevision: hasStream ? Number(wrong.getCurrentRevision()) : NO_STREAM };
  }
  const success = answer.getSuccess();
  if (!success) throw new StoreUnavailable("KurrentDB did not say what became of an append.");
  const commit = success.getPosition()?.getCommitPosition();
  return { kind: "written", commit: commit === undefined ? null : BigInt(commit) };
}

/** The generated code tells bytes by their class, which a Buffer has not. */
function bytesOf(text: string): Uint8Array {
  const { buffer, byteOffset, byteLength } = Buffer.from(text, "utf8");
  return new Uint8Array(buffer, byteOffset, byteLength);
}
