import type { Connection } from "./connection";
import { eventsToWrite, metadataOfLast, type StoredEvent } from "./events";
import type { LogNews, Patience } from "./news";
import { logPositionOf, positionIn } from "./position";
import type { LogReader } from "./reader";
import { REVISION_NEVER, type SendBatch } from "../appendQueue";
import type { EncodedAppend } from "../encodedAppend";
import { StoreUnavailable, type AppendResult, type Position } from "../eventStore";

/** How long the subscription may take to bring what was appended, before it is read. */
const PATIENCE: Patience = { silenceMs: 100, atMostMs: 1_000 };
/** Appends that follow each other are sent as one up to so much, well below what every server takes. */
export const JOINED_BYTES_MAX = 256 * 1024;

export type WriterOptions = Readonly<{
  connection: Connection;
  reader: LogReader;
  news: LogNews;
  prefix: string;
  /** Resolves when the subscription, if there is to be one, brings what is appended from now on. */
  ready: () => Promise<void>;
  /** Told of appends that the subscription has not brought. */
  onUnheard: (stream: string) => void;
}>;

/**
 * Writes the appends of one stream. KurrentDB answers a repeated append as the first one, and does not say that it was
 * repeated. So what stands in the log afterwards is compared with what was to be appended before anybody is answered.
 */
export function createStreamWriter(options: WriterOptions): SendBatch {
  return async (batch) => {
    await options.ready();
    const results: AppendResult[] = [];
    let rest = batch;
    for (let next = rest[0]; next; next = rest[0]) {
      const conflict = results.at(-1)?.outcome === "conflict" ? results.at(-1) : undefined;
      const written = conflict ? [conflict] : await writeSome(options, rest, next);
      results.push(...written);
      rest = rest.slice(written.length);
    }
    return results;
  };
}

/** As many as can go together; if they are not what KurrentDB expects, only the first. */
async function writeSome(
  options: WriterOptions,
  rest: readonly EncodedAppend[],
  first: EncodedAppend,
): Promise<readonly AppendResult[]> {
  if (first.expectedRevision === REVISION_NEVER) {
    return [{ outcome: "conflict", actualRevision: await options.reader.lastRevision(first.stream) }];
  }
  const joined = joinable(rest);
  const results = await write(options, joined, first);
  // One of them may have been written before, by itself: the first may be right even so.
  const isUndecided = joined.length > 1 && results[0]?.outcome === "conflict";
  return isUndecided ? write(options, [first], first) : results;
}

/** Those from the first on that each expect what the one before leaves. */
function joinable(rest: readonly EncodedAppend[]): readonly EncodedAppend[] {
  let bytes = 0;
  let revision: number | null = null;
  const end = rest.findIndex((append) => {
    const isFirst = revision === null;
    bytes += append.bytes;
    const isNext = append.expectedRevision === revision && bytes <= JOINED_BYTES_MAX;
    revision = append.expectedRevision + append.events.length;
    return !isFirst && !isNext;
  });
  return end === -1 ? rest : rest.slice(0, end);
}

/** Results for all, or one conflict. */
async function write(
  { connection, reader, news, prefix, onUnheard }: WriterOptions,
  appends: readonly EncodedAppend[],
  { stream, expectedRevision }: EncodedAppend,
): Promise<readonly AppendResult[]> {
  const knownBefore = news.known();
  const expectation = news.expect(appends);
  try {
    const events = appends.flatMap(eventsToWrite);
    const written = await connection.append(prefix + stream, events, expectedRevision);
    if (written.kind === "conflict") return [{ outcome: "conflict", actualRevision: written.actualRevision }];
    // What was there before is not brought again.
    const isEarlier = written.commit === null || isUpTo(written.commit, knownBefore);
    const brought = isEarlier ? null : await expectation?.arrived(PATIENCE);
    if (!brought && !isEarlier) onUnheard(stream);
    const stored = brought ?? (await readBack(reader, appends, knownBefore));
    return appends.map((append, index) => resultOf(append, stored[index], knownBefore, news));
  } finally {
    expectation?.forget();
  }
}

function isUpTo(commit: bigint, known: Position): boolean {
  const place = logPositionOf(known);
  return place !== null && commit <= BigInt(place.commit);
}

async function readBack(
  reader: LogReader,
  appends: readonly EncodedAppend[],
  knownBefore: Position,
): Promise<StoredEvent[]> {
  const lasts = await Promise.all(
    appends.map(({ stream, expectedRevision, events }) =>
      reader.storedFrom(stream, expectedRevision + events.length, 1, knownBefore),
    ),
  );
  return lasts.flat();
}

/** An event with the id of ours and other metadata is that of an earlier append with the same command id. */
function resultOf(
  append: EncodedAppend,
  stored: StoredEvent | undefined,
  knownBefore: Position,
  news: LogNews,
): AppendResult {
  const { stream, expectedRevision, events } = append;
  const revision = expectedRevision + events.length;
  if (stored?.id !== events.at(-1)?.id || stored?.revision !== revision) {
    throw new StoreUnavailable(`KurrentDB has confirmed an append to ${stream} and does not show it.`);
  }
  const position = positionIn(stored.position);
  news.note(position);
  const isNew = position > knownBefore && stored.metadata === metadataOfLast(append);
  return { outcome: isNew ? "appended" : "duplicate", revision, position };
}
