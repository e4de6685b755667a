import { setTimeout as sleep } from "node:timers/promises";
import type { EventData } from "@eventstore/db-client";
import type { ReadReq } from "@eventstore/db-client/generated/streams_pb";
import { LogClient, type Messages } from "./client";
import type { CurrentCredentials } from "./credentials";
import { AccessRefused, conflictIn, storeErrorOf } from "./errors";
import { storedEventIn, type StoredEvent } from "./events";
import { hostsOf, type KurrentdbAddress } from "./url";
import { watchdog } from "./watchdog";
import { StoreUnavailable } from "../eventStore";

/** How long one attempt to append may take; whoever appends makes several. */
export const APPEND_TIMEOUT_MS = 4_000;
/** How long a read may stay silent. */
export const READ_TIMEOUT_MS = 5_000;
/** The client's own deadline comes first, and ends the call on both sides. */
const OWN_DEADLINE_AFTER_MS = 500;
/** A read that failed is made again after so long each: at once for a leader that is another one now. */
const READ_AGAIN_AFTER_MS = [0, 250] as const;

export type Written =
  | Readonly<{ kind: "written"; /** Null if the server does not say. */ commit: bigint | null }>
  | Readonly<{ kind: "conflict"; actualRevision: number }>;

/** Calls to KurrentDB. Each has an end, whatever the server and the network do. */
export interface Connection {
  /** @throws {StoreUnavailable} if the outcome is not known. */
  append(stream: string, events: EventData[], expectedRevision: number): Promise<Written>;
  /** @throws {StoreUnavailable} if it cannot be read now. */
  read(request: ReadReq): Promise<StoredEvent[]>;
  /** What follows is to be watched by whoever asked for it. */
  subscribe(request: ReadReq): Promise<Messages>;
  close(): Promise<void>;
}

export type ConnectionOptions = Readonly<{
  address: KurrentdbAddress;
  credentials: CurrentCredentials;
  appendTimeoutMs?: number;
  readTimeoutMs?: number;
}>;

/** The server was silent for too long. Its connection may be one that leads nowhere, which nobody would be told of. */
class NoAnswer extends StoreUnavailable {
  constructor(address: KurrentdbAddress, timeoutMs: number) {
    super(`KurrentDB at ${hostsOf(address)} did not answer within ${timeoutMs} ms.`);
  }
}

export function createConnection(options: ConnectionOptions): Connection {
  const {
    address,
    credentials,
    appendTimeoutMs = APPEND_TIMEOUT_MS,
    readTimeoutMs = READ_TIMEOUT_MS,
  } = options;
  let client = new LogClient(address);
  let isClosed = false;

  function replace(used: LogClient): void {
    if (used !== client || isClosed) return;
    client = new LogClient(address);
    letGo(used);
  }

  async function attempt<Result>(
    timeoutMs: number,
    work: (used: LogClient) => Promise<Result>,
  ): Promise<Result> {
    if (isClosed) throw new StoreUnavailable("The event store is closed.");
    const used = client;
    const silence = watchdog(timeoutMs, () => new NoAnswer(address, timeoutMs));
    try {
      return await Promise.race([work(used), silence.barked]);
    } catch (error) {
      if (error instanceof NoAnswer) replace(used);
      throw error;
    } finally {
      silence.stop();
    }
  }

  const open = (request: ReadReq): Promise<Messages> =>
    attempt(readTimeoutMs, (used) => used.openRead(request, credentials()));

  async function readOnce(request: ReadReq): Promise<StoredEvent[]> {
    const used = client;
    const messages = await open(request);
    try {
      return await collect(messages, readTimeoutMs, () => new NoAnswer(address, readTimeoutMs));
    } catch (error) {
      messages.cancel();
      if (error instanceof NoAnswer) replace(used);
      throw error;
    }
  }

  return {
    async append(stream, events, expectedRevision) {
      const deadlineMs = appendTimeoutMs;
      try {
        const commit = await attempt(appendTimeoutMs + OWN_DEADLINE_AFTER_MS, (used) =>
          used.appendExactly(stream, events, expectedRevision, { credentials: credentials(), deadlineMs }),
        );
        return { kind: "written", commit };
      } catch (error) {
        const actualRevision = conflictIn(error);
        if (actualRevision === null) throw storeErrorOf(error);
        return { kind: "conflict", actualRevision };
      }
    },
    read: (request) => again(() => readOnce(request)),
    subscribe: (request) =>
      open(request).catch((error: unknown) => {
        throw storeErrorOf(error);
      }),
    async close() {
      isClosed = true;
      letGo(client);
    },
  };
}

/** Reads as often as it may help. Silence took its time already. */
async function again<Result>(read: () => Promise<Result>): Promise<Result> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      const failure = storeErrorOf(error);
      const delayMs = READ_AGAIN_AFTER_MS[attempt];
      const isFinal = failure instanceof NoAnswer || failure instanceof AccessRefused;
      if (!(failure instanceof StoreUnavailable) || isFinal || delayMs === undefined) throw failure;
      await sleep(delayMs);
    }
  }
}

async function collect(messages: Messages, timeoutMs: number, silent: () => Error): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  const silence = watchdog(timeoutMs, silent);
  silence.barked.catch((error: Error) => messages.destroy(error));
  try {
    for await (const message of messages) {
      silence.reset();
      const event = storedEventIn(message);
      if (event !== null) events.push(event);
    }
    return events;
  } finally {
    silence.stop();
  }
}

function letGo(client: LogClient): void {
  // What is left of it cannot be of use to anybody.
  client.abandon().catch(() => undefined);
}
