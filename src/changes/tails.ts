import { changeItem } from "./changeItem";
import { readChanges, readHeads } from "./changes.queries";
import type { FeedRow } from "./changes.projection";
import type { Cursors } from "./cursor";
import { createRing, RING_EVENTS_MAX, type Recent, type Ring } from "./ring";
import { createWakeUp, type WakeUp } from "../lib/wakeUp";
import type { Database } from "../postgres/database";

/** The net under the wake-ups: what comes from another server is seen after this long at the latest. */
export const HEAD_POLL_MS = 1_000;
/** After so long nobody waits for a look: a network may have swallowed its query, of which a connection knows no sooner. */
export const LOOK_MS_MAX = 5_000;
const TAIL_PAGE_EVENTS = 500;
/** About as many have the facts of a change besides its note and documents. */
const FACTS_CHARACTERS = 500;

/**
 * Reads what is new in the apps that anybody follows, once for all who follow, keeps it for them in a ring for each app, and
 * wakes them. An app that nobody follows any more is forgotten.
 */
export interface Tails {
  follow(app: string): Following;
  close(): void;
}

export type Following = Readonly<{
  wakeUp: WakeUp;
  /** Null before anything is known of the app. */
  ring: () => Ring | null;
  stop: () => void;
}>;

export type TailsOptions = Readonly<{
  database: Database;
  cursors: Cursors;
  /** Calls its listener when read models came further. Returns how to stop. */
  onProjected: (listener: () => void) => () => void;
  headPollMs?: number;
  lookMsMax?: number;
  ringEventsMax?: number;
}>;

type Tail = { ring: Ring | null; readonly wakeUps: Set<WakeUp> };
type TailedApps = Map<string, Tail>;

export function createTails(options: TailsOptions): Tails {
  const tails: TailedApps = new Map();
  let looking: Looking | null = null;

  function stopIfIdle(): void {
    if (tails.size > 0) return;
    looking?.stop();
    looking = null;
  }

  return {
    follow(app) {
      const wakeUp = createWakeUp();
      const isNew = !tails.has(app);
      const tail = tails.get(app) ?? { ring: null, wakeUps: new Set() };
      tails.set(app, tail);
      tail.wakeUps.add(wakeUp);
      looking ??= lookWhenProjected(options, tails);
      if (isNew) looking.look();
      return {
        wakeUp,
        ring: () => tail.ring,
        stop() {
          tail.wakeUps.delete(wakeUp);
          if (tail.wakeUps.size === 0 && tails.get(app) === tail) tails.delete(app);
          stopIfIdle();
        },
      };
    },
    close() {
      tails.clear();
      stopIfIdle();
    },
  };
}

type Looking = Readonly<{ look: () => void; stop: () => void }>;

/** Looks whenever read models came further, one look at a time unless one does not end. */
function lookWhenProjected(options: TailsOptions, tails: TailedApps): Looking {
  const { database, onProjected, headPollMs = HEAD_POLL_MS, lookMsMax = LOOK_MS_MAX } = options;
  let isLooking = false;
  let isAskedAgain = false;

  async function lookOnce(): Promise<void> {
    const heads = await readHeads(database, [...tails.keys()]);
    for (const [app, head] of heads) {
      const tail = tails.get(app);
      if (tail) await advance(options, app, tail, head);
    }
  }

  async function lookWhileAsked(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    while (isAskedAgain) {
      isAskedAgain = false;
      // While the database is away nothing changes either, and the next poll looks again.
      await endedWithin(lookMsMax, lookOnce()).catch(() => undefined);
    }
    isLooking = false;
  }

  const look = (): void => {
    isAskedAgain = true;
    void lookWhileAsked();
  };
  const timer = setInterval(look, headPollMs);
  const stopListening = onProjected(look);
  return {
    look,
    stop() {
      clearInterval(timer);
      stopListening();
    },
  };
}

/** Resolves when the work is done, or after so long; what it does later nobody is told. */
async function endedWithin(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Brings a tail to its app's head, and wakes its followers as it comes further. */
async function advance(
  { database, cursors, ringEventsMax = RING_EVENTS_MAX }: TailsOptions,
  app: string,
  tail: Tail,
  head: number,
): Promise<void> {
  const before = tail.ring?.to ?? null;
  const ring = (tail.ring ??= createRing(head, ringEventsMax));
  // What would not fit is read from the table by whoever needs it.
  if (head - ring.to > ringEventsMax) ring.restart(head);
  if (before === null || ring.to > before) wakeAll(tail);
  while (ring.to < head) {
    const range = { app, afterRevision: ring.to, toRevision: head, filter: {}, limit: TAIL_PAGE_EVENTS };
    const { rows } = await readChanges(database, range);
    // A look that nobody waited for any more may have come further meanwhile, or this may be that one.
    if (ring.to !== range.afterRevision) return;
    const isFull = rows.length === TAIL_PAGE_EVENTS;
    ring.add(
      rows.map((row) => recent(cursors, row)),
      isFull ? (rows.at(-1)?.revision ?? head) : head,
    );
    wakeAll(tail);
  }
}

function wakeAll({ wakeUps }: Tail): void {
  for (const wakeUp of wakeUps) wakeUp.wake();
}

function recent(cursors: Cursors, row: FeedRow): Recent {
  const { before, after } = row.texts;
  const characters = FACTS_CHARACTERS + row.note.length + (before?.length ?? 0) + (after?.length ?? 0);
  return { row, item: changeItem(cursors, row), characters };
}
