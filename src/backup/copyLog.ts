import { createEventAppender } from "./appendEvents";
import { CopyRefused } from "./copyRefused";
import { canonical, createLogDigest, digestAfter, pagesAfter, type LogDigest } from "./logDigest";
import { START, type EventStore } from "../eventstore/eventStore";

export type CopyOptions = Readonly<{
  from: Pick<EventStore, "readAll" | "readStream">;
  to: EventStore;
  /** Told now and then how many events of the log are there. */
  onProgress?: (events: number) => void;
}>;

/** How many events both logs have, how many of them were added now, and the hash of all, read from either. */
export type Copied = Readonly<{ events: number; added: number; streams: number; hash: string }>;

/**
 * Copies all events of a log into another one, which may hold the beginning of it already, as a copy that was interrupted left
 * it: that is compared before anything is added. Afterwards everything was read from both, and both have the same hash.
 * @throws {CopyRefused} if the other log has events that this one has not.
 */
export async function copyLog({ from, to, onProgress = () => undefined }: CopyOptions): Promise<Copied> {
  // Some stores learn sooner what came of an append if somebody listens.
  const stopListening = to.onAppended(() => undefined);
  try {
    const there = createLogDigest();
    const end = await digestAfter(there, to, START);
    const before = there.events();
    if (before > 0) await compareBeginning(from, to, there);
    const all = await addMissing({ from, to, onProgress }, there);
    await digestAfter(there, to, end);
    await mustBeEqual(from, to, all, there);
    return {
      events: all.events(),
      added: all.events() - before,
      streams: all.streams().size,
      hash: all.hash(),
    };
  } finally {
    stopListening();
  }
}

/** What is there must be the beginning of each stream. */
async function compareBeginning(
  from: CopyOptions["from"],
  to: CopyOptions["to"],
  there: LogDigest,
): Promise<void> {
  const beginning = createLogDigest(({ stream, revision }) => revision < there.eventsOf(stream));
  await digestAfter(beginning, from, START);
  await mustBeEqual(from, to, beginning, there);
}

async function addMissing(
  { from, to, onProgress }: Required<CopyOptions>,
  there: LogDigest,
): Promise<LogDigest> {
  const all = createLogDigest();
  const appender = createEventAppender(to);
  for await (const page of pagesAfter(from)) {
    for (const event of page) all.add(event);
    await appender.push(page.filter(({ stream, revision }) => revision >= there.eventsOf(stream)));
    onProgress(all.events());
  }
  await appender.end();
  return all;
}

async function mustBeEqual(
  from: CopyOptions["from"],
  to: CopyOptions["to"],
  ours: LogDigest,
  theirs: LogDigest,
): Promise<void> {
  const stream = ours.firstOther(theirs);
  if (stream === null) return;
  const revision = await firstOtherRevision(from, to, stream);
  throw new CopyRefused(
    revision === null
      ? `its events of ${stream} stand elsewhere among those of the instance`
      : `it has another event as revision ${revision} of ${stream}`,
  );
}

const COMPARED_AT_ONCE = 500;

async function firstOtherRevision(
  from: CopyOptions["from"],
  to: CopyOptions["to"],
  stream: string,
): Promise<number | null> {
  for (let first = 0; ; first += COMPARED_AT_ONCE) {
    const [ours, theirs] = await Promise.all(
      [from, to].map((store) => store.readStream(stream, first, COMPARED_AT_ONCE)),
    );
    const index = (theirs ?? []).findIndex((event, at) => {
      const our = ours?.[at];
      return !our || canonical(our) !== canonical(event);
    });
    if (index >= 0) return first + index;
    if (!theirs || theirs.length < COMPARED_AT_ONCE) return null;
  }
}
