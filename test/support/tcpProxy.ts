import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * `pass` relays, `cut` refuses and breaks connections, `blackHole` accepts them and lets nothing through, `delay` relays
 * later, and `halve` breaks a connection in the middle of what comes next over it.
 */
export type ProxyMode = "pass" | "cut" | "blackHole" | "delay" | "halve";

/** How much later. */
const DELAY_MS = 150;

export interface TcpProxy {
  /** `url` with the proxy's address in place of its own. */
  url: string;
  setMode(mode: ProxyMode): void;
  /** How many pieces have fallen into the black hole so far. */
  swallowed(): number;
  close(): Promise<void>;
}

/** Stands between a client and a server, and fails as networks do. */
export async function startTcpProxy(url: string): Promise<TcpProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const network: Network = { mode: "pass", untold: new Set(), swallowed: 0 };

  const server = createServer((client) => {
    track(sockets, client);
    if (network.mode === "cut") return void client.destroy();
    const upstream = connect(Number(target.port || 5432), target.hostname);
    track(sockets, upstream);
    relay(client, upstream, network);
    relay(upstream, client, network);
  });
  await listening(server);
  const { port } = server.address() as AddressInfo; // An object, because the server listens at a port.
  const proxied = new URL(url);
  proxied.hostname = "127.0.0.1";
  proxied.port = String(port);
  return {
    url: proxied.href,
    setMode(next) {
      network.mode = next;
      if (next === "cut") for (const socket of sockets) socket.destroy();
      if (next === "blackHole") return;
      for (const socket of network.untold) socket.destroy();
      network.untold.clear();
    },
    swallowed: () => network.swallowed,
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

type Network = {
  mode: ProxyMode;
  /** Whose other side went while nobody could be told. */
  readonly untold: Set<Socket>;
  swallowed: number;
};

/** What falls into the black hole is lost for good, so a connection that was in it is broken when it passes again. */
function relay(from: Socket, to: Socket, network: Network): void {
  let hasLost = false;
  /** How many pieces are on their way, which what comes later must not overtake. */
  let delayed = 0;
  let on = Promise.resolve();
  from.on("data", (chunk) => {
    const { mode } = network;
    if (mode === "blackHole") {
      hasLost = true;
      network.swallowed += 1;
    } else if (hasLost) from.destroy();
    else if (mode === "halve") to.write(chunk.subarray(0, chunk.length / 2), () => from.destroy());
    else if (mode !== "delay" && delayed === 0) to.write(chunk);
    else {
      delayed += 1;
      const arrives = mode === "delay" ? sleep(DELAY_MS, undefined, { ref: false }) : on;
      on = Promise.all([on, arrives]).then(() => {
        delayed -= 1;
        if (!to.destroyed) to.write(chunk);
      });
    }
  });
  from.on("close", () => {
    if (network.mode === "blackHole") network.untold.add(to);
    else to.destroy();
  });
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
}
