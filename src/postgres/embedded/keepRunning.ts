import { setTimeout } from "node:timers/promises";
import type { Postmaster, PostmasterOptions } from "./postmaster";
import { startWhenFree } from "./startWhenFree";

const RESTART_DELAY_MS = 100;
const RESTART_DELAY_MS_MAX = 10_000;

/** Starts PostgreSQL, and again whenever it ends by itself. Answers with how to stop it for good. */
export async function keepRunning(options: PostmasterOptions): Promise<() => Promise<void>> {
  let current = await startWhenFree(options);
  const stopping = new AbortController();
  const watch = async (): Promise<void> => {
    for (;;) {
      await current.exited;
      if (stopping.signal.aborted) return;
      options.logger.warn("PostgreSQL ended by itself; starting it again.");
      const started = await startAgain(options, stopping.signal);
      if (!started) return;
      current = started;
    }
  };
  const watched = watch();
  return async () => {
    stopping.abort();
    await current.stop();
    await watched;
  };
}

/** Tries until it starts or nobody wants it any more: a full disk may be emptied, and nothing works without it. */
async function startAgain(options: PostmasterOptions, signal: AbortSignal): Promise<Postmaster | null> {
  let delayMs = RESTART_DELAY_MS;
  while (await isNotStopped(delayMs, signal)) {
    try {
      const started = await startWhenFree(options);
      if (!signal.aborted) return started;
      await started.stop();
    } catch (error) {
      options.logger.warn(error instanceof Error ? error.message : String(error));
    }
    delayMs = Math.min(2 * delayMs, RESTART_DELAY_MS_MAX);
  }
  return null;
}

async function isNotStopped(delayMs: number, signal: AbortSignal): Promise<boolean> {
  await setTimeout(delayMs, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
