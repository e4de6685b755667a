/** Looks up many at once; what is not found is left out. */
export type LookUp<Value> = (ids: readonly string[]) => Promise<ReadonlyMap<string, Value>>;

/** Each call is answered by a look-up that began after it. */
export type BatchedLookUp<Value> = (id: string) => Promise<Value | null>;

/**
 * Looks up one batch at a time: who asks while one is under way waits for the next, together with all others. So any
 * number of requests with any secrets costs one query at a time. @throws what `tooMany` makes if too many wait.
 */
export function batchedLookUp<Value>(
  lookUp: LookUp<Value>,
  { waitingMax, tooMany }: Readonly<{ waitingMax: number; tooMany: () => Error }>,
): BatchedLookUp<Value> {
  type Batch = { ids: Set<string>; found: Promise<ReadonlyMap<string, Value>> };
  let underWay: Promise<unknown> = Promise.resolve();
  let next: Batch | null = null;

  const startNext = (): Batch => {
    const ids = new Set<string>();
    const found = underWay.then(() => {
      next = null;
      return lookUp([...ids]);
    });
    underWay = found.catch(() => undefined);
    return { ids, found };
  };
  return async (id) => {
    const batch = (next ??= startNext());
    if (!batch.ids.has(id) && batch.ids.size >= waitingMax) throw tooMany();
    batch.ids.add(id);
    return (await batch.found).get(id) ?? null;
  };
}
