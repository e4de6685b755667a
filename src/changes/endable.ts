/** A stream that ends at once when its consumer goes, also while it waits: `return` aborts the signal it was made with. */
export function endable<Item>(
  open: (signal: AbortSignal) => AsyncIterable<Item>,
  mapError: (error: unknown) => unknown,
): AsyncIterableIterator<Item> {
  const controller = new AbortController();
  const iterator = open(controller.signal)[Symbol.asyncIterator]();
  return {
    async next() {
      try {
        return await iterator.next();
      } catch (error) {
        throw mapError(error);
      }
    },
    async return() {
      controller.abort();
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
