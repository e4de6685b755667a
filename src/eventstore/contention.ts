import { setTimeout } from "node:timers/promises";

/** How long after the last sign of another process that writes to a stream we reckon with it: for so long, and so many appends. */
const RIVAL_FOR_MS = 500;
const RIVAL_FOR_APPENDS = 50;
/**
 * Another process has to read what we appended, and to append something on top of it, which takes it about as long as two
 * appends take us: milliseconds here, a hundred where everything is slow.
 */
const PAUSE_MIN_MS = 4;
const PAUSE_MAX_MS = 250;

/**
 * Whether another process writes to the same stream. Without regard for each other, the one that has just won would
 * always win again: its state is right already, while the other still reads.
 */
export type Contention = {
  rivalUntilMs: number;
  /** How long our last append took. */
  appendMs: number;
  /** Whether the last append was ours, so that we are ahead for the moment. */
  isAhead: boolean;
};

export function noContention(): Contention {
  return { rivalUntilMs: 0, appendMs: 0, isAhead: false };
}

/** To be told of a lost race, and of events that somebody else appended. */
export function noteRival(contention: Contention): void {
  contention.rivalUntilMs =
    performance.now() + Math.max(RIVAL_FOR_MS, RIVAL_FOR_APPENDS * contention.appendMs);
  contention.isAhead = false;
}

/**
 * How many commands to decide on top of each other. Against a rival one goes first to get ahead: a chain that loses would
 * leave a state that has to be read anew.
 */
export function batchSize({ rivalUntilMs, isAhead }: Contention, sizeMax: number): number {
  return isAhead || performance.now() >= rivalUntilMs ? sizeMax : 1;
}

/** To be told of a won race, and how long its append took. Lets the rival have its turn after two of ours. */
export async function afterWin(contention: Contention, appendMs: number): Promise<void> {
  contention.appendMs = appendMs;
  if (performance.now() >= contention.rivalUntilMs) return;
  contention.isAhead = !contention.isAhead;
  if (contention.isAhead) return;
  await setTimeout(Math.random() * Math.min(PAUSE_MAX_MS, Math.max(PAUSE_MIN_MS, 2 * appendMs)));
}
