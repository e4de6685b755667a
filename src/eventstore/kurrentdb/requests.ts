import { Empty, StreamIdentifier } from "@eventstore/db-client/generated/shared_pb";
import { ReadReq } from "@eventstore/db-client/generated/streams_pb";
import { logPositionOf } from "./position";
import { START, type Position } from "../eventStore";

const { Options } = ReadReq;
const FORWARDS = Options.ReadDirection.FORWARDS;
const BACKWARDS = Options.ReadDirection.BACKWARDS;
/** How many events, of anybody's, the server looks through before it says how far it is. */
const SEARCH_WINDOW = 1_000;

/** Up to `count` events of one stream, from a revision on. */
export function streamPage(stream: string, from: number, count: number): ReadReq {
  const place = streamOptions(stream);
  place.setRevision(String(from));
  return countedRequest(newOptions(FORWARDS).setStream(place), count);
}

export function lastOfStream(stream: string): ReadReq {
  const place = streamOptions(stream);
  place.setEnd(new Empty());
  return countedRequest(newOptions(BACKWARDS).setStream(place), 1);
}

/** Up to `count` events of streams whose name begins so, from a position on; the event at the position is among them. */
export function logPage(from: Position, count: number, prefix: string): ReadReq {
  const options = newOptions(FORWARDS).setAll(allFrom(from)).setFilter(namesBeginWith(prefix));
  return countedRequest(options, count);
}

export function lastOfLog(prefix: string): ReadReq {
  const all = new Options.AllOptions();
  all.setEnd(new Empty());
  return countedRequest(newOptions(BACKWARDS).setAll(all).setFilter(namesBeginWith(prefix)), 1);
}

/** Everything that follows a position, without end. */
export function logSubscription(after: Position, prefix: string): ReadReq {
  const options = newOptions(FORWARDS).setAll(allFrom(after)).setFilter(namesBeginWith(prefix));
  options.setSubscription(new Options.SubscriptionOptions());
  return requestOf(options);
}

function newOptions(direction: typeof FORWARDS | typeof BACKWARDS): ReadReq.Options {
  const uuids = new Options.UUIDOption();
  uuids.setString(new Empty());
  // Links are another event's place in a stream; in ours there are none.
  return new Options().setReadDirection(direction).setResolveLinks(false).setUuidOption(uuids);
}

function streamOptions(stream: string): ReadReq.Options.StreamOptions {
  const identifier = new StreamIdentifier();
  identifier.setStreamName(new Uint8Array(Buffer.from(stream, "utf8")));
  const options = new Options.StreamOptions();
  options.setStreamIdentifier(identifier);
  return options;
}

function allFrom(position: Position): ReadReq.Options.AllOptions {
  const all = new Options.AllOptions();
  const at = logPositionOf(position);
  if (position === START || at === null) return all.setStart(new Empty());
  const place = new Options.Position();
  place.setCommitPosition(at.commit).setPreparePosition(at.prepare);
  return all.setPosition(place);
}

function namesBeginWith(prefix: string): ReadReq.Options.FilterOptions {
  const names = new Options.FilterOptions.Expression();
  names.setPrefixList([prefix]);
  return new Options.FilterOptions()
    .setStreamIdentifier(names)
    .setMax(SEARCH_WINDOW)
    .setCheckpointintervalmultiplier(1);
}

function countedRequest(options: ReadReq.Options, count: number): ReadReq {
  if (!options.hasFilter()) options.setNoFilter(new Empty());
  return requestOf(options.setCount(String(count)));
}

function requestOf(options: ReadReq.Options): ReadReq {
  return new ReadReq().setOptions(options);
}
