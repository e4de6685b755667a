/** Crashes on a programmer's error. A user's error is a Refusal, never this. */
export function invariant(condition: unknown, otherwise: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${otherwise}.`);
}

/** Marks a case that the types rule out; reaching it is a programmer's error. */
export function unreachable(value: never): never {
  throw new Error(`Invariant broken: unexpected ${JSON.stringify(value)}.`);
}
