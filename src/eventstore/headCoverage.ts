/**
 * Knows up to which position every batch of appends was told of, whatever the order in which the news came. A batch
 * becomes visible whole, so a head never lies inside of one.
 */
export interface HeadCoverage {
  /** The events after one position, up to another, were told of. */
  cover(after: number, upTo: number): void;
  /** Takes everything up to `head` as told of from now on. Returns whether some of it had not been. */
  advance(head: number): boolean;
}

export function createHeadCoverage(): HeadCoverage {
  let covered = 0;
  const ahead = new Map<number, number>();

  function extend(): void {
    for (let next = ahead.get(covered); next !== undefined; next = ahead.get(covered)) {
      ahead.delete(covered);
      covered = next;
    }
  }

  return {
    cover(after, upTo) {
      if (upTo <= covered) return;
      ahead.set(after, upTo);
      extend();
    },
    advance(head) {
      const isUncovered = head > covered;
      if (isUncovered) covered = head;
      for (const [after, upTo] of ahead) if (upTo <= covered) ahead.delete(after);
      extend();
      return isUncovered;
    },
  };
}
