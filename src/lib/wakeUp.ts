/** Lets one loop sleep until somebody wakes it or a time is over. A wake while it is awake is not lost. */
export interface WakeUp {
  wake(): void;
  /** Resolves at the next `wake`, at once if there was one since the last wait, and after `timeoutMs` at the latest. */
  wait(timeoutMs: number): Promise<void>;
}

export function createWakeUp(): WakeUp {
  let isPending = false;
  let resolveWait: (() => void) | null = null;
  return {
    wake() {
      isPending = true;
      resolveWait?.();
    },
    async wait(timeoutMs) {
      if (!isPending) await sleepUntilWoken(timeoutMs);
      isPending = false;
      resolveWait = null;
    },
  };

  function sleepUntilWoken(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      resolveWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
