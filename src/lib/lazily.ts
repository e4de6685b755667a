/** Makes a function when it is called for the first time. */
export function lazily<Result>(make: () => () => Result): () => Result {
  let made: (() => Result) | null = null;
  return () => {
    made ??= make();
    return made();
  };
}
