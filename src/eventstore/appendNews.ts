import type { Session } from "../postgres/session";
import { createAnnouncer, type Announcer } from "./announcer";
import { parseNotice, payloadOf } from "./appendNotice";
import type { AppendedEvents, Wake } from "./eventStore";
import { createHeadCoverage } from "./headCoverage";
import { startListener } from "./listener";

export type AppendNewsOptions = Readonly<{
  writerId: string;
  pollIntervalMs: number;
  openListener(): Promise<Session>;
  /** Sends payloads to whoever listens. */
  notify(payloads: readonly string[]): Promise<unknown>;
  readHead(): Promise<number>;
  wake(wake: Wake): void;
}>;

export interface AppendNews {
  /**
   * Called for what this process appended, after the commit: the streams, the positions before the first and of the last
   * event, and the events where all of them are known.
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

/**
 * Learns of appends here at once and tells the others by NOTIFY; learns of those elsewhere by NOTIFY, and of those that
 * nobody told of by a poll of the head.
 */
export function createAppendNews(options: AppendNewsOptions): AppendNews {
  const { writerId, pollIntervalMs, wake } = options;
  const coverage = createHeadCoverage();
  const announcer = announcerOf(options);
  let listener: { close(): Promise<void> } | null = null;
  let timer: NodeJS.Timeout | undefined;
  let polling: Promise<void> = Promise.resolve();
  let isClosed = false;

  const wakeForOthers = (streams: Wake["streams"]) => wake({ streams, isLocal: false, appended: null });

  function hear(payload: string): void {
    const news = parseNotice(payload);
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
    if (!isClosed) timer = setTimeout(() => void (polling = poll()), pollIntervalMs);
  }

  return {
    appendedHere(streams, after, upTo, appended) {
      coverage.cover(after, upTo);
      wake({ streams, isLocal: true, appended });
      announcer.announce({ streams, after, upTo });
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
      await Promise.all([announcer.close(), listener?.close(), polling]);
    },
  };
}

function announcerOf({ writerId, notify }: AppendNewsOptions): Announcer {
  return createAnnouncer((appended) =>
    notify(appended.map((notice) => payloadOf({ writer: writerId, ...notice }))),
  );
}
