/**
 * Crashes on a programmer's error. A user's error is a Refusal, never this. Where it is asked a million times, give a
 * function that makes the words, so that they are made when they are needed.
 */
export function invariant(condition: unknown, otherwise: string | (() => string)): asserts condition {
  if (!condition)
    throw new Error(`Invariant broken: ${typeof otherwise === "string" ? otherwise : otherwise()}.`);
}

/** Marks a case that the types rule out; reaching it is a programmer's error. */
export function unreachable(value: never): never {
  throw new Error(`Invariant broken: unexpected ${JSON.stringify(value)}.`);
}
