import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { createPendingNotices, type Appended } from "./pendingNotices";

/** How long those elsewhere may hear of nothing new, so that a notification carries many appends when there are many. */
export const ANNOUNCE_INTERVAL_MS = 10;

export interface Announcer {
  /** Returns at once. What is told here is not waited for. */
  announce(appended: Appended): void;
  /** Resolves when everything was told. */
  close(): Promise<void>;
}

/**
 * Tells others of what was committed, beside the appends and never in their way: a commit that carries a notification
 * waits for all others of its kind in the cluster. One notification is under way at a time, and what comes meanwhile
 * goes into the next. One that fails, or that this process does not live to send, is made good by the others' poll.
 */
export function createAnnouncer(notify: (appended: readonly Appended[]) => Promise<unknown>): Announcer {
  const pending = createPendingNotices();
  const closing = new AbortController();
  let running: Promise<void> | null = null;

  async function run(): Promise<void> {
    // Those who wait for the append come first.
    await turn();
    while (!pending.isEmpty()) {
      await notify(pending.take()).catch(() => undefined);
      await sleep(ANNOUNCE_INTERVAL_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    }
    running = null;
  }

  return {
    announce(appended) {
      pending.add(appended);
      running ??= run();
    },
    async close() {
      closing.abort();
      await running;
    },
  };
}
