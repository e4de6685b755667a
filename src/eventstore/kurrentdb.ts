import { createAppendQueue } from "./appendQueue";
import { encodeAppend } from "./encodedAppend";
import { StoreUnavailable, type EventStore } from "./eventStore";
import { NOTHING_SKIPPED, type SkippedEvents } from "./skippedEvents";
import { createConnection } from "./kurrentdb/connection";
import { currentCredentials } from "./kurrentdb/credentials";
import { createFollowing } from "./kurrentdb/following";
import { readLogId, writeLogId } from "./kurrentdb/logId";
import { createLogNews } from "./kurrentdb/news";
import { createLogReader } from "./kurrentdb/reader";
import { createStreamQueues } from "./kurrentdb/streamQueues";
import { keepSubscribed } from "./kurrentdb/subscription";
import type { KurrentdbAddress } from "./kurrentdb/url";
import { createStreamWriter } from "./kurrentdb/writer";
import { createWakeups } from "./wakeups";
import { watchedBatches, type WatchLog } from "./watchLog";
import type { WaitingLimits } from "./waitingAppends";

/** What our streams are called in KurrentDB begins so; others may keep theirs beside them. */
export const KURRENTDB_NAMESPACE = "productExperiences";
export type KurrentdbEventStoreOptions = WaitingLimits &
  Readonly<{
    address: KurrentdbAddress;
    /** A file with the user and password, which may be replaced while we run. */
    credentialsFile?: string | null;
    /** Two logs in one KurrentDB have different ones. */
    namespace?: string;
    /** How long one attempt to append may take. */
    appendTimeoutMs?: number;
    readTimeoutMs?: number;
    silenceMs?: number;
    batched?: WatchLog["batched"] | undefined;
    skippedEvents?: SkippedEvents;
  }>;

/**
 * The log in KurrentDB: each stream is one of its streams, appended to with the exact expected revision. Any number of
 * processes may share it.
 */
export function createKurrentdbEventStore(options: KurrentdbEventStoreOptions): EventStore {
  const { address, credentialsFile = null, namespace = KURRENTDB_NAMESPACE, batched } = options;
  const reading = { prefix: `${namespace}-`, skippedEvents: options.skippedEvents ?? NOTHING_SKIPPED };
  const credentials = currentCredentials(address.credentials, credentialsFile);
  const connection = createConnection({ ...options, credentials });
  const reader = createLogReader(connection, reading);
  const wakeups = createWakeups();
  const news = createLogNews(reading, wakeups.wake);
  const following = createFollowing((onBegun) =>
    keepSubscribed({
      ...{ connection, prefix: reading.prefix, readHead: reader.head, onEvent: news.deliver },
      ...(options.silenceMs !== undefined && { silenceMs: options.silenceMs }),
      onSubscribed(after) {
        news.begin(after);
        onBegun();
      },
    }),
  );
  const writer = createStreamWriter({
    ...{ connection, reader, news, prefix: reading.prefix, ready: following.ready },
    onUnheard: (stream) => wakeups.wake({ streams: [stream], isLocal: true, appended: null }),
  });
  const queues = createStreamQueues(() => createAppendQueue(watchedBatches(writer, batched), options));
  let knownLogId: Promise<string> | null = null;
  let isClosed = false;

  return {
    async logId() {
      knownLogId ??= readLogId(connection, logIdStream(namespace));
      // Who asks after a failure shall not be given the same one.
      knownLogId.catch(() => (knownLogId = null));
      return knownLogId;
    },
    readStream: reader.readStream,
    readAll: reader.readAll,
    head: reader.head,
    async append(append) {
      if (isClosed) throw new StoreUnavailable("The event store is closed.");
      return queues.append(encodeAppend(append));
    },
    onAppended(listener) {
      if (!isClosed) following.start();
      return wakeups.add(listener);
    },
    async close() {
      isClosed = true;
      await queues.close();
      await following.close();
      connection.close();
    },
  };
}

/** Gives the log another identity. Stores that are open keep the one that they have read. */
export async function nameKurrentdbLog(
  options: Pick<KurrentdbEventStoreOptions, "address" | "credentialsFile" | "namespace">,
  logId: string,
): Promise<void> {
  const { address, credentialsFile = null, namespace = KURRENTDB_NAMESPACE } = options;
  const credentials = currentCredentials(address.credentials, credentialsFile);
  const connection = createConnection({ address, credentials });
  try {
    await writeLogId(connection, logIdStream(namespace), logId);
  } finally {
    connection.close();
  }
}

const logIdStream = (namespace: string): string => `${namespace}_log`;
