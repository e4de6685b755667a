export interface RecentlyUsed<Id, Value> {
  /** The value, which counts as used now. */
  get(id: Id): Value | undefined;
  set(id: Id, value: Value): void;
  delete(id: Id): void;
  entries(): IterableIterator<[Id, Value]>;
  /** The sum of the sizes held. */
  size(): number;
}

/** A map that forgets what was not used for longest once the sizes add up to more than `sizeMax`. */
export function recentlyUsed<Id, Value>(
  sizeMax: number,
  sizeOf: (value: Value) => number = () => 1,
  mayForget: (value: Value) => boolean = () => true,
): RecentlyUsed<Id, Value> {
  // A Map iterates in the order of insertion, so what is put back at each use comes last.
  const values = new Map<Id, Value>();
  let total = 0;

  const remove = (id: Id, value: Value): void => {
    values.delete(id);
    total -= sizeOf(value);
  };
  const forgetOldest = (): void => {
    for (const [id, value] of values) {
      if (total <= sizeMax) return;
      if (mayForget(value)) remove(id, value);
    }
  };
  return {
    get(id) {
      const value = values.get(id);
      if (value === undefined) return undefined;
      values.delete(id);
      values.set(id, value);
      return value;
    },
    set(id, value) {
      const previous = values.get(id);
      if (previous !== undefined) remove(id, previous);
      values.set(id, value);
      total += sizeOf(value);
      forgetOldest();
    },
    delete(id) {
      const value = values.get(id);
      if (value !== undefined) remove(id, value);
    },
    entries: () => values.entries(),
    size: () => total,
  };
}
