import { createWakeUp } from "./wakeUp";

/**
 * Does `work` at once and then again and again, one run after the other. A run that fails is reported and not the last.
 * `stop` resolves when no run is under way any more.
 */
export function repeatEvery(
  intervalMs: number,
  work: () => Promise<unknown>,
  report: (error: unknown) => void,
): { stop: () => Promise<void> } {
  const wakeUp = createWakeUp();
  let isStopped = false;
  const loop = async (): Promise<void> => {
    while (!isStopped) {
      await work().catch(report);
      if (!isStopped) await wakeUp.wait(intervalMs);
    }
  };
  const over = loop();
  return {
    stop() {
      isStopped = true;
      wakeUp.wake();
      return over;
    },
  };
}
