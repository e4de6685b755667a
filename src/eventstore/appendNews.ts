import type { Session } from "../postgres/session";
import type { AppendedEvents, Wake } from "./eventStore";
import { createHeadCoverage } from "./headCoverage";
import { startListener } from "./listener";

export type AppendNewsOptions = Readonly<{
  writerId: string;
  pollIntervalMs: number;
  openListener(): Promise<Session>;
  readHead(): Promise<number>;
  wake(wake: Wake): void;
}>;

export interface AppendNews {
  /**
   * Called for what this process appended: the streams, the positions before the first and of the last event, and the
   * events where all of them are known.
   */
  appendedHere(
    streams: readonly string[],
    after: number,
    upTo: number,
    appended: AppendedEvents | null,
  ): void;
  /** Begins to listen for what others append. */
  start(): void;
  close(): Promise<void>;
}

/** Learns of appends here at once, of those elsewhere by NOTIFY, and of those that nobody told of by a poll of the head. */
export function createAppendNews(options: AppendNewsOptions): AppendNews {
  const { writerId, pollIntervalMs, wake } = options;
  const coverage = createHeadCoverage();
  let listener: { close(): Promise<void> } | null = null;
  let timer: NodeJS.Timeout | undefined;
  let polling: Promise<void> = Promise.resolve();
  let isClosed = false;

  const wakeForOthers = (streams: Wake["streams"]) => wake({ streams, isLocal: false, appended: null });

  function hear(payload: string): void {
    const news = parsePayload(payload);
    // What this process wrote, it has told of itself; if it has not, because its connection broke, the poll does.
    if (!news || news.writer === writerId) return;
    coverage.cover(news.after, news.upTo);
    wakeForOthers(news.streams);
  }

  async function poll(): Promise<void> {
    try {
      if (coverage.advance(await options.readHead())) wakeForOthers(null);
    } catch {
      // The database is away. Whoever reads or appends learns of it; the next poll tries again.
    }
    schedulePoll();
  }

  function schedulePoll(): void {
    if (isClosed) return;
    timer = setTimeout(() => {
      polling = poll();
    }, pollIntervalMs);
  }

  return {
    appendedHere(streams, after, upTo, appended) {
      coverage.cover(after, upTo);
      wake({ streams, isLocal: true, appended });
    },
    start() {
      if (listener || isClosed) return;
      listener = startListener({
        open: options.openListener,
        listen: "listen log_appended",
        onPayload: hear,
        onListening: () => wakeForOthers(null),
      });
      schedulePoll();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await Promise.all([listener?.close(), polling]);
    },
  };
}

type Payload = Readonly<{ writer: string; after: number; upTo: number; streams: readonly string[] | null }>;

/** Null for what `log.append_batch` did not send: whoever may connect to the database may notify. */
function parsePayload(payload: string): Payload | null {
  try {
    const parsed: unknown = JSON.parse(payload);
    return isPayload(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isPayload(value: unknown): value is Payload {
  if (typeof value !== "object" || value === null) return false;
  // Every property is checked before it is believed.
  const { writer, after, upTo, streams } = value as Record<keyof Payload, unknown>;
  const isStreams =
    streams === null || (Array.isArray(streams) && streams.every((stream) => typeof stream === "string"));
  return typeof writer === "string" && Number.isSafeInteger(after) && Number.isSafeInteger(upTo) && isStreams;
}
