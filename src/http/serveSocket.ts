import type { WebSocket } from "ws";
import type { SocketFacts, SocketProtocol } from "./socketProtocol";

/** A client that does not answer a ping before the next one is gone. */
export const SOCKET_PING_MS = 12_000;
const INTERNAL_ERROR = 1011;

/** Lets the protocol speak over one socket, at the pace at which the client takes what is sent. */
export function serveSocket(
  protocol: SocketProtocol,
  socket: WebSocket,
  facts: Pick<SocketFacts, "authorization" | "outlet">,
): void {
  // Broken frames and messages that are too long: ws closes the socket itself, with the code that says so.
  socket.on("error", () => undefined);
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (message) => send(socket, message),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (take) => {
        socket.on("message", (message) => {
          take(messageText(message)).catch(() => socket.close(INTERNAL_ERROR));
        });
      },
    },
    { socket, ...facts },
  );
  const stopPinging = pingRegularly(socket);
  socket.once("close", (code, reason) => {
    stopPinging();
    closed(code, String(reason)).catch(() => undefined);
  });
}

/** Resolves when the message is on its way. */
function send(socket: WebSocket, message: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    // An error here means that the socket closes, which ends every subscription.
    socket.send(message, () => resolve());
  });
}

function messageText(message: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(message)) return Buffer.concat(message).toString();
  return Buffer.isBuffer(message) ? message.toString() : Buffer.from(message).toString();
}

function pingRegularly(socket: WebSocket): () => void {
  let isAnswered = true;
  socket.on("pong", () => (isAnswered = true));
  const pings = setInterval(() => {
    if (!isAnswered) return socket.terminate();
    isAnswered = false;
    socket.ping();
  }, SOCKET_PING_MS);
  return () => clearInterval(pings);
}
