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

/** How many of the buckets a percentage includes. */
export const includedBuckets = (percentage: number): number => Math.round(percentage * (BUCKETS / 100));

/** Raising a percentage only adds units, for the buckets that it includes are the first ones. */
export const includes = (percentage: number, bucketNumber: number): boolean =>
  bucketNumber < includedBuckets(percentage);

/** True for 0 to 100 with at most two decimals. */
export function isPercentage(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 100 && includedBuckets(value) / 100 === value;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a over UTF-16 code units (not bytes), going on from `state`. */
function fnv1a32(state: number, text: string): number {
  let hash = state;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  }
  return hash;
}

/** FNV-1a of the number's decimal digits, without making a string of them. */
function fnv1a32OfDecimal(number: number): number {
  let weight = 1;
  while (number >= weight * 10) weight *= 10;
  let hash = FNV_OFFSET;
  for (; weight >= 1; weight /= 10) {
    const digit = Math.floor(number / weight) % 10;
    hash = Math.imul(hash ^ (48 + digit), FNV_PRIME);
  }
  return hash >>> 0;
}
