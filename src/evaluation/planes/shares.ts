import { WORD_BITS } from "./columns";
import { bucketsAfter } from "../bucketing";
import type { Candidate, KeyPlan } from "../plans";
import type { Share } from "../userScope";

/** Columns that take a percentage of one kind of unit: the kind that most are of. They are looked at four at a time. */
export interface Shares {
  /** A one for each such column. */
  readonly words: Int32Array;
  add(column: number, candidate: Candidate): void;
  /** Of these columns of a word those whose percentage takes the user of the run. */
  taken(word: number, wanted: number): number;
}

export function newShares(plans: readonly KeyPlan[], columns: number): Shares {
  const unit = commonUnit(plans.flatMap(({ candidates }) => candidates.flatMap(({ share }) => share ?? [])));
  const words = new Int32Array(columns / WORD_BITS);
  const states = new Int32Array(columns);
  const included = new Int32Array(columns);
  const waiting = new Int32Array(WORD_BITS);
  const buckets = new Int32Array(4);
  return {
    words,
    add(column, { share }) {
      if (share === null || share.unit !== unit) return;
      words[column >> 5] = (words[column >> 5] as number) | (1 << (column & 31));
      states[column] = share.state;
      included[column] = share.included;
    },
    taken(word, wanted) {
      const value = unit?.() ?? "";
      if (value === "") return 0;
      let count = 0;
      for (let hits = wanted; hits !== 0; hits &= hits - 1) {
        waiting[count] = word * WORD_BITS + 31 - Math.clz32(hits & -hits);
        count += 1;
      }
      let taken = 0;
      for (let from = 0; from < count; from += 4) {
        // Where fewer than four are left, the last one is looked at again.
        bucketsAfter(states, waiting, from, count, value, buckets);
        for (let lane = 0; lane < 4 && from + lane < count; lane += 1) {
          const column = waiting[from + lane] as number;
          if ((buckets[lane] as number) < (included[column] as number)) taken |= 1 << (column & 31);
        }
      }
      return taken;
    },
  };
}

function commonUnit(shares: readonly Share[]): Share["unit"] | null {
  const counts = new Map<Share["unit"], number>();
  for (const { unit } of shares) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? null;
}
