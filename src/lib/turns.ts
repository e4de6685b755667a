/** Runs work as its turn comes. Rejects with what `tooMany` makes if too many wait already. */
export type Turns = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Lets at most `atOnceMax` pieces of work go on at a time, in the order in which they came. */
export function createTurns(
  limits: Readonly<{ atOnceMax: number; waitingMax: number; tooMany: () => Error }>,
): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (work) => {
    if (running < limits.atOnceMax) {
      running += 1;
    } else {
      if (waiting.length >= limits.waitingMax) throw limits.tooMany();
      // Who ends hands its place over, so that nobody slips in between.
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
