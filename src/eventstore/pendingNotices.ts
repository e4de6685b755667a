export const PENDING_RANGES_MAX = 32;
export const NAMED_STREAMS_MAX = 100;

/** Events that lie side by side in the log, and the streams that they were appended to; null if it may be any. */
export type Appended = Readonly<{ streams: readonly string[] | null; after: number; upTo: number }>;

/** What was appended and not yet told of, in few words however much it is. */
export interface PendingNotices {
  add(appended: Appended): void;
  /** All of it, once. */
  take(): Appended[];
  isEmpty(): boolean;
}

type Range = { streams: Set<string> | null; after: number; upTo: number };

export function createPendingNotices(): PendingNotices {
  let ranges: Range[] = [];
  return {
    add({ streams, after, upTo }) {
      const last = ranges.at(-1);
      if (last && (isNothing(last) || after === upTo || after === last.upTo)) {
        if (isNothing(last)) last.after = after;
        last.upTo = Math.max(last.upTo, upTo);
        last.streams = union(last.streams, streams);
      } else {
        // What others appended in between is theirs to tell of.
        ranges.push({ streams: union(new Set(), streams), after, upTo });
      }
      // It is no longer said which positions: whoever hears it looks at the head to know.
      if (ranges.length > PENDING_RANGES_MAX) ranges = [{ streams: null, after: 0, upTo: 0 }];
    },
    take() {
      const taken = ranges.map(({ streams, after, upTo }) => ({
        streams: streams && [...streams],
        after,
        upTo,
      }));
      ranges = [];
      return taken;
    },
    isEmpty: () => ranges.length === 0,
  };
}

const isNothing = ({ after, upTo }: Range): boolean => after === upTo;

function union(names: Set<string> | null, more: readonly string[] | null): Set<string> | null {
  if (!names || !more) return null;
  for (const name of more) names.add(name);
  return names.size > NAMED_STREAMS_MAX ? null : names;
}
