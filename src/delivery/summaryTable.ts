import type { DatedSummary } from "../evaluation/summary";
import { createRecentSlots } from "../lib/recentSlots";
import type { JsonObject } from "../lib/json";

/** What is kept of a user. */
export type Kept = DatedSummary &
  Readonly<{
    /** Whether anything is stored of the user. */
    isStored: boolean;
    properties: JsonObject;
  }>;

/**
 * What is kept of users, by their keys' bytes: of so many at the most, then who was not asked for longest goes. Bits and instants stand
 * in typed arrays, so that a user costs a few bytes; what not every user has stands beside them.
 */
export interface SummaryTable {
  /** What is kept in this sense, which says what its bits are about; undefined if there is none. */
  get(user: Buffer, sense: number): Kept | undefined;
  set(user: Buffer, sense: number, kept: Kept): void;
  delete(user: Buffer): void;
  /** From now on nothing is so any more. It stays, for when nothing better can be had. */
  endAll(): void;
  readonly users: number;
}

/** Bits of so many words stand in the arrays. */
const WORDS = 2;

type More = Pick<Kept, "truths" | "properties" | "recommended"> & Readonly<{ size: number }>;

/** `moreMax`: characters of JSON that may stand beside the arrays, for all users together. */
export function createSummaryTable({
  usersMax,
  moreMax,
}: Readonly<{ usersMax: number; moreMax: number }>): SummaryTable {
  const senses = new Uint32Array(usersMax + 1);
  const truths = new Int32Array((usersMax + 1) * WORDS);
  const from = new Float64Array(usersMax + 1);
  const until = new Float64Array(usersMax + 1);
  const more = new Map<number, More>();
  let moreSize = 0;
  const slots = createRecentSlots(usersMax, (slot) => setMore(slot, null));

  function setMore(slot: number, given: More | null): void {
    moreSize -= more.get(slot)?.size ?? 0;
    more.delete(slot);
    if (!given) return;
    more.set(slot, given);
    moreSize += given.size;
  }

  return {
    get(user, sense) {
      const slot = slots.get(user);
      // The lowest bit tells whether the user is stored.
      const is = senses[slot] ?? 0;
      if (slot === 0 || is >>> 1 !== sense) return undefined;
      const times = { fromMs: from[slot] ?? 0, untilMs: until[slot] ?? 0 };
      const { recommended, properties, truths: further } = more.get(slot) ?? NO_MORE;
      const words = [truths[slot * WORDS] ?? 0, truths[slot * WORDS + 1] ?? 0, ...further];
      return { isStored: (is & 1) === 1, ...times, truths: words, properties, recommended };
    },
    set(user, sense, kept) {
      const known = slots.get(user);
      const slot = known === 0 ? slots.add(user) : known;
      senses[slot] = sense * 2 + (kept.isStored ? 1 : 0);
      for (let word = 0; word < WORDS; word += 1) truths[slot * WORDS + word] = kept.truths[word] ?? 0;
      from[slot] = kept.fromMs;
      until[slot] = kept.untilMs;
      setMore(slot, moreOf(kept));
      while (moreSize > moreMax) slots.remove(slots.oldest());
    },
    delete: slots.delete,
    endAll() {
      until.fill(-Infinity);
    },
    get users() {
      return slots.size;
    },
  };
}

const NO_MORE: Omit<More, "size"> = { truths: [], properties: {}, recommended: [] };

/** Null for who has nothing but bits that the arrays hold. */
function moreOf({ truths, properties, recommended }: Kept): More | null {
  const hasNone = recommended.length === 0 && Object.keys(properties).length === 0;
  if (hasNone && truths.length <= WORDS) return null;
  const more = { truths: truths.slice(WORDS), properties, recommended };
  return { ...more, size: JSON.stringify(more).length };
}
