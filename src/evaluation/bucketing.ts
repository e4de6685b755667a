/** Buckets are numbered 0 to 9,999; a percentage of p takes the first `round(100 p)` of them. */
export const BUCKETS = 10_000;

/** The bucket of a unit (a user, a company): the same for ever for one seed, and the same as GrowthBook's hash version 2. */
export function bucket(seed: string, unit: string): number {
  return bucketAfter(seedState(seed), unit);
}

/** The hash's state after the seed, to be prepared once: a bucket then costs the unit's characters only. */
export const seedState = (seed: string): number => fnv1a32(FNV_OFFSET, seed);

export function bucketAfter(state: number, unit: string): number {
  return fnv1a32OfDecimal(fnv1a32(state, unit) >>> 0) % BUCKETS;
}

/**
 * The buckets of one unit after four of many states, those that `columns` names from `from` on; past `count` the last one again.
 * A processor finds four out in little more time than one.
 */
export function bucketsAfter(
  states: Int32Array,
  columns: Int32Array,
  from: number,
  count: number,
  unit: string,
  buckets: Int32Array,
): void {
  const last = count - 1;
  let first = states[columns[from] as number] as number;
  let second = states[columns[Math.min(from + 1, last)] as number] as number;
  let third = states[columns[Math.min(from + 2, last)] as number] as number;
  let fourth = states[columns[Math.min(from + 3, last)] as number] as number;
  for (let index = 0; index < unit.length; index += 1) {
    const code = unit.charCodeAt(index);
    first = Math.imul(first ^ code, FNV_PRIME);
    second = Math.imul(second ^ code, FNV_PRIME);
    third = Math.imul(third ^ code, FNV_PRIME);
    fourth = Math.imul(fourth ^ code, FNV_PRIME);
  }
  buckets[0] = fnv1a32OfDecimal(first >>> 0) % BUCKETS;
  buckets[1] = fnv1a32OfDecimal(second >>> 0) % BUCKETS;
  buckets[2] = fnv1a32OfDecimal(third >>> 0) % BUCKETS;
  buckets[3] = fnv1a32OfDecimal(fourth >>> 0) % BUCKETS;
}

/** How many of the buckets a percentage includes. */
export const includedBuckets = (percentage: number): number => Math.round(percentage * (BUCKETS / 100));

/** Raising a percentage only adds units, for the buckets that it includes are the first ones. */
export const includes = (percentage: number, bucketNumber: number): boolean =>
  bucketNumber < includedBuckets(percentage);

/** True for 0 to 100 with at most two decimals. */
export function isPercentage(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 100 && includedBuckets(value) / 100 === value;
}

export const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a over UTF-16 code units (not bytes), going on from `state`. */
export function fnv1a32(state: number, text: string): number {
  let hash = state;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  }
  return hash;
}

/** FNV-1a of the decimal digits of an unsigned number of 32 bits, without making a string of them, three at a time. */
export function fnv1a32OfDecimal(number: number): number {
  // The same as by a million, in numbers that are no more than 31 bits.
  const millions = ((number >>> 6) / 15_625) | 0;
  const below = (number - Math.imul(millions, 1_000_000)) | 0;
  const thousands = (below / 1000) | 0;
  const ones = (below - thousands * 1000) | 0;
  if (millions === 0) {
    const hash = thousands === 0 ? FNV_OFFSET : afterNumber(FNV_OFFSET, thousands);
    return (thousands === 0 ? afterNumber(hash, ones) : afterTriple(hash, ones)) >>> 0;
  }
  const billions = (millions / 1000) | 0;
  const rest = (millions - billions * 1000) | 0;
  const hash =
    billions === 0
      ? afterNumber(FNV_OFFSET, rest)
      : afterTriple(Math.imul(FNV_OFFSET ^ (ZERO + billions), FNV_PRIME), rest);
  return afterTriple(afterTriple(hash, thousands), ones) >>> 0;
}

const ZERO = 48;

/** The three digits of each number below 1,000, with zeros in front, as bytes from the lowest on. */
const TRIPLES = Int32Array.from({ length: 1000 }, (_, number) => {
  const [hundreds = 0, tens = 0, ones = 0] = String(number)
    .padStart(3, "0")
    .split("")
    .map((digit) => digit.charCodeAt(0));
  return hundreds | (tens << 8) | (ones << 16);
});

function afterTriple(state: number, number: number): number {
  const digits = TRIPLES[number] as number;
  const first = Math.imul(state ^ (digits & 255), FNV_PRIME);
  const second = Math.imul(first ^ ((digits >> 8) & 255), FNV_PRIME);
  return Math.imul(second ^ (digits >> 16), FNV_PRIME);
}

/** Of a number below 1,000, without zeros in front. */
function afterNumber(state: number, number: number): number {
  if (number >= 100) return afterTriple(state, number);
  if (number < 10) return Math.imul(state ^ (ZERO + number), FNV_PRIME);
  const digits = TRIPLES[number] as number;
  const tens = Math.imul(state ^ ((digits >> 8) & 255), FNV_PRIME);
  return Math.imul(tens ^ (digits >> 16), FNV_PRIME);
}
