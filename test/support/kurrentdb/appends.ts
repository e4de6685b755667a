import {
  Metadata,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
} from "@grpc/grpc-js";
import {
  AllStreamPosition,
  Empty,
  WrongExpectedVersion,
  type UUID,
} from "@eventstore/db-client/generated/shared_pb";
import { Status } from "@eventstore/db-client/generated/status_pb";
import type { AppendReq } from "@eventstore/db-client/generated/streams_pb";
import { AppendResp, BatchAppendResp, type BatchAppendReq } from "@eventstore/db-client/generated/streams_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty as GoogleEmpty } from "google-protobuf/google/protobuf/empty_pb";
import { unavailable, type Faults } from "./faults";
import type { DoubleLog, Expected, Proposed, Written } from "./log";
import { nameOf, uuidOf } from "./messages";
import type { Profile } from "./profiles";

export type Appends = Readonly<{ log: DoubleLog; profile: Profile; faults: Faults }>;

type Message = Pick<
  AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage,
  "getMetadataMap" | "getData_asU8" | "getCustomMetadata_asU8"
> & { getId(): UUID | undefined };

/** `Streams.Append`: one append, whose events come one by one. */
export function answerAppend(
  appends: Appends,
  call: ServerReadableStream<AppendReq, AppendResp>,
  answer: sendUnaryData<AppendResp>,
): void {
  const proposed: Proposed[] = [];
  let options: AppendReq.Options | undefined;
  call.on("data", (request: AppendReq) => {
    options ??= request.getOptions();
    const message = request.getProposedMessage();
    if (message) proposed.push(proposedOf(message));
  });
  call.on("end", () => {
    // What is broken off in the middle ends too. Whoever wants to send something is told so, and a tick later the call is.
    call.sendMetadata(new Metadata());
    process.nextTick(() => answerWhole(appends, call, answer, { options, proposed }));
  });
  call.on("error", () => undefined);
}

type Asked = Readonly<{ options: AppendReq.Options | undefined; proposed: readonly Proposed[] }>;

/** Of one that was broken off, nothing is written, as KurrentDB writes nothing of it. */
function answerWhole(
  { log, profile, faults }: Appends,
  { cancelled }: ServerReadableStream<AppendReq, AppendResp>,
  answer: sendUnaryData<AppendResp>,
  { options, proposed }: Asked,
): void {
  const { append } = faults;
  if (append === "silent" || !options || cancelled) return;
  if (append === "ended") return answer(null, new AppendResp());
  if (typeof append === "object") return answer(append);
  const expected = expectedIn(options.hasRevision() ? options.getRevision() : null, options);
  const written = log.append(nameOf(options.getStreamIdentifier()), expected, proposed);
  if (append === "lost") return answer(unavailable);
  answer(null, appended(written, expected, profile));
}

function proposedOf(message: Message): Proposed {
  const facts = message.getMetadataMap();
  return {
    id: uuidOf(message.getId()),
    type: String(facts.get("type")),
    contentType: String(facts.get("content-type")),
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

type Options = { hasNoStream(): boolean; hasStreamExists(): boolean };

function expectedIn(revision: string | null, options: Options): Expected {
  if (revision !== null) return Number(revision);
  if (options.hasNoStream()) return "none";
  return options.hasStreamExists() ? "exists" : "any";
}

function appended(written: Written, expected: Expected, { hasPositionOfRepeats }: Profile): AppendResp {
  if (written.kind === "wrong")
    return new AppendResp().setWrongExpectedVersion(wrong(written.revision, expected));
  const success = new AppendResp.Success();
  success.setCurrentRevision(String(written.last.revision));
  if (written.kind === "written" || hasPositionOfRepeats) {
    const position = new AppendResp.Position();
    position.setCommitPosition(String(written.last.position));
    position.setPreparePosition(String(written.last.position));
    success.setPosition(position);
  } else {
    success.setNoPosition(new Empty());
  }
  return new AppendResp().setSuccess(success);
}

function wrong(revision: number, expected: Expected): AppendResp.WrongExpectedVersion {
  const answer = new AppendResp.WrongExpectedVersion();
  if (revision < 0) answer.setCurrentNoStream(new Empty());
  else answer.setCurrentRevision(String(revision));
  if (typeof expected === "number") answer.setExpectedRevision(String(expected));
  else if (expected === "none") answer.setExpectedNoStream(new Empty());
  else answer.setExpectedStreamExists(new Empty());
  return answer;
}

/** `Streams.BatchAppend`: many appends over one stream, each answered by its correlation id. */
export function answerBatches(
  appends: Appends,
  call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>,
): void {
  const waiting = new Map<string, { options: BatchAppendReq.Options | undefined; proposed: Proposed[] }>();
  call.on("data", (request: BatchAppendReq) => {
    const id = uuidOf(request.getCorrelationId());
    const batch = waiting.get(id) ?? { options: undefined, proposed: [] };
    waiting.set(id, batch);
    batch.options ??= request.getOptions();
    batch.proposed.push(...request.getProposedMessagesList().map(proposedOf));
    if (!request.getIsFinal()) return;
    waiting.delete(id);
    if (appends.faults.append === "silent") return;
    if (appends.faults.append === "ended") return void call.end();
    call.write(batchAppended(appends, request, batch));
  });
  call.on("end", () => call.end());
  call.on("error", () => undefined);
}

function batchAppended(
  { log }: Appends,
  request: BatchAppendReq,
  { options, proposed }: { options: BatchAppendReq.Options | undefined; proposed: Proposed[] },
): BatchAppendResp {
  const answer = new BatchAppendResp();
  answer.setCorrelationId(request.getCorrelationId());
  answer.setStreamIdentifier(options?.getStreamIdentifier());
  if (!options) return answer;
  const expected = expectedIn(options.hasStreamPosition() ? options.getStreamPosition() : null, options);
  const written = log.append(nameOf(options.getStreamIdentifier()), expected, proposed);
  if (written.kind === "wrong") return answer.setError(wrongInBatch(written.revision));
  const success = new BatchAppendResp.Success();
  const position = new AllStreamPosition();
  position.setCommitPosition(String(written.last.position));
  position.setPreparePosition(String(written.last.position));
  success.setPosition(position);
  success.setCurrentRevision(String(written.last.revision));
  return answer.setSuccess(success);
}

function wrongInBatch(revision: number): Status {
  const details = new WrongExpectedVersion();
  if (revision < 0) details.setCurrentNoStream(new GoogleEmpty());
  else details.setCurrentStreamRevision(String(revision));
  const any = new Any();
  any.pack(details.serializeBinary(), "event_store.client.WrongExpectedVersion");
  const error = new Status();
  error.setMessage("WrongExpectedVersion");
  error.setDetails(any);
  return error;
}
