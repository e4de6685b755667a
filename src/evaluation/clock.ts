/** What tests of time go by. They tell it when that which they found will turn out otherwise though nothing happens but time. */
export interface Clock {
  /** In whole milliseconds. */
  now(): number;
  /** Told of every instant after now at which a test that was just made comes out otherwise. */
  turnsAt(atMs: number): void;
}

/** The clock of whoever asks only what is so now. */
export const clockAt = (now: () => number): Clock => ({ now, turnsAt: () => undefined });

/** Whether an instant has come. */
export function hasCome(atMs: number, clock: Clock): boolean {
  if (atMs <= clock.now()) return true;
  clock.turnsAt(Math.ceil(atMs));
  return false;
}

/** Whether an instant is so long ago at the most. */
export function isAtMostAgo(atMs: number, spanMs: number, clock: Clock): boolean {
  if (atMs < clock.now() - spanMs) return false;
  clock.turnsAt(Math.floor(atMs + spanMs) + 1);
  return true;
}

/** Whether it is later than an instant. */
export function isOver(atMs: number, clock: Clock): boolean {
  if (clock.now() > atMs) return true;
  clock.turnsAt(Math.floor(atMs) + 1);
  return false;
}
