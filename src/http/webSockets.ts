import type { IncomingMessage, Server as NodeServer } from "node:http";
import type { Duplex } from "node:stream";
import { handleProtocols } from "graphql-ws";
import { WebSocketServer } from "ws";
import { BODY_BYTES_MAX } from "./limits";
import type { SocketProtocol } from "./socketProtocol";
import { serveSocket } from "./serveSocket";
import { createOutlet } from "./outlet";
import type { Stalls } from "./stalls";

export const SOCKETS_MAX = 5_000;
const GOING_AWAY = 1001;

export type WebSockets = Readonly<{
  /** How many are open. */
  count: () => number;
  /** Tells every client to come back, and cuts off those who do not answer within the time. */
  close: (withinMs: number) => Promise<void>;
}>;

/** Serves WebSockets at one path of the HTTP server. */
export function attachWebSockets(
  http: NodeServer,
  path: string,
  protocol: SocketProtocol,
  stalls: Stalls,
): WebSockets {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: BODY_BYTES_MAX, handleProtocols });
  http.on("upgrade", (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    if (request.url?.split("?")[0] !== path) return refuseUpgrade(connection, "404 Not Found");
    if (sockets.clients.size >= SOCKETS_MAX) return refuseUpgrade(connection, "503 Service Unavailable");
    sockets.handleUpgrade(request, connection, head, (socket) => {
      const outlet = createOutlet(socket, connection, stalls);
      serveSocket(protocol, socket, { authorization: request.headers.authorization, outlet });
    });
  });
  return {
    count: () => sockets.clients.size,
    async close(withinMs) {
      for (const socket of sockets.clients) socket.close(GOING_AWAY, "The server stops; connect again.");
      const cutOff = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, withinMs);
      await new Promise((resolve) => sockets.close(resolve));
      clearTimeout(cutOff);
    },
  };
}

function refuseUpgrade(connection: Duplex, status: string): void {
  connection.on("error", () => undefined);
  connection.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
