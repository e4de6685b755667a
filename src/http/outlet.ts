import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Stalls } from "./stalls";

/** So much waits for a client at most, and a batch: then nothing more is made for it until it has taken that. */
export const WAITING_BYTES_MAX = 64 * 1_024;
/** The close code of a client that lags and does not read, which graphql-ws leaves free. */
export const SLOW_CONSUMER = 4290;
const REASON_BYTES_MAX = 123;

/** Sends to one socket what many subscriptions on it have. */
export type Outlet = Readonly<{
  /** Resolves when there is room for more: whether the socket is open still. `stalled` makes the last message of who never makes room. */
  room: (stalled: () => Readonly<{ message: string; cursor: string | null }>) => Promise<boolean>;
  /** Sends as many of the messages as may wait, in one write. Returns how many. */
  send: (messages: Iterable<string>) => number;
}>;

/** `connection` is what the socket's frames go to. */
export function createOutlet(socket: WebSocket, connection: Duplex, stalls: Stalls): Outlet {
  const isOpen = (): boolean => socket.readyState === socket.OPEN;
  return {
    async room(stalled) {
      while (isOpen() && connection.writableLength >= WAITING_BYTES_MAX) {
        const over = stalls.waiting(() => {
          const { message, cursor } = stalled();
          socket.send(message);
          socket.close(SLOW_CONSUMER, reasonWith(cursor));
          connection.emit("stalled");
        });
        await drained(connection);
        over();
      }
      return isOpen();
    },
    send(messages) {
      let sent = 0;
      let length = 0;
      connection.cork();
      for (const message of messages) {
        socket.send(message);
        sent += 1;
        length += message.length;
        if (length >= WAITING_BYTES_MAX) break;
      }
      connection.uncork();
      return sent;
    },
  };
}

function drained(connection: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      for (const event of ENDS) connection.off(event, go);
      resolve();
    };
    for (const event of ENDS) connection.on(event, go);
  });
}
const ENDS = ["drain", "close", "stalled"] as const;

function reasonWith(cursor: string | null): string {
  const reason = `Slow consumer; go on after ${cursor ?? "the start"}`;
  return Buffer.byteLength(reason) <= REASON_BYTES_MAX
    ? reason
    : "Slow consumer; go on after the last cursor.";
}
