type Mapping<Item, Result> = Readonly<{
  map: (item: Item) => Promise<Result>;
  /** The last result of a stream whose source failed. */
  afterError: (error: unknown) => Result;
}>;

/**
 * Maps a stream item by item, as it is pulled. Unlike an async generator it ends at once when its consumer goes,
 * also while it waits for the source, which is told to end as well.
 */
export function mapStream<Item, Result>(
  source: AsyncIterable<Item>,
  { map, afterError }: Mapping<Item, Result>,
): AsyncGenerator<Result, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  let end: (result: IteratorResult<Result, void>) => void = () => undefined;
  let isOver = false;
  const ended = new Promise<IteratorResult<Result, void>>((resolve) => (end = resolve));

  const pull = async (): Promise<IteratorResult<Result, void>> => {
    if (isOver) return OVER;
    try {
      const item = await iterator.next();
      if (!item.done) return { done: false, value: await map(item.value) };
      isOver = true;
      return OVER;
    } catch (error) {
      if (isOver) return OVER;
      isOver = true;
      return { done: false, value: afterError(error) };
    }
  };
  const finish = (): IteratorReturnResult<void> => {
    isOver = true;
    end(OVER);
    // It may wait for its next item for as long as it likes; its own failures at the end concern nobody any more.
    iterator.return?.().catch(() => undefined);
    return OVER;
  };
  return {
    next: () => Promise.race([ended, pull()]),
    return: () => Promise.resolve(finish()),
    throw: () => Promise.resolve(finish()),
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(void finish()),
  };
}

const OVER: IteratorReturnResult<void> = { done: true, value: undefined };
