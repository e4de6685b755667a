/** Lets one loop sleep until somebody wakes it or a time is over. A wake while it is awake is not lost. */
export interface WakeUp {
  wake(): void;
  /**
   * Resolves at the next `wake`, at once if there was one since the last wait, and after `timeoutMs` at the latest:
   * whether it was woken.
   */
  wait(timeoutMs: number): Promise<boolean>;
}

export function createWakeUp(): WakeUp {
  let isWoken = false;
  let endWait: (() => void) | null = null;
  return {
    wake() {
      isWoken = true;
      endWait?.();
    },
    async wait(timeoutMs) {
      if (!isWoken) await sleepUntilWoken(timeoutMs);
      const wasWoken = isWoken;
      isWoken = false;
      endWait = null;
      return wasWoken;
    },
  };

  function sleepUntilWoken(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
