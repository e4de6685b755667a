/** A consumer that takes nothing for so long, while something waits for it, is closed. */
export const STALLED_MS_MAX = 60_000;
const CHECKED_EVERY_MS = 1_000;

/** Watches those who do not take what is sent to them. */
export type Stalls = Readonly<{
  /** Calls `end`, once, if the wait lasts too long. Returns how to say that it is over. */
  waiting: (end: () => void) => () => void;
  check: () => void;
  /** Checks regularly. Returns how to stop. */
  watch: () => () => void;
}>;

/** `nowMs` is monotonic. */
export function createStalls(nowMs: () => number): Stalls {
  const waits = new Set<Readonly<{ sinceMs: number; end: () => void }>>();
  function check(): void {
    const longest = nowMs() - STALLED_MS_MAX;
    for (const wait of waits) {
      // They are in the order in which they began.
      if (wait.sinceMs > longest) return;
      waits.delete(wait);
      wait.end();
    }
  }
  return {
    waiting(end) {
      const wait = { sinceMs: nowMs(), end };
      waits.add(wait);
      return () => void waits.delete(wait);
    },
    check,
    watch() {
      const timer = setInterval(check, CHECKED_EVERY_MS);
      return () => clearInterval(timer);
    },
  };
}

/** What a slow consumer is told last. */
export function slowConsumer(cursor: string | null) {
  const message = `Nothing was taken for ${STALLED_MS_MAX / 1_000} seconds. Go on from the last cursor.`;
  return { message, extensions: { code: "SLOW_CONSUMER", ...(cursor !== null && { cursor }) } };
}
