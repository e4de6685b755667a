/** Bytes of a key that count. */
const KEY_BYTES = 16;
const KEY_WORDS = KEY_BYTES / 4;

/**
 * Numbers from 1 on for keys that are hashes, for columns in typed arrays: of so many keys at the most, then whoever was not used for
 * longest gives up its number. It costs some 32 bytes a key and the garbage collector nothing; memory is taken when it is written to.
 */
export interface RecentSlots {
  /** 0 if there is none. Counts as use. */
  get(key: Buffer): number;
  /** A number for a key that has none. */
  add(key: Buffer): number;
  delete(key: Buffer): void;
  /** Whoever was not used for longest; 0 if there is none. */
  oldest(): number;
  remove(slot: number): void;
  readonly size: number;
}

/** `onRemoved` is told of every number that is given up. */
export function createRecentSlots(sizeMax: number, onRemoved: (slot: number) => void): RecentSlots {
  const table = createKeyTable(sizeMax);
  const order = createOrder(sizeMax);
  const free: number[] = [];
  let everUsed = 0;
  let size = 0;

  function remove(slot: number): void {
    table.remove(slot);
    order.remove(slot);
    free.push(slot);
    size -= 1;
    onRemoved(slot);
  }

  return {
    oldest: order.oldest,
    remove,
    get(key) {
      const slot = table.find(key);
      if (slot === 0) return 0;
      order.remove(slot);
      order.add(slot);
      return slot;
    },
    add(key) {
      if (size === sizeMax) remove(order.oldest());
      const slot = free.pop() ?? (everUsed += 1);
      table.add(slot, key);
      order.add(slot);
      size += 1;
      return slot;
    },
    delete(key) {
      const slot = table.find(key);
      if (slot !== 0) remove(slot);
    },
    get size() {
      return size;
    },
  };
}

/** Finds slots by their keys: a chain of them for each bucket of hashes. Slot 0 is none, so that untouched memory is empty. */
function createKeyTable(sizeMax: number) {
  const keys = new Uint32Array((sizeMax + 1) * KEY_WORDS);
  const buckets = new Uint32Array(2 ** Math.ceil(Math.log2(sizeMax + 1)));
  const next = new Uint32Array(sizeMax + 1);
  const bucketOf = (firstWord: number): number => firstWord % buckets.length;

  const isKeyOf = (slot: number, key: Buffer, first: number): boolean =>
    keys[slot * KEY_WORDS] === first &&
    keys[slot * KEY_WORDS + 1] === key.readUInt32LE(4) &&
    keys[slot * KEY_WORDS + 2] === key.readUInt32LE(8) &&
    keys[slot * KEY_WORDS + 3] === key.readUInt32LE(12);

  return {
    find(key: Buffer): number {
      const first = key.readUInt32LE(0);
      let slot = buckets[bucketOf(first)] ?? 0;
      while (slot !== 0 && !isKeyOf(slot, key, first)) slot = next[slot] ?? 0;
      return slot;
    },
    add(slot: number, key: Buffer): void {
      for (let word = 0; word < KEY_WORDS; word += 1) {
        keys[slot * KEY_WORDS + word] = key.readUInt32LE(4 * word);
      }
      const bucket = bucketOf(key.readUInt32LE(0));
      next[slot] = buckets[bucket] ?? 0;
      buckets[bucket] = slot;
    },
    remove(slot: number): void {
      const bucket = bucketOf(keys[slot * KEY_WORDS] ?? 0);
      const behind = next[slot] ?? 0;
      let before = buckets[bucket] ?? 0;
      if (before === slot) buckets[bucket] = behind;
      else {
        while (next[before] !== slot) before = next[before] ?? 0;
        next[before] = behind;
      }
    },
  };
}

/** Slots in the order in which they were used: a ring of links through slot 0, which stands between the newest and the oldest. */
function createOrder(sizeMax: number) {
  const older = new Uint32Array(sizeMax + 1);
  const newer = new Uint32Array(sizeMax + 1);
  return {
    oldest: (): number => newer[0] ?? 0,
    add(slot: number): void {
      const newest = older[0] ?? 0;
      older[slot] = newest;
      newer[slot] = 0;
      newer[newest] = slot;
      older[0] = slot;
    },
    remove(slot: number): void {
      const [before, behind] = [older[slot] ?? 0, newer[slot] ?? 0];
      newer[before] = behind;
      older[behind] = before;
    },
  };
}
