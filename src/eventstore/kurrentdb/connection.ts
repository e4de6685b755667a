import { setTimeout as sleep } from "node:timers/promises";
import type { ReadReq } from "@eventstore/db-client/generated/streams_pb";
import { writtenIn, type EventToWrite, type Written } from "./appendRequest";
import type { Messages } from "./client";
import { keepClient, NoAnswer } from "./clientKeeper";
import type { CurrentCredentials } from "./credentials";
import { AccessRefused, storeErrorOf } from "./errors";
import { storedEventIn, type StoredEvent } from "./events";
import type { KurrentdbAddress } from "./url";
import { StoreUnavailable } from "../eventStore";
import { APPEND_DEADLINE_PER_EVENT_MS } from "../waitingAppends";

/** How long one attempt to append may take, besides what its events add; whoever appends makes several. */
export const APPEND_TIMEOUT_MS = 4_000;
/** How long a read may stay silent. */
export const READ_TIMEOUT_MS = 5_000;
/** The client's own deadline comes first, and ends the call on both sides. */
const OWN_DEADLINE_AFTER_MS = 500;
/** A read that failed is made again after so long each: at once for a leader that is another one now. */
const READ_AGAIN_AFTER_MS = [0, 250] as const;

/** Calls to KurrentDB. Each has an end, whatever the server and the network do. */
export interface Connection {
  /** @throws {StoreUnavailable} if the outcome is not known. */
  append(stream: string, events: readonly EventToWrite[], expectedRevision: number): Promise<Written>;
  /** @throws {StoreUnavailable} if it cannot be read now. */
  read(request: ReadReq): Promise<StoredEvent[]>;
  /** What follows is to be watched by whoever asked for it. */
  subscribe(request: ReadReq): Promise<Messages>;
  close(): void;
}

export type ConnectionOptions = Readonly<{
  address: KurrentdbAddress;
  credentials: CurrentCredentials;
  appendTimeoutMs?: number;
  readTimeoutMs?: number;
}>;

export function createConnection(options: ConnectionOptions): Connection {
  const { address, credentials } = options;
  const { appendTimeoutMs = APPEND_TIMEOUT_MS, readTimeoutMs = READ_TIMEOUT_MS } = options;
  const keeper = keepClient(address);
  const open = (request: ReadReq): Promise<Messages> =>
    keeper.within(readTimeoutMs, (client) => client.openRead(request, credentials()));

  const readOnce = (request: ReadReq): Promise<StoredEvent[]> =>
    keeper.within(readTimeoutMs, async (client, heard) => {
      const messages = await client.openRead(request, credentials());
      return collect(messages, heard);
    });

  return {
    async append(stream, events, expectedRevision) {
      const deadlineMs = appendTimeoutMs + events.length * APPEND_DEADLINE_PER_EVENT_MS;
      const sending = { credentials: credentials(), deadlineMs };
      try {
        const answer = await keeper.within(deadlineMs + OWN_DEADLINE_AFTER_MS, (client) =>
          client.appendExactly(stream, events, expectedRevision, sending),
        );
        return writtenIn(answer);
      } catch (error) {
        throw storeErrorOf(error);
      }
    },
    read: (request) => again(() => readOnce(request)),
    subscribe: (request) =>
      open(request).catch((error: unknown) => {
        throw storeErrorOf(error);
      }),
    close: () => keeper.close(),
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

async function collect(messages: Messages, heard: () => void): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const message of messages) {
    heard();
    const event = storedEventIn(message);
    if (event !== null) events.push(event);
  }
  return events;
}
