import { invariant } from "../lib/invariant";
import { DatabaseUnavailable, type Database } from "../postgres/database";
import { StoreUnavailable, type EventMeta, type EventStore, type RecordedEvent } from "./eventStore";
import { numberOf, positionOf } from "./position";
import { inPlaceOf, NOTHING_SKIPPED, type SkippedEvents } from "./skippedEvents";
import { textRange } from "./textRange";
import { readable, UnreadableEvent } from "./unreadableEvent";

export interface LogReader extends Pick<EventStore, "logId" | "readStream" | "readAll"> {
  headNumber(): Promise<number>;
}

/** Reads what was committed. Positions become visible in their order, so `position > last` misses nothing. */
export function createLogReader(
  database: Database,
  skippedEvents: SkippedEvents = NOTHING_SKIPPED,
): LogReader {
  const recordedAll = (rows: readonly EventRow[]): RecordedEvent[] =>
    readable(rows, (row) => recorded(row, skippedEvents));
  let knownLogId: string | null = null;

  async function read<Row extends object>(text: string, parameters: readonly unknown[], name: string) {
    try {
      return await database.query<Row>(text, parameters, name);
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      throw new StoreUnavailable("The event store could not be read. Try again later.", { cause: error });
    }
  }

  async function readHead(): Promise<Head> {
    const [head] = await read<Head>(HEAD, [], "log_head");
    invariant(head, "the log has no head; run the migrations");
    return head;
  }

  return {
    async logId() {
      knownLogId ??= (await readHead()).log_id;
      return knownLogId;
    },
    async headNumber() {
      return (await readHead()).position;
    },
    async readStream(stream, from, limit) {
      return recordedAll(await read<EventRow>(READ_STREAM, [stream, from, limit], "log_read_stream"));
    },
    async readAll(after, limit, filter) {
      const position = numberOf(after);
      if (!filter || filter.streamPrefix === "") {
        return recordedAll(await read<EventRow>(READ_ALL, [position, limit], "log_read_all"));
      }
      const { from, to } = textRange(filter.streamPrefix);
      const parameters = [position, limit, from, to];
      return recordedAll(await read<EventRow>(READ_FILTERED, parameters, "log_read_filtered"));
    },
  };
}

type Head = Readonly<{ position: number; log_id: string }>;

const HEAD = "select h.position, h.log_id from log.head h where h.one = 1";

const COLUMNS = "e.position, e.stream, e.revision, e.id, e.type, e.schema_version, e.data, e.meta";

const READ_STREAM = `
  select ${COLUMNS} from log.events e where e.stream = $1 and e.revision >= $2 order by e.revision limit $3`;

const READ_ALL = `select ${COLUMNS} from log.events e where e.position > $1 order by e.position limit $2`;

const READ_FILTERED = `
  select ${COLUMNS} from log.events e
   where e.position > $1 and e.stream >= $3 and e.stream < $4
   order by e.position limit $2`;

type EventRow = Readonly<{
  position: number;
  stream: string;
  revision: number;
  id: string;
  type: string;
  schema_version: number;
  data: string;
  meta: string;
}>;

/** @throws {UnreadableEvent} */
function recorded(row: EventRow, skippedEvents: SkippedEvents): RecordedEvent {
  const { id, stream, revision, type } = row;
  const place = { id, stream, revision, type, position: positionOf(row.position) };
  const instead = inPlaceOf(place, skippedEvents);
  if (instead) return instead;
  try {
    // Written by `encodeAppend` and nobody else.
    const meta = JSON.parse(row.meta) as EventMeta;
    return { ...place, schemaVersion: row.schema_version, data: JSON.parse(row.data), meta };
  } catch {
    throw new UnreadableEvent(place, "it is no JSON");
  }
}
