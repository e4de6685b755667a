/**
 * A HyperLogLog: about how many different users there were, in bounded memory, without telling who. Counted by the
 * estimator of arXiv:1702.01284, which needs no tables and holds from none to billions.
 */
export type Sketch = Uint8Array;

const INDEX_BITS = 11;
export const SKETCH_REGISTERS = 2 ** INDEX_BITS;
/** The standard error, relative to the number: 1.04 / √2048. */
export const SKETCH_ERROR = 0.023;
/** Bits of the hash behind the index. */
const RANK_BITS = 32;

export const newSketch = (): Sketch => new Uint8Array(SKETCH_REGISTERS);

/** What a user is in any sketch: which register, and how rare. To be computed once for many sketches. */
export function markOf(userId: string): number {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let index = 0; index < userId.length; index += 1) {
    const unit = userId.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
  }
  return ((mixed(high ^ (low >>> 16)) >>> (32 - INDEX_BITS)) << 6) | (Math.clz32(mixed(low ^ high)) + 1);
}

/** The last step of MurmurHash3: every bit comes to depend on all of them. */
function mixed(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** Adds a user, in place. */
export function addMark(sketch: Sketch, mark: number): void {
  const rank = mark & 63;
  if ((sketch[mark >>> 6] as number) < rank) sketch[mark >>> 6] = rank;
}

/** Adds all users of another sketch, in place. @returns whether there were any that were not in it. */
export function addSketch(sketch: Sketch, other: Sketch): boolean {
  let isChanged = false;
  for (let index = 0; index < SKETCH_REGISTERS; index += 1) {
    const rank = other[index] as number;
    if ((sketch[index] as number) >= rank) continue;
    sketch[index] = rank;
    isChanged = true;
  }
  return isChanged;
}

/** About how many users were added, a whole number. */
export function usersIn(sketch: Sketch): number {
  const counts = new Array<number>(RANK_BITS + 2).fill(0);
  for (const rank of sketch) counts[rank] = (counts[rank] ?? 0) + 1;
  const registers = SKETCH_REGISTERS;
  let sum = registers * tau(1 - (counts[RANK_BITS + 1] ?? 0) / registers);
  for (let rank = RANK_BITS; rank >= 1; rank -= 1) sum = (sum + (counts[rank] ?? 0)) / 2;
  sum += registers * sigma((counts[0] ?? 0) / registers);
  return Math.round(registers ** 2 / (2 * Math.LN2 * sum));
}

/** Of the share of registers that nobody fell into. */
function sigma(share: number): number {
  if (share === 1) return Infinity;
  let [power, weight, sum, before] = [share, 1, share, -1];
  while (sum !== before) {
    before = sum;
    power *= power;
    sum += power * weight;
    weight *= 2;
  }
  return sum;
}

/** Of the share of registers that are not at their end. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let [root, weight, sum, before] = [share, 1, 1 - share, -1];
  while (sum !== before) {
    before = sum;
    root = Math.sqrt(root);
    weight /= 2;
    sum -= (1 - root) ** 2 * weight;
  }
  return sum / 3;
}
