import { setTimeout as sleep } from "node:timers/promises";
import { AppUnknown, CursorUnknown, type ChangeFeed, type ChangeStart } from "./changeFeed";
import { changeItem, snapshotItem } from "./changeItem";
import { readChanges, readHeads, revisionBefore } from "./changes.queries";
import { RESYNC, createCursors, type Cursors } from "./cursor";
import { followAsConsumer } from "./followAsConsumer";
import { followChanges } from "./followChanges";
import { readSnapshot } from "./snapshot.queries";
import { createTails } from "./tails";
import { invariant } from "../lib/invariant";
import type { Database } from "../postgres/database";

/** Silence is at most this long: then a CHECKPOINT says that there was nothing. */
export const CHECKPOINT_MS = 15_000;

/** How many events a page with tags looks at. */
export const PAGE_SCAN_EVENTS = 10_000;

export type ChangeFeedOptions = Readonly<{
  database: Database;
  logId: string;
  /** Seals the cursors; the same on all servers. */
  secret: Buffer;
  /** Calls its listener when read models came further. Returns how to stop. */
  onProjected: (listener: () => void) => () => void;
  /** Monotonic. */
  nowMs?: () => number;
  /** How long a follower sleeps before it looks at the clock again. */
  pollMs?: number;
  /** How long a look at what is new may take before the next one. */
  lookMsMax?: number;
  /** How many of the newest events of an app are kept for those who are at its head. */
  ringEventsMax?: number;
}>;

/** The change feed over the read model `changes`: a range read for each page, whatever the age of the cursor. */
export function createChangeFeed(options: ChangeFeedOptions): ChangeFeed & Readonly<{ close: () => void }> {
  const { database, logId, secret, nowMs = () => performance.now() } = options;
  const cursors = createCursors(logId, secret);
  const tails = createTails({ ...options, cursors });
  const feed = { database, cursors };
  const pollMs = options.pollMs ?? CHECKPOINT_MS;
  const following = { ...feed, tails, nowMs, pollMs, checkpointMs: CHECKPOINT_MS };
  return {
    async page(app, start, filter, first) {
      const from = await startOf(feed, app, start);
      // Tags stand in the documents, of which a page reads only so many.
      const toRevision = filter.tags ? from + PAGE_SCAN_EVENTS : null;
      const range = { app, afterRevision: from, toRevision, filter, limit: first + 1 };
      const { head, rows } = await readChanges(database, range);
      invariant(head !== null, "an app never disappears");
      const shown = rows.slice(0, first);
      const scanned = Math.min(head, toRevision ?? head);
      const end = rows.length > first ? (shown.at(-1)?.revision ?? from) : Math.max(scanned, from);
      const hasMore = end < head;
      return {
        items: shown.map((row) => changeItem(cursors, row)),
        endCursor: cursors.encode({ app, revision: end }),
        hasMore,
      };
    },
    snapshot: (app, after, filter, first) => snapshotPage(feed, app, after, filter, first),
    place: (app, start) => startOf(feed, app, start),
    cursorAt: (app, revision) => cursors.encode({ app, revision }),
    followAs: (consumer, filter, signal) => followAsConsumer(following, consumer, filter, signal),
    follow: (app, start, filter, signal) =>
      followChanges(
        following,
        { app, startsNow: "startAt" in start && start.startAt === "NOW", filter, signal },
        () => startOf(feed, app, start),
      ),
    close: () => tails.close(),
  };
}

type Feed = Readonly<{ database: Database; cursors: Cursors }>;

/** A part names the cursor of its snapshot and the last entity that was looked at. */
const snapshotPage = async (
  feed: Feed,
  app: string,
  after: string | null,
  { kinds, kindsWithheld = [] }: Parameters<ChangeFeed["snapshot"]>[2],
  first: number,
): ReturnType<ChangeFeed["snapshot"]> => {
  const { database, cursors } = feed;
  const [moment = "", entity = ""] = after?.split(PART_SEPARATOR) ?? [];
  const atRevision = after === null ? null : await startOf(feed, app, { after: moment });
  const afterEntity = Buffer.from(entity, "base64url").toString().replaceAll("\0", "");
  const read = await readSnapshot(database, {
    ...{ app, atRevision, afterEntity, kinds: kinds ?? null, kindsWithheld, limit: first },
  });
  if (!read) throw new AppUnknown(app);
  const cursor = cursors.encode({ app, revision: read.revision });
  const { lastEntity, rows } = read;
  const next = lastEntity && cursor + PART_SEPARATOR + Buffer.from(lastEntity).toString("base64url");
  return { items: rows.map(snapshotItem), cursor, next };
};

/** Stands in no cursor. */
const PART_SEPARATOR = ".";

/** The revision after which to start. */
async function startOf({ database, cursors }: Feed, app: string, start: ChangeStart): Promise<number> {
  const cursor = "after" in start ? cursors.decode(start.after, app) : null;
  const head = await headOf(database, app);
  if (cursor) {
    if (cursor.revision > head) await waitForHead(database, app, cursor.revision);
    return cursor.revision;
  }
  if ("since" in start) return revisionBefore(database, app, start.since);
  return "startAt" in start && start.startAt === "BEGINNING" ? -1 : head;
}

async function headOf(database: Database, app: string): Promise<number> {
  const head = (await readHeads(database, [app])).get(app);
  if (head === undefined) throw new AppUnknown(app);
  return head;
}

/**
 * A cursor of ours past the end is of a log that a backup was restored over; but for a moment after the database has lost
 * its power the read model may also be a little behind what it showed before.
 */
async function waitForHead(database: Database, app: string, revision: number): Promise<void> {
  for (let attempt = 0; attempt < HEAD_ATTEMPTS_MAX; attempt++) {
    await sleep(HEAD_RETRY_MS);
    if ((await headOf(database, app)) >= revision) return;
  }
  throw new CursorUnknown(`This cursor is past the end of the log, so the log was restored. ${RESYNC}`);
}

const HEAD_ATTEMPTS_MAX = 5;
const HEAD_RETRY_MS = 200;
