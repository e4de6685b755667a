import { randomUUID } from "node:crypto";
import type { Database } from "../postgres/database";
import { openSession } from "../postgres/session";
import { createAppendNews, type AppendNews } from "./appendNews";
import { appendedEvents, type Appended } from "./appendedEvents";
import { createAppendQueue, type SendBatch } from "./appendQueue";
import { createBatchWriter, type BatchWriter, type Verdict } from "./batchWriter";
import { encodeAppend, type EncodedAppend } from "./encodedAppend";
import type { AppendResult, EventStore } from "./eventStore";
import { positionOf } from "./position";
import { createLogReader } from "./postgresReader";
import { pruneAppends } from "./pruneAppends";
import type { SkippedEvents } from "./skippedEvents";
import { createWakeups } from "./wakeups";
import { watchedBatches, type WatchLog } from "./watchLog";

export const POLL_INTERVAL_MS = 1_000;
const PRUNE_INTERVAL_MS = 60 * 60 * 1_000;

export type PostgresEventStoreOptions = Readonly<{
  /** For reading, and for telling others of what was appended. It stays the caller's to close. */
  database: Database;
  /** Of the same database, for the writer's and the listener's own connections. */
  url: string;
  pollIntervalMs?: number;
  /** How long an append may wait for its answer. */
  deadlineMs?: number;
  /** How long one attempt to write a batch may take before it is made again over a new connection. */
  attemptTimeoutMs?: number;
  waitingMax?: number;
  batched?: WatchLog["batched"] | undefined;
  skippedEvents?: SkippedEvents;
}>;

/** The log in PostgreSQL, made by `migrations/*_log*.sql`. Any number of processes may share it. */
export function createPostgresEventStore(options: PostgresEventStoreOptions): EventStore {
  const { database, url, pollIntervalMs = POLL_INTERVAL_MS } = options;
  const writerId = randomUUID();
  const wakeups = createWakeups();
  const reader = createLogReader(database, options.skippedEvents);
  const news = createAppendNews({
    writerId,
    pollIntervalMs,
    openListener: () => openSession(url, { applicationName: "product-experiences listener" }),
    notify: (payloads) => database.query(NOTIFY, [payloads], "log_notify"),
    readHead: reader.headNumber,
    wake: wakeups.wake,
  });
  const writer = createBatchWriter(options);
  const send = watchedBatches(sendTo(writer, news, createPruning(database)), options.batched);
  const queue = createAppendQueue(send, options);

  return {
    logId: reader.logId,
    readStream: reader.readStream,
    readAll: reader.readAll,
    head: async () => positionOf(await reader.headNumber()),
    append: async (append) => queue.append(encodeAppend(append)),
    onAppended(listener) {
      news.start();
      return wakeups.add(listener);
    },
    async close() {
      await queue.close();
      await Promise.all([writer.close(), news.close()]);
    },
  };
}

const NOTIFY = "select pg_notify('log_appended', n.payload) from unnest($1::text[]) as n (payload)";

function sendTo(writer: BatchWriter, news: AppendNews, prune: () => void): SendBatch {
  return async (batch) => {
    const verdicts = await writer.write(batch);
    tell(news, batch, verdicts);
    prune();
    return verdicts.map(resultOf);
  };
}

/** Also of duplicates: a batch that is sent again, because its outcome was unknown, consists of them. */
function tell(news: AppendNews, batch: readonly EncodedAppend[], verdicts: readonly Verdict[]): void {
  const streams = new Set<string>();
  const appended: Appended[] = [];
  let events = 0;
  let upTo = 0;
  verdicts.forEach(({ outcome, last_revision, last_position }, index) => {
    const append = batch[index];
    if (outcome === "conflict" || !append) return;
    streams.add(append.stream);
    if (outcome === "duplicate") return;
    appended.push({ append, lastRevision: last_revision, lastPosition: last_position });
    events += append.events.length;
    upTo = Math.max(upTo, last_position);
  });
  if (streams.size > 0) news.appendedHere([...streams], upTo - events, upTo, appendedEvents(appended));
}

function resultOf({ outcome, last_revision, last_position }: Verdict): AppendResult {
  if (outcome === "conflict") return { outcome, actualRevision: last_revision };
  return { outcome, revision: last_revision, position: positionOf(last_position) };
}

/** Prunes at the first append and then once an hour, beside the appends and never in their way. */
function createPruning(database: Database): () => void {
  let prunedAt = -Infinity;
  return () => {
    if (performance.now() - prunedAt < PRUNE_INTERVAL_MS) return;
    prunedAt = performance.now();
    // What could not be pruned now is pruned next time.
    pruneAppends(database).catch(() => undefined);
  };
}
