import { bucket, BUCKETS } from "../../src/evaluation/bucketing";
import { fitOf, independenceOf } from "../../src/statistics/chiSquare";

/** Spreads a counter over 32 bits, one to one, so that ids look random and none comes twice. */
const scattered = (index: number): number => Math.imul(index ^ (index >>> 15), 0x2c1b3c6d) >>> 0;
const hex = (number: number): string => number.toString(16).padStart(8, "0");
const FACES = 50;

export const ID_SHAPES: readonly (readonly [name: string, idOf: (index: number) => string])[] = [
  ["numbers", (index) => String(1_000_000 + scattered(index))],
  [
    "UUIDs",
    (index) => uuidOf(hex(scattered(index)) + hex(scattered(index + 1e6)) + hex(scattered(index + 2e6))),
  ],
  ["e-mails", (index) => `${["anna", "li", "user"][index % 3] ?? ""}.${index}@example${index % 7}.com`],
  ["sequential ids", (index) => String(index)],
  ["non-ASCII ids", (index) => `Käufer-${index}-日本-${String.fromCodePoint(0x1f600 + (index % FACES))}`],
];

function uuidOf(digits: string): string {
  const part = (from: number, to: number) => digits.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-4${part(12, 15)}-a${part(15, 18)}-${part(18, 24)}${part(0, 6)}`;
}

export const idsOf = (idOf: (index: number) => string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => idOf(index));

/** The p-values of a hundred blocks of buckets being alike, and of a hundred remainders. */
export function evennessOf(seed: string, ids: readonly string[]) {
  const blocks = Array.from({ length: 100 }, () => 0);
  const remainders = Array.from({ length: 100 }, () => 0);
  for (const id of ids) {
    const own = bucket(seed, id);
    count(blocks, Math.floor((own * 100) / BUCKETS));
    count(remainders, own % 100);
  }
  const even = blocks.map(() => 1);
  return [fitOf(blocks, even).pValue, fitOf(remainders, even).pValue] as const;
}

/** The p-value of a unit's tenth by one seed saying nothing of its tenth by another. */
export function independenceBetween(one: string, other: string, ids: readonly string[]): number {
  const table = Array.from({ length: 10 }, () => Array.from({ length: 10 }, () => 0));
  for (const id of ids) {
    const row = table[Math.floor((bucket(one, id) * 10) / BUCKETS)];
    if (row) count(row, Math.floor((bucket(other, id) * 10) / BUCKETS));
  }
  return independenceOf(table).pValue;
}

function count(counts: number[], index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}

export const BUCKET_SEEDS = ["seed_shop_01hq3v7m", "checkout"] as const;
export const SEED_PAIRS: readonly (readonly [name: string, one: string, other: string])[] = [
  ["two experiments", "exp_shop_01hq3v7m", "exp_shop_01hq3v7n"],
  ["an experiment's traffic and variation", "exp_shop_01hq3v7m/traffic", "exp_shop_01hq3v7m/variation"],
  ["seeds that differ at their start", "a-checkout", "b-checkout"],
];

/** Of 35 p-values of a sound hash one is below it once in 300 times; seeds and ids are fixed. */
export const SURELY_UNEVEN = 0.0001;
