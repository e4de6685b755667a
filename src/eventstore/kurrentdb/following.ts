/** How long those who append wait for a subscription that was asked for just before. */
const READY_WAIT_MS = 1_000;

/** The subscription of a store: begun when somebody listens for the first time, and kept. */
export interface Following {
  start(): void;
  /** Resolves when it has begun, if it was started; in any case soon. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export function createFollowing(begin: (onBegun: () => void) => { close(): Promise<void> }): Following {
  let subscription: { close(): Promise<void> } | null = null;
  let begun: Promise<void> = Promise.resolve();
  return {
    start() {
      if (subscription) return;
      begun = new Promise((resolve) => {
        const timer = setTimeout(resolve, READY_WAIT_MS);
        subscription = begin(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
    ready: () => begun,
    async close() {
      await subscription?.close();
    },
  };
}
