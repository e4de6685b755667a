import type { Connection } from "./connection";
import { recordedEvent, type Reading, type StoredEvent } from "./events";
import { isKnown, positionIn, type LogPosition } from "./position";
import { lastOfLog, lastOfStream, logPage, streamPage } from "./requests";
import { NO_STREAM, START, type EventStore, type Position } from "../eventStore";
import { readable } from "../unreadableEvent";

export interface LogReader extends Pick<EventStore, "readStream" | "readAll" | "head"> {
  /** As it stands there, whoever wrote it. `likelyAfter` is where to look first if the whole log has to be looked through. */
  storedFrom(stream: string, from: number, count: number, likelyAfter?: Position): Promise<StoredEvent[]>;
  lastRevision(stream: string): Promise<number>;
}

const LOOK_UP_PAGE = 1_000;

/** Reads the streams whose name begins with our prefix, and no other. What is in them and is not ours it does not skip. */
export function createLogReader(connection: Connection, reading: Reading): LogReader {
  const { prefix } = reading;
  const recorded = (stored: StoredEvent) => recordedEvent(stored, reading);
  const storedFrom: LogReader["storedFrom"] = async (stream, from, count, likelyAfter = START) => {
    const page = await connection.read(streamPage(prefix + stream, from, count));
    if (page.every(({ position }) => isKnown(position))) return page;
    const found = await withPositions(connection, page, likelyAfter);
    return found.length === page.length ? found : withPositions(connection, page, START);
  };

  return {
    storedFrom,
    async readStream(stream, from, limit) {
      return readable(await storedFrom(stream, from, limit), recorded);
    },
    async readAll(after, limit, filter) {
      // The event at a position is read with what follows it.
      const page = await connection.read(logPage(after, limit + 1, prefix + (filter?.streamPrefix ?? "")));
      const following = page.filter(({ position }) => positionIn(position) > after);
      return readable(following.slice(0, limit), recorded);
    },
    async head() {
      const [last] = await connection.read(lastOfLog(prefix));
      return last ? positionIn(last.position) : START;
    },
    async lastRevision(stream) {
      const [last] = await connection.read(lastOfStream(prefix + stream));
      return last?.revision ?? NO_STREAM;
    },
  };
}

/** Servers before 22.6 tell positions only to who reads the whole log, so it is looked through for this stream's events. */
async function withPositions(
  connection: Connection,
  page: readonly StoredEvent[],
  after: Position,
): Promise<StoredEvent[]> {
  const [first] = page;
  const missing = new Map(page.map((event) => [event.id, event]));
  const found: StoredEvent[] = [];
  let from = after;
  while (first && missing.size > 0) {
    const events = await connection.read(logPage(from, LOOK_UP_PAGE, first.stream));
    for (const event of events) {
      if (event.stream === first.stream && missing.get(event.id)?.revision === event.revision) {
        missing.delete(event.id);
        found.push(event);
      }
    }
    const last: LogPosition | undefined = events.at(-1)?.position;
    if (!last || positionIn(last) === from) break;
    from = positionIn(last);
  }
  return found;
}
