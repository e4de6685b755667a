import { readHeads } from "./changes.queries";
import { createWakeUp, type WakeUp } from "../lib/wakeUp";
import type { Database } from "../postgres/database";

/** The net under the wake-ups: what comes from another server is seen after this long at the latest. */
export const HEAD_POLL_MS = 1_000;

/** Wakes those who follow an app when it has new changes: one query for all apps that anybody follows. */
export interface HeadWatch {
  follow(app: string): Following;
  close(): void;
}

export type Following = Readonly<{ wakeUp: WakeUp; stop: () => void }>;

export type HeadWatchOptions = Readonly<{
  database: Database;
  /** Calls its listener when read models came further. Returns how to stop. */
  onProjected: (listener: () => void) => () => void;
  pollMs?: number;
}>;

type Followed = { head: number | null; readonly wakeUps: Set<WakeUp> };
type FollowedApps = Map<string, Followed>;

export function createHeadWatch(options: HeadWatchOptions): HeadWatch {
  const followed: FollowedApps = new Map();
  let stopLooking: (() => void) | null = null;

  function stopIfIdle(): void {
    if (followed.size > 0) return;
    stopLooking?.();
    stopLooking = null;
  }

  return {
    follow(app) {
      const wakeUp = createWakeUp();
      const entry = followed.get(app) ?? { head: null, wakeUps: new Set() };
      followed.set(app, entry);
      entry.wakeUps.add(wakeUp);
      stopLooking ??= lookWhenProjected(options, followed);
      return {
        wakeUp,
        stop() {
          entry.wakeUps.delete(wakeUp);
          if (entry.wakeUps.size === 0 && followed.get(app) === entry) followed.delete(app);
          stopIfIdle();
        },
      };
    },
    close() {
      followed.clear();
      stopIfIdle();
    },
  };
}

/** Looks whenever read models came further, one look at a time. Returns how to stop. */
function lookWhenProjected(
  { database, onProjected, pollMs = HEAD_POLL_MS }: HeadWatchOptions,
  followed: FollowedApps,
): () => void {
  let isLooking = false;
  let isAskedAgain = false;

  async function lookWhileAsked(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    while (isAskedAgain) {
      isAskedAgain = false;
      // While the database is away nothing changes either, and the next poll looks again.
      const heads = await readHeads(database, [...followed.keys()]).catch(() => null);
      for (const [app, head] of heads ?? []) wakeIfMoved(followed.get(app), head);
    }
    isLooking = false;
  }

  const look = (): void => {
    isAskedAgain = true;
    void lookWhileAsked();
  };
  const timer = setInterval(look, pollMs);
  const stopListening = onProjected(look);
  return () => {
    clearInterval(timer);
    stopListening();
  };
}

function wakeIfMoved(followed: Followed | undefined, head: number): void {
  if (!followed || followed.head === head) return;
  followed.head = head;
  for (const wakeUp of followed.wakeUps) wakeUp.wake();
}
