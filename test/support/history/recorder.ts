import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Operation, Outcome } from "./history";

const AGAIN_AFTER_MS = 50;

export type Recorder = Readonly<{
  operations: Operation[];
  /**
   * Does it under an id of its own, and writes down when, and what came of it. Where nothing is known of it, it is done again
   * under the same id for as long as `isTriedAgain` says so. Answers what is known in the end.
   */
  operate: (
    what: Readonly<{ stream: string; count: number }>,
    work: (id: string) => Promise<Outcome>,
    isTriedAgain: () => boolean,
  ) => Promise<Outcome>;
}>;

export function createRecorder(): Recorder {
  const operations: Operation[] = [];
  return {
    operations,
    async operate({ stream, count }, work, isTriedAgain) {
      const id = randomUUID();
      const began = performance.now();
      let outcome = await work(id);
      while (outcome.kind === "unknown" && isTriedAgain()) {
        await sleep(AGAIN_AFTER_MS);
        outcome = await work(id);
      }
      operations.push({ id, stream, count, began, ended: performance.now(), outcome });
      return outcome;
    },
  };
}
