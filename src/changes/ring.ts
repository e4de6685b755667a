import type { ChangeItem } from "./changeFeed";
import type { FeedRow } from "./changes.projection";

/** How many of the newest events of an app are kept, and how many characters of JSON they may be together. */
export const RING_EVENTS_MAX = 10_000;
export const RING_CHARACTERS_MAX = 16_000_000;

/** A change as it is kept for all who follow: made once, and the same object for each of them. */
export type Recent = Readonly<{ row: FeedRow; item: ChangeItem; characters: number }>;

/** The newest changes of one app. It has everything after `from` up to `to`, both of which only grow. */
export interface Ring {
  readonly from: number;
  readonly to: number;
  /** All there is after `to` up to a revision; the oldest give way. */
  add(newest: readonly Recent[], to: number): void;
  /** Forgets what it has, and begins behind a revision. */
  restart(revision: number): void;
  /** The first of what it has after a revision; null if some of that is not here any more. */
  after(revision: number, limit: number): readonly Recent[] | null;
}

export function createRing(revision: number, eventsMax = RING_EVENTS_MAX): Ring {
  const kept: Recent[] = [];
  let [from, to, characters] = [revision, revision, 0];

  /** An eighth at once, since moving all others for each one that comes costs more than it saves. */
  function forgetOldest(): void {
    while (kept.length > eventsMax || characters > RING_CHARACTERS_MAX) {
      for (const gone of kept.splice(0, Math.ceil(kept.length / 8))) {
        characters -= gone.characters;
        from = gone.row.revision;
      }
    }
  }

  return {
    get from() {
      return from;
    },
    get to() {
      return to;
    },
    add(newest, upTo) {
      for (const recent of newest) {
        kept.push(recent);
        characters += recent.characters;
      }
      to = upTo;
      forgetOldest();
    },
    restart(newRevision) {
      kept.length = 0;
      [from, to, characters] = [newRevision, newRevision, 0];
    },
    after(behind, limit) {
      if (behind < from) return null;
      const start = firstAfter(kept, behind);
      return kept.slice(start, start + limit);
    },
  };
}

/** The index of the first with a later revision, by halving. */
function firstAfter(kept: readonly Recent[], revision: number): number {
  let [low, high] = [0, kept.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((kept[middle]?.row.revision ?? Infinity) <= revision) low = middle + 1;
    else high = middle;
  }
  return low;
}
