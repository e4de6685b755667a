import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** `pass` relays, `cut` refuses and breaks connections, `blackHole` accepts them and lets nothing through. */
export type ProxyMode = "pass" | "cut" | "blackHole";

export interface TcpProxy {
  /** `url` with the proxy's address in place of its own. */
  url: string;
  setMode(mode: ProxyMode): void;
  close(): Promise<void>;
}

/** Stands between a client and a server, and fails as networks do. */
export async function startTcpProxy(url: string): Promise<TcpProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let mode: ProxyMode = "pass";

  const server = createServer((client) => {
    track(sockets, client);
    if (mode === "cut") return void client.destroy();
    const upstream = connect(Number(target.port || 5432), target.hostname);
    track(sockets, upstream);
    relay(client, upstream, () => mode);
    relay(upstream, client, () => mode);
  });
  await listening(server);
  const { port } = server.address() as AddressInfo; // An object, because the server listens at a port.
  const proxied = new URL(url);
  proxied.hostname = "127.0.0.1";
  proxied.port = String(port);
  return {
    url: proxied.href,
    setMode(next) {
      mode = next;
      if (next === "cut") for (const socket of sockets) socket.destroy();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function track(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
  socket.on("error", () => socket.destroy());
}

/** What falls into the black hole is lost for good, so a connection that was in it is broken when it passes again. */
function relay(from: Socket, to: Socket, mode: () => ProxyMode): void {
  let hasLost = false;
  from.on("data", (chunk) => {
    if (mode() === "blackHole") hasLost = true;
    else if (hasLost) from.destroy();
    else to.write(chunk);
  });
  from.on("close", () => {
    if (mode() !== "blackHole") to.destroy();
  });
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
}
