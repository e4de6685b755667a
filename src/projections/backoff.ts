import { isTransient } from "./transient";
import type { Logger } from "../lib/logger";
import { createWakeUp } from "../lib/wakeUp";

export const BACKOFF_MS_MIN = 50;
export const BACKOFF_MS_MAX = 2_000;

/** Waits longer and longer while the world is away, and tells people once when it goes and once when it is back. */
export interface Backoff {
  /** Waits after a failure that may pass. @throws what is no such failure. */
  after(error: unknown): Promise<void>;
  succeeded(): void;
  /** Ends a wait that is under way, and all later ones at once. */
  stop(): void;
}

export function createBackoff(name: string, logger: Logger): Backoff {
  const stopped = createWakeUp();
  let isStopped = false;
  let nextMs = BACKOFF_MS_MIN;
  let isAway = false;
  return {
    async after(error) {
      if (!isTransient(error)) throw error;
      if (!isAway) logger.warn(`The read model "${name}" waits for its database or log: ${String(error)}`);
      isAway = true;
      const waitMs = nextMs * (0.5 + Math.random() / 2);
      nextMs = Math.min(nextMs * 2, BACKOFF_MS_MAX);
      if (!isStopped) await stopped.wait(waitMs);
    },
    succeeded() {
      if (isAway) logger.info(`The read model "${name}" goes on.`);
      isAway = false;
      nextMs = BACKOFF_MS_MIN;
    },
    stop() {
      isStopped = true;
      stopped.wake();
    },
  };
}
