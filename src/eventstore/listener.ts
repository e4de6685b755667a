import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "../postgres/session";

const RETRY_DELAY_MIN_MS = 100;
const RETRY_DELAY_MAX_MS = 5_000;

export type ListenerOptions = Readonly<{
  open(): Promise<Session>;
  /** Says LISTEN for the channel; static, because SQL takes no parameter there. */
  listen: string;
  onPayload(payload: string): void;
  /** Also after the connection was lost: what was notified meanwhile is not repeated. */
  onListening(): void;
}>;

/** Keeps a connection that listens, and makes another whenever it is lost, until closed. */
export function startListener(options: ListenerOptions): { close(): Promise<void> } {
  const closing = new AbortController();
  const done = keepListening(options, closing.signal);
  return {
    async close() {
      closing.abort();
      await done;
    },
  };
}

async function keepListening(options: ListenerOptions, closing: AbortSignal): Promise<void> {
  let delayMs = RETRY_DELAY_MIN_MS;
  while (!closing.aborted) {
    try {
      const session = await options.open();
      const abandon = (): void => session.abandon();
      closing.addEventListener("abort", abandon, { once: true });
      try {
        session.onNotification((_channel, payload) => options.onPayload(payload));
        await session.query(options.listen);
        options.onListening();
        delayMs = RETRY_DELAY_MIN_MS;
        await lost(session, closing);
      } finally {
        closing.removeEventListener("abort", abandon);
        await session.close();
      }
    } catch {
      // The database is away. The poll of the head is the net until it is back.
      delayMs = Math.min(2 * delayMs, RETRY_DELAY_MAX_MS);
    }
    await sleep(delayMs, undefined, { signal: closing }).catch(() => undefined);
  }
}

function lost(session: Session, closing: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    session.onLost(() => resolve());
    // Aborted before anybody listened to the signal.
    if (closing.aborted) resolve();
  });
}
