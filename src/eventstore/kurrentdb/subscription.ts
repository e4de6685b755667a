import { setTimeout as sleep } from "node:timers/promises";
import type { Messages } from "./client";
import { READ_TIMEOUT_MS, type Connection } from "./connection";
import { storedEventIn, type StoredEvent } from "./events";
import { positionIn } from "./position";
import { logSubscription } from "./requests";
import { watchdog } from "./watchdog";
import { StoreUnavailable, type Position } from "../eventStore";

const RETRY_DELAY_MIN_MS = 100;
const RETRY_DELAY_MAX_MS = 5_000;
/** After so long without a word it is looked whether there is something to tell: some proxies drop connections silently. */
export const SILENCE_MS = 5_000;

export type SubscriptionOptions = Readonly<{
  connection: Connection;
  prefix: string;
  readHead: () => Promise<Position>;
  /** Told where it begins, once, before anything is delivered. */
  onSubscribed: (after: Position) => void;
  /** Each event that follows, in the order of the log, none left out and none twice. */
  onEvent: (event: StoredEvent) => void;
  silenceMs?: number;
}>;

/** Follows the log from where it ends now, over any number of connections, until closed. */
export function keepSubscribed(options: SubscriptionOptions): { close(): Promise<void> } {
  const closing = new AbortController();
  const done = keepFollowing({ ...options, closing: closing.signal, at: null, seen: null, hasBegun: false });
  return {
    async close() {
      closing.abort();
      await done;
    },
  };
}

type Following = SubscriptionOptions & {
  readonly closing: AbortSignal;
  /** Where to go on: the last event, or what was found to hold none. */
  at: Position | null;
  /** The last event that was delivered. */
  seen: Position | null;
  hasBegun: boolean;
};

async function keepFollowing(following: Following): Promise<void> {
  let delayMs = RETRY_DELAY_MIN_MS;
  while (!following.closing.aborted) {
    const began = performance.now();
    // Whatever ends it, it is begun again from where it came to.
    await follow(following).catch(() => undefined);
    const hasLasted = performance.now() - began > RETRY_DELAY_MAX_MS;
    delayMs = hasLasted ? RETRY_DELAY_MIN_MS : Math.min(2 * delayMs, RETRY_DELAY_MAX_MS);
    const waitMs = delayMs * (0.5 + Math.random() / 2);
    await sleep(waitMs, undefined, { signal: following.closing }).catch(() => undefined);
  }
}

async function follow(following: Following): Promise<void> {
  const { connection, prefix, readHead, closing } = following;
  following.seen ??= await readHead();
  following.at ??= following.seen;
  const messages = await connection.subscribe(logSubscription(following.at, prefix));
  const stop = (): void => void messages.destroy();
  closing.addEventListener("abort", stop, { once: true });
  try {
    if (!closing.aborted) await take(following, messages);
  } finally {
    closing.removeEventListener("abort", stop);
    messages.cancel();
  }
}

async function take(following: Following, messages: Messages): Promise<void> {
  const { silenceMs = SILENCE_MS } = following;
  const silent = (): Error => new StoreUnavailable("KurrentDB does not confirm a subscription.");
  const confirmation = watchdog(READ_TIMEOUT_MS, silent);
  confirmation.barked.catch((error: Error) => messages.destroy(error));
  const silence = watchUnheard(following, messages, silenceMs);
  try {
    for await (const message of messages) {
      silence.heard();
      if (message.hasConfirmation()) {
        confirmation.stop();
        if (!following.hasBegun && following.seen !== null) following.onSubscribed(following.seen);
        following.hasBegun = true;
      }
      const checkpoint = message.getCheckpoint();
      if (checkpoint) {
        const place = { commit: checkpoint.getCommitPosition(), prepare: checkpoint.getPreparePosition() };
        following.at = positionIn(place);
      }
      const event = storedEventIn(message);
      if (event !== null) deliver(following, event);
    }
  } finally {
    confirmation.stop();
    silence.stop();
  }
}

function deliver(following: Following, event: StoredEvent): void {
  const position = positionIn(event.position);
  if (following.seen !== null && position <= following.seen) return;
  following.seen = position;
  following.at = position;
  following.onEvent(event);
}

/** Ends a subscription that says nothing although there is something to say. */
function watchUnheard(
  following: Following,
  messages: Messages,
  silenceMs: number,
): { heard(): void; stop(): void } {
  let isHeard = true;
  const look = async (): Promise<void> => {
    if (isHeard) return void (isHeard = false);
    const head = await following.readHead();
    if (!isHeard && head > (following.seen ?? "")) messages.destroy(new StoreUnavailable("It went silent."));
  };
  const timer = setInterval(() => {
    // If the head cannot be read, the subscription is not the only one to have a fault, and ends by itself.
    look().catch(() => undefined);
  }, silenceMs);
  return { heard: () => void (isHeard = true), stop: () => clearInterval(timer) };
}
