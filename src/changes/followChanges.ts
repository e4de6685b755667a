import type { ChangeBatch, ChangeFilter, ChangeItem } from "./changeFeed";
import { changeItem } from "./changeItem";
import { readChanges } from "./changes.queries";
import type { Cursors } from "./cursor";
import { matchesFilter } from "./matchesFilter";
import type { Ring } from "./ring";
import type { Tails } from "./tails";
import { invariant } from "../lib/invariant";
import type { WakeUp } from "../lib/wakeUp";
import type { Database } from "../postgres/database";

/** How many events one read holds in memory, and how many it passes over while it looks for those that the filter lets through. */
export const FOLLOW_PAGE_EVENTS = 100;
export const FOLLOW_SCAN_EVENTS = 1_000;

export type FollowParts = Readonly<{
  database: Database;
  cursors: Cursors;
  tails: Tails;
  nowMs: () => number;
  pollMs: number;
  checkpointMs: number;
}>;

export type Followed = Readonly<{
  app: string;
  startsNow: boolean;
  filter: ChangeFilter;
  signal: AbortSignal;
}>;

/**
 * Reads a page, hands it over, waits for more. Nothing is read before the consumer asks for it. Who has caught up
 * takes from the ring what all have in common, and reads the table again only after falling behind the ring.
 */
export async function* followChanges(
  parts: FollowParts,
  followed: Followed,
  startOf: () => Promise<number>,
): AsyncGenerator<ChangeBatch, void, undefined> {
  const { tails, nowMs, checkpointMs } = parts;
  const { app, signal } = followed;
  // Before the first read, so that nothing that comes after it is missed.
  const { wakeUp, ring, stop } = tails.follow(app);
  signal.addEventListener("abort", wakeUp.wake);
  try {
    const place: Place = { revision: await startOf(), passed: 0, saidAtMs: nowMs(), isCaughtUp: false };
    if (followed.startsNow) yield single(checkpoint(parts, app, place));
    while (!signal.aborted) {
      const recent = place.isCaughtUp ? recentPage(ring(), followed.filter, place.revision) : null;
      const page = recent ?? (await readPage(parts, followed, place.revision));
      if (page.items.length > 0) {
        place.saidAtMs = nowMs();
        place.passed = 0;
        yield handedOver(page, recent !== null);
      }
      place.passed += page.to - (page.last ?? place.revision);
      place.revision = page.to;
      if (place.passed >= FOLLOW_SCAN_EVENTS) yield single(checkpoint(parts, app, place));
      if (page.hasMore) continue;
      if (!place.isCaughtUp) yield single(caughtUp(parts, app, place));
      await sleep(parts, place, wakeUp, signal);
      if (!signal.aborted && nowMs() - place.saidAtMs >= checkpointMs)
        yield single(checkpoint(parts, app, place));
    }
  } finally {
    signal.removeEventListener("abort", wakeUp.wake);
    stop();
  }
}

type Place = {
  revision: number;
  /** Events that the filter kept back since anything was said. */
  passed: number;
  saidAtMs: number;
  isCaughtUp: boolean;
};

type FollowPage = {
  items: readonly ChangeItem[];
  /** The revision of the last of them. */
  readonly last: number | undefined;
  /** Everything up to this revision has been looked at. */
  readonly to: number;
  readonly hasMore: boolean;
};

/** Lets go of what a slow consumer has to hold anyway. */
function handedOver(page: FollowPage, isShared: boolean): ChangeBatch {
  const { items } = page;
  page.items = [];
  return { items, isShared };
}

async function readPage(
  { database, cursors }: FollowParts,
  { app, filter }: Followed,
  afterRevision: number,
): Promise<FollowPage> {
  const toRevision = afterRevision + FOLLOW_SCAN_EVENTS;
  const range = { app, afterRevision, toRevision, filter, limit: FOLLOW_PAGE_EVENTS };
  const { head, rows } = await readChanges(database, range);
  invariant(head !== null, "an app never disappears");
  const isFull = rows.length === FOLLOW_PAGE_EVENTS;
  const to = isFull ? (rows.at(-1)?.revision ?? head) : Math.min(head, toRevision);
  const items = rows.map((row) => changeItem(cursors, row));
  return { items, last: rows.at(-1)?.revision, to: Math.max(to, afterRevision), hasMore: to < head };
}

/** A page of the ring; null if it does not have what comes next. */
function recentPage(ring: Ring | null, filter: ChangeFilter, afterRevision: number): FollowPage | null {
  const newest = ring?.after(afterRevision, FOLLOW_PAGE_EVENTS) ?? null;
  if (ring === null || newest === null) return null;
  const isFull = newest.length === FOLLOW_PAGE_EVENTS;
  const to = Math.max(isFull ? (newest.at(-1)?.row.revision ?? ring.to) : ring.to, afterRevision);
  const matching = newest.filter(({ row }) => matchesFilter(filter, row));
  const last = matching.at(-1)?.row.revision;
  return { items: matching.map(({ item }) => item), last, to, hasMore: to < ring.to };
}

const single = (item: ChangeItem): ChangeBatch => ({ items: [item], isShared: false });

async function sleep(parts: FollowParts, place: Place, wakeUp: WakeUp, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const leftMs = parts.checkpointMs - (parts.nowMs() - place.saidAtMs);
  await wakeUp.wait(Math.max(0, Math.min(parts.pollMs, leftMs)));
}

function checkpoint({ cursors, nowMs }: FollowParts, app: string, place: Place): ChangeItem {
  place.saidAtMs = nowMs();
  place.passed = 0;
  return { cursor: cursors.encode({ app, revision: place.revision }), kind: "CHECKPOINT", event: null };
}

function caughtUp(parts: FollowParts, app: string, place: Place): ChangeItem {
  place.isCaughtUp = true;
  return { ...checkpoint(parts, app, place), kind: "CAUGHT_UP", event: null };
}
