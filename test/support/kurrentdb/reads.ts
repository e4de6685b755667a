import type { ServerWritableStream } from "@grpc/grpc-js";
import type { ReadReq, ReadResp } from "@eventstore/db-client/generated/streams_pb";
import type { Faults } from "./faults";
import type { DoubleEvent, DoubleLog } from "./log";
import { caughtUp, checkpoint, confirmation, eventMessage, nameOf, streamNotFound } from "./messages";
import type { Profile } from "./profiles";

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

const BACKWARDS = 1;
const UNFILTERED = (): boolean => true;

export type Reads = Readonly<{ log: DoubleLog; profile: Profile; faults: Faults; live: Set<ReadCall> }>;

/** `Streams.Read`: a page of one stream or of the log, or a subscription to the log. */
export function answerRead(reads: Reads, call: ReadCall): void {
  const options = call.request.getOptions();
  if (!options) return void call.end();
  if (options.hasSubscription()) return subscribe(reads, call, options);
  const { read } = reads.faults;
  reads.live.add(call);
  call.on("cancelled", () => reads.live.delete(call));
  if (read === "silent") return;
  if (typeof read === "object") {
    reads.live.delete(call);
    return void call.emit("error", read);
  }
  const messages = pageOf(reads, options);
  for (const message of read === "stuck" ? messages.slice(0, 1) : messages) call.write(message);
  if (read === "stuck") return;
  reads.live.delete(call);
  call.end();
}

function pageOf({ log, profile }: Reads, options: ReadReq.Options): ReadResp[] {
  const isBackwards = Number(options.getReadDirection()) === BACKWARDS;
  const count = Number(options.getCount());
  const place = options.getStream();
  if (!place) {
    const events = logPart(log, options, isBackwards).slice(0, count);
    return events.map((event) => eventMessage(event, false, profile));
  }
  const stream = nameOf(place.getStreamIdentifier());
  const all = log.ofStream(stream);
  if (!all) return [streamNotFound(stream)];
  const from = place.hasRevision() ? Number(place.getRevision()) : null;
  const part = all.filter(
    ({ revision }) => from === null || (isBackwards ? revision <= from : revision >= from),
  );
  const ordered = isBackwards ? part.toReversed() : part;
  return ordered.slice(0, count).map((event) => eventMessage(event, true, profile));
}

/** Forwards, an event at the position is part of it; backwards it is not. */
function logPart({ events }: DoubleLog, options: ReadReq.Options, isBackwards: boolean): DoubleEvent[] {
  const position = positionIn(options);
  const isWanted = filterIn(options);
  const part = events.filter(
    (event) =>
      isWanted(event) &&
      (position === null || (isBackwards ? event.position < position : event.position >= position)),
  );
  return isBackwards ? part.toReversed() : part;
}

function positionIn(options: ReadReq.Options): bigint | null {
  const position = options.getAll()?.getPosition();
  return position ? BigInt(position.getCommitPosition()) : null;
}

function filterIn(options: ReadReq.Options): (event: DoubleEvent) => boolean {
  const filter = options.getFilter();
  if (!filter) return UNFILTERED;
  const names = filter.getStreamIdentifier() ?? filter.getEventType();
  const textOf = ({ stream, type }: DoubleEvent): string => (filter.hasStreamIdentifier() ? stream : type);
  const regex = names?.getRegex() ?? "";
  const prefixes = names?.getPrefixList() ?? [];
  if (regex !== "") return (event) => new RegExp(regex).test(textOf(event));
  return (event) => prefixes.some((prefix) => textOf(event).startsWith(prefix));
}

/** Everything after a position and then what comes; now and then how far it has looked, though nothing was wanted. */
function subscribe(reads: Reads, call: ReadCall, options: ReadReq.Options): void {
  const { log, profile, faults, live } = reads;
  if (typeof faults.subscription === "object") return void call.emit("error", faults.subscription);
  live.add(call);
  const after = positionIn(options);
  const isWanted = filterIn(options);
  const window =
    (options.getFilter()?.getMax() ?? 32) * (options.getFilter()?.getCheckpointintervalmultiplier() ?? 1);
  let next = options.getAll()?.hasEnd() ? log.events.length : log.events.findIndex(isAfter(after));
  if (next === -1) next = log.events.length;
  let skipped = 0;
  const pump = (): void => {
    if (faults.subscription === "mute") return;
    for (let event = log.events[next]; event; event = log.events[++next]) {
      skipped = isWanted(event) ? 0 : skipped + 1;
      if (isWanted(event)) call.write(eventMessage(event, false, profile));
      else if (skipped % window === 0) call.write(checkpoint(event.position));
    }
  };
  if (faults.subscription !== "unconfirmed") {
    call.write(confirmation());
    pump();
    if (profile.hasCaughtUp) call.write(caughtUp());
  }
  const stop = log.onCommitted(pump);
  call.on("cancelled", () => {
    live.delete(call);
    stop();
  });
}

function isAfter(position: bigint | null): (event: DoubleEvent) => boolean {
  return (event) => position === null || event.position > position;
}
