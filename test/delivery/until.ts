import { setTimeout } from "node:timers/promises";

/** Waits for what happens by itself. Fails after ten seconds. */
export async function until(holds: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadlineMs) throw new Error(`It did not come to be: ${holds.toString()}`);
    await setTimeout(5);
  }
}
