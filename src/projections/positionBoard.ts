import { START, type Position } from "../eventstore/eventStore";

/** How far a read model is known to have come, and who waits for it to come further. */
export interface PositionBoard {
  position(): Position;
  /** A position that was reached. An earlier one than known changes nothing. */
  reached(position: Position): void;
  /** It stands still for this reason: everybody who waits is told, and everybody who comes, until it is null again. */
  standsStill(reason: string | null): void;
  failure(): string | null;
  /** @throws {NotProjected} after `timeoutMs`, or at once when it stands still. */
  wait(position: Position, timeoutMs: number): Promise<void>;
  hasWaiters(): boolean;
  /** Calls `listener` whenever it came further. Returns how to stop. */
  onReached(listener: (position: Position) => void): () => void;
}

/** The read models do not show it yet, although it is in the log and so will not be lost. */
export class NotProjected extends Error {
  constructor(message: string) {
    super(message);
    this.name = "NotProjected";
  }
}

type Waiter = Readonly<{ position: Position; resolve: () => void; reject: (error: Error) => void }>;

export function createPositionBoard(name: string): PositionBoard {
  const waiters = new Set<Waiter>();
  const listeners = new Set<(position: Position) => void>();
  let known: Position = START;
  let failure: string | null = null;

  return {
    position: () => known,
    failure: () => failure,
    hasWaiters: () => waiters.size > 0,
    reached(position) {
      if (position <= known) return;
      known = position;
      for (const waiter of waiters) if (waiter.position <= known) waiter.resolve();
      for (const listener of listeners) listener(known);
    },
    standsStill(reason) {
      failure = reason;
      if (reason !== null) for (const waiter of waiters) waiter.reject(stoodStill(name, reason));
    },
    async wait(position, timeoutMs) {
      if (position <= known) return;
      if (failure !== null) throw stoodStill(name, failure);
      await waitIn(waiters, name, position, timeoutMs);
    },
    onReached(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

async function waitIn(
  waiters: Set<Waiter>,
  name: string,
  position: Position,
  timeoutMs: number,
): Promise<void> {
  const { promise, resolve, reject } = promiseWithResolvers();
  const waiter = { position, resolve, reject };
  const timer = setTimeout(() => reject(tookTooLong(name, timeoutMs)), timeoutMs);
  waiters.add(waiter);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    waiters.delete(waiter);
  }
}

function promiseWithResolvers(): {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
} {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((resolvePromise, rejectPromise) => {
    resolve = resolvePromise;
    reject = rejectPromise;
  });
  return { promise, resolve, reject };
}

function stoodStill(name: string, reason: string): NotProjected {
  return new NotProjected(
    `The change is stored, but the read model "${name}" stands still and does not show it: ${reason}`,
  );
}

function tookTooLong(name: string, timeoutMs: number): NotProjected {
  return new NotProjected(
    `The change is stored, but the read model "${name}" did not show it within ${timeoutMs} ms. ` +
      `Ask for it again later; do not repeat the change under another command id.`,
  );
}
