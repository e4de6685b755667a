import type { AppendedEvents, Position, RecordedEvent, Wake } from "../eventstore/eventStore";

/** What may wait to be projected; with more, the log is read. */
export const HANDED_EVENTS_MAX = 1_000;
export const HANDED_BYTES_MAX = 8 * 1_048_576;

/**
 * Events on their way from those who appended them here to the projection, past the log. It answers only where nothing
 * stands between a position and what follows it, so the order is the log's, and nothing is left out.
 */
export interface HandOver {
  /** Something was appended, here or elsewhere. */
  offer(wake: Wake): void;
  /** All events that are known to follow a position, or the first `limit` of them; null if only the log can tell. */
  take(after: Position, limit: number): readonly RecordedEvent[] | null;
  /** A read of the log begins. If it comes to the end, the returned function is told where that is. */
  startRead(): (end: Position) => void;
  /** Nothing is known any more: the log must be read. */
  forget(): void;
}

export function createHandOver(eventsMax = HANDED_EVENTS_MAX, bytesMax = HANDED_BYTES_MAX): HandOver {
  /** Each begins where the one before it ends. */
  let chain: readonly AppendedEvents[] = [];
  /** The log holds nothing beyond it but what was handed over; null once it may. */
  let logEnd: Position | null = null;
  let doubts = 0;

  function forget(): void {
    chain = [];
    logEnd = null;
    doubts += 1;
  }

  return {
    forget,
    offer({ appended }) {
      const before = chain.at(-1);
      const isNext = !before || (appended !== null && endOf(before) === appended.after);
      if (appended === null || !isNext) forget();
      if (appended === null) return;
      chain = [...chain, appended];
      if (isTooMuch(chain, eventsMax, bytesMax)) forget();
    },
    take(after, limit) {
      if (logEnd === null) return null;
      // What was taken stays until it is projected, for whoever failed comes again.
      chain = chain.filter((one) => endOf(one) > after);
      const events = eventsAfter(chain, after);
      if (events === null) return null;
      const isAll = (events.at(-1)?.position ?? after) >= logEnd;
      return isAll || events.length >= limit ? events.slice(0, limit) : null;
    },
    startRead() {
      const doubtsBefore = doubts;
      return (end) => {
        if (doubts === doubtsBefore) logEnd = end;
      };
    },
  };
}

/** Null if the chain begins further on, or holds no such position. */
function eventsAfter(chain: readonly AppendedEvents[], after: Position): readonly RecordedEvent[] | null {
  const events = chain.flatMap((one) => one.events);
  const [first] = chain;
  if (!first || first.after === after) return events;
  const index = events.findIndex(({ position }) => position === after);
  return index === -1 ? null : events.slice(index + 1);
}

const endOf = ({ after, events }: AppendedEvents): Position => events.at(-1)?.position ?? after;

function isTooMuch(chain: readonly AppendedEvents[], eventsMax: number, bytesMax: number): boolean {
  const sum = (sizeOf: (one: AppendedEvents) => number): number =>
    chain.reduce((total, one) => total + sizeOf(one), 0);
  return sum(({ events }) => events.length) > eventsMax || sum(({ bytes }) => bytes) > bytesMax;
}
