type Mapping<Item, Result> = Readonly<{
  map: (item: Item) => Promise<Result>;
  /** The last result of a stream whose source failed. */
  afterError: (error: unknown) => Result;
  /** Called once, when there will be no more results, for whatever reason. */
  atEnd?: () => void;
}>;

/**
 * Maps a stream item by item, as it is pulled. Unlike an async generator it ends at once when its consumer goes,
 * also while it waits for the source, which is told to end as well.
 */
export function mapStream<Item, Result>(
  source: AsyncIterable<Item>,
  { map, afterError, atEnd = () => undefined }: Mapping<Item, Result>,
): AsyncGenerator<Result, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  const waiting = new Set<(result: IteratorResult<Result, void>) => void>();
  let isOver = false;

  function end(): void {
    if (!isOver) atEnd();
    isOver = true;
  }

  const pull = async (): Promise<IteratorResult<Result, void>> => {
    if (isOver) return OVER;
    try {
      const item = await iterator.next();
      if (!item.done) return { done: false, value: await map(item.value) };
      end();
      return OVER;
    } catch (error) {
      if (isOver) return OVER;
      end();
      return { done: false, value: afterError(error) };
    }
  };
  /** A race of promises would keep every result for as long as the stream lives. */
  const next = (): Promise<IteratorResult<Result, void>> =>
    new Promise((resolve) => {
      waiting.add(resolve);
      const settle = (result: IteratorResult<Result, void>): void => {
        waiting.delete(resolve);
        resolve(result);
      };
      void pull().then(settle);
    });
  const finish = (): IteratorReturnResult<void> => {
    end();
    for (const resolve of waiting) resolve(OVER);
    waiting.clear();
    // It may wait for its next item for as long as it likes; its own failures at the end concern nobody any more.
    iterator.return?.().catch(() => undefined);
    return OVER;
  };
  return {
    next,
    return: () => Promise.resolve(finish()),
    throw: () => Promise.resolve(finish()),
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(void finish()),
  };
}

const OVER: IteratorReturnResult<void> = { done: true, value: undefined };
